// @ts-check
/**
 * Samples of a training and a slider through its moments, which stays at the newest unless it is moved.
 * @import { Language, Texts } from "../shared/types.js"
 * @import { Moment } from "./types.js"
 */
import { element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { SampleSheet } from "./sample_sheet.mjs";

export class SampleBoard {
  root = element("div", { className: "left" });
  #slider = element("input", { type: "range", min: "0", max: "0", value: "0" });
  #step = element("output");
  /** @type {SampleSheet | null} */
  #sheet = null;
  #shape = "";
  #redraw = () => {};

  constructor() {
    this.#slider.oninput = () => this.#redraw();
  }

  /**
   * @param {number[]} shape [channels, height, width] of a sample
   * @param {Moment[]} moments
   * @param {Texts} texts
   * @param {Language} language
   */
  draw(shape, moments, texts, language) {
    if (this.#shape !== shape.join()) this.#build(shape);
    const slider = this.#slider;
    const isNewest = slider.value === slider.max;
    slider.max = String(moments.length - 1);
    if (isNewest) slider.value = slider.max;
    slider.setAttribute("aria-label", texts.scrub);
    this.#sheet?.canvas.setAttribute("aria-label", texts.samples);
    this.#redraw = () => this.#drawMoment(moments[Number(slider.value)], texts, language);
    this.#redraw();
  }

  /** @param {number[]} shape */
  #build(shape) {
    this.#shape = shape.join();
    this.#sheet = new SampleSheet(shape);
    const bar = element("div", { className: "bar" }, this.#slider, this.#step);
    this.root.replaceChildren(this.#sheet.canvas, bar);
  }

  /**
   * @param {Moment | undefined} moment
   * @param {Texts} texts
   * @param {Language} language
   */
  #drawMoment(moment, texts, language) {
    if (!moment) return;
    this.#sheet?.draw(moment.samples);
    const sentence = fill(texts.at_step, { n: number(language, moment.step) });
    this.#step.textContent = sentence;
    this.#slider.setAttribute("aria-valuetext", sentence);
    const last = Number(this.#slider.max);
    const share = last ? Number(this.#slider.value) / last : 1;
    this.#slider.style.setProperty("--share", `${100 * share}%`);
  }
}
