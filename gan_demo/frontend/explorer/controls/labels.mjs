// @ts-check
/**
 * Labels, whole or in shares, "40 % a 4, 60 % a 9": one field as buttons and a bar; of many, a line for each.
 * @import { App } from "../types.js"
 */
import { labelWeights, withLabel } from "../latent.mjs";
import { LabelBlend } from "./label_blend.mjs";
import { LabelRow } from "./label_row.mjs";

/** @typedef {(weights: ArrayLike<number>, isDrag?: boolean) => void} SetWeights makes them the current state's */

export class LabelControls {
  #app;
  #rows;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.#app = app;
    const { labels } = app.space;
    host.hidden = !labels.length;
    host.classList.toggle("many", labels.length > 1);
    this.#rows = labels.map((field, k) => {
      /** @type {SetWeights} */
      const setWeights = (weights, isDrag = false) =>
        app.go(withLabel(app.state, labels, k, weights), { drag: isDrag });
      return labels.length > 1
        ? new LabelRow(app, host, field, setWeights)
        : new LabelBlend(app, host, field, setWeights);
    });
    this.changed();
  }

  changed() {
    const { state, space } = this.#app;
    for (const [k, row] of this.#rows.entries()) row.set(labelWeights(state.y, space.labels, k));
  }
}
