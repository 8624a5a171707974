// @ts-check
/**
 * The choice of the data: small pictures of the sets, and three ways to bring points of one's own.
 * @import { LabData } from "../types.js"
 */
import { button, element } from "../../shared/dom.mjs";
import { drawPoints } from "../draw/points.mjs";
import { OWN_SETS } from "../settings.mjs";

const SIDE = 88; // canvas pixels of a picture
const SHOWN = 220; // points in it

/** @type {Record<string, import("../../shared/icons.mjs").IconName>} */
const ICONS = { drawn: "plus", picture: "picture", table: "copy" };

export class DataPicker {
  root = element("div", { className: "setting data" });
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {LabData} data
   * @param {readonly string[]} names
   * @param {(name: string, count: number) => Float32Array} sample points of a set
   * @param {(name: string) => void} onChoose
   */
  constructor({ texts }, names, sample, onChoose) {
    this.root.dataset.setting = "data";
    const row = element("div", { className: "sets" });
    const own = element("div", { className: "own-sets" });
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", texts["setting.data"]);
    for (const name of names) {
      const isOwn = OWN_SETS.includes(name);
      const created = isOwn
        ? button(ICONS[name], texts[`value.data.${name}`])
        : button("", "", texts[`value.data.${name}`], "set");
      if (!isOwn) created.append(picture(sample(name, SHOWN)));
      created.dataset.value = name;
      created.addEventListener("click", () => onChoose(name));
      this.#buttons.set(name, created);
      (isOwn ? own : row).append(created);
    }
    this.root.append(row, own);
  }

  /** @param {string | number} value */
  show(value) {
    for (const [name, created] of this.#buttons) created.setAttribute("aria-pressed", String(name === value));
  }
}

/** @param {Float32Array} points */
function picture(points) {
  const canvas = element("canvas", { width: SIDE, height: SIDE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  drawPoints(context, { extent: 2.1, side: SIDE }, points, { colour: "#6d87b0", size: 5, opacity: 0.8 });
  return canvas;
}
