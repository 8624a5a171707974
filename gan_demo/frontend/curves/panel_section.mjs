// @ts-check
/**
 * @import { PanelSpec } from "./types.js"
 */
import { element, find } from "../shared/dom.mjs";

/** The elements of one panel: title, legend, plot and note. */
export class PanelSection {
  /** @param {string} id */
  constructor(id) {
    this.box = element("section");
    this.box.dataset.panel = id;
    this.box.innerHTML = `<header><h2><span></span><small></small></h2><div class="legend"></div></header>
      <p class="measured" hidden></p><div class="plot"></div><p class="note"></p>`;
    this.title = find(this.box, "h2 span");
    this.moment = find(this.box, "h2 small");
    this.legendBox = find(this.box, ".legend");
    this.plotBox = find(this.box, ".plot");
    this.note = find(this.box, ".note");
    this.measured = find(this.box, ".measured");
  }

  /** @param {PanelSpec} spec */
  label(spec) {
    this.title.textContent = spec.title;
    this.note.textContent = spec.note ?? "";
    this.note.hidden = !spec.note;
    this.measured.hidden = !spec.measured;
  }

  /**
   * Say when the values on show were measured; they fade when they are out of date.
   * @param {string} text
   * @param {boolean} isOld
   */
  sayMeasured(text, isOld) {
    this.measured.textContent = text;
    this.box.classList.toggle("old", isOld);
  }
}
