// @ts-check
/**
 * A slider with a name, its value, and a line below; it moves the state many times a second and settles once.
 * @import { App } from "../types.js"
 */
import { element, find } from "../../shared/dom.mjs";

/**
 * @typedef {object} SliderOptions
 * @property {string} name
 * @property {string} [help] the line below
 * @property {number} low
 * @property {number} high
 * @property {number} [step]
 * @property {number} [home] where a double click puts it
 * @property {(value: number) => string} [text] the value in words
 * @property {(value: number) => void} drag called while it moves
 */

export class Slider {
  #text;
  #output;
  #value = NaN;

  /**
   * @param {Pick<App, "formatNumber" | "settle">} app
   * @param {SliderOptions} options
   */
  constructor(app, { name, help = "", low, high, step = 0.01, home = 0, text = (v) => app.formatNumber(v, 2), drag }) {
    this.#text = text;
    this.root = element("label", { className: "slider" });
    this.root.innerHTML = `<span class="name"></span><span class="value" aria-hidden="true"></span>
      <input type="range"><small></small>`;
    this.input = find(this.root, "input");
    this.#output = find(this.root, ".value");
    find(this.root, ".name").textContent = name;
    const note = find(this.root, "small");
    note.textContent = help;
    note.hidden = !help;
    Object.assign(this.input, { min: String(low), max: String(high), step: String(step) });
    this.input.setAttribute("aria-label", help ? `${name}: ${help}` : name);
    this.root.style.setProperty("--home", String((home - low) / (high - low)));
    if (home === low) this.root.style.setProperty("--ends", "0px");
    this.input.addEventListener("input", () => drag(Number(this.input.value)));
    this.input.addEventListener("change", () => app.settle());
    this.input.addEventListener("dblclick", () => {
      drag(home);
      app.settle();
    });
  }

  /**
   * Show a value; beyond its ends the thumb stands at the end.
   * @param {number} value
   */
  set(value) {
    if (value === this.#value) return;
    this.#value = value;
    if (Number(this.input.value) !== value) this.input.value = String(value);
    const [low, high] = [Number(this.input.min), Number(this.input.max)];
    const text = this.#text(value);
    this.#output.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
    this.root.style.setProperty("--share", String(Math.min(1, Math.max(0, (value - low) / (high - low)))));
  }
}
