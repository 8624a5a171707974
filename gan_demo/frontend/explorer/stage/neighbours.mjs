// @ts-check
/**
 * Controls of sixteen pictures on stage: the distance of the fifteen neighbours, a draw of others, and a button on each
 * that the keyboard reaches.
 * @import { App } from "../app.mjs"
 */
import { button, element } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";

const SIDE = 4; // samples a row

export class NeighbourControls {
  #app;
  #host;
  #slider;
  #cells;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.#app = app;
    this.#host = host;
    this.#slider = new Slider(app, {
      name: app.t("near.spread"),
      low: 0.05,
      high: 1,
      step: 0.05,
      home: 0.3,
      drag: (value) => this.#setSpread(value),
    });
    const shuffle = button("dice", "", app.t("near.shuffle"));
    shuffle.addEventListener("click", () => app.stage.shuffle(app.stage.seed + 1));
    host.append(this.#slider.root, shuffle);
    const neighbours = Array.from({ length: SIDE * SIDE - 1 }, (_, k) => this.#cell(k + 1));
    this.#cells = element("div", { className: "cells" }, element("i", { className: "here" }), ...neighbours);
    app.stage.overlay.append(this.#cells);
    this.#slider.set(app.stage.spread);
    this.show(app.stage.count > 1);
  }

  /**
   * Create a button that only the keyboard reaches: the mouse drags and presses the picture below.
   * @param {number} k
   */
  #cell(k) {
    const cell = button("", "", this.#app.t("near.nth", { n: k }));
    cell.style.gridArea = `${1 + Math.floor(k / SIDE)} / ${1 + (k % SIDE)}`;
    cell.addEventListener("click", () => this.#app.go(this.#app.stage.states()[k]));
    return cell;
  }

  /** @param {number} spread */
  #setSpread(spread) {
    this.#app.stage.spread = spread;
    this.#slider.set(spread);
    this.#app.stage.draw();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#host.hidden = !isShown;
    this.#cells.hidden = !isShown;
  }
}
