// @ts-check
/**
 * A slider for every number of z, some at a time, behind a toggle.
 * @import { App } from "../types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { withComponent } from "../latent.mjs";
import { Slider } from "./slider.mjs";

const PAGE = 16; // sliders at a time

export class ZSliders {
  #app;
  #reach;
  #start = 0;
  /** @type {Slider[]} */
  #sliders = [];
  #buttons;
  #box = element("details", { className: "fold" });

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {number} reach standard deviations either way
   */
  constructor(host, app, reach) {
    this.#app = app;
    this.#reach = reach;
    this.#box.innerHTML = `<summary></summary><p class="help"></p><div class="pages"></div>
      <div class="slider-list tight"></div>`;
    find(this.#box, "summary").textContent = app.t("sliders.raw");
    find(this.#box, ".help").textContent = app.t("sliders.raw_help");
    this.#box.addEventListener("toggle", () => this.#box.open && this.#open(this.#start));
    const starts = Array.from({ length: Math.ceil(app.space.z_dim / PAGE) }, (_, k) => k * PAGE);
    this.#buttons = starts.map((start) => {
      const page = button("", `${start + 1}–${Math.min(start + PAGE, app.space.z_dim)}`);
      page.addEventListener("click", () => this.#open(start));
      return page;
    });
    const pages = find(this.#box, ".pages");
    pages.append(...this.#buttons);
    pages.hidden = starts.length < 2;
    host.append(this.#box);
  }

  /** @param {number} start */
  #open(start) {
    this.#start = start;
    this.#buttons.forEach((page, k) => {
      page.setAttribute("aria-pressed", String(k * PAGE === start));
    });
    const count = Math.min(PAGE, this.#app.space.z_dim - start);
    this.#sliders = Array.from({ length: count }, (_, k) => this.#slider(start + k));
    find(this.#box, ".slider-list").replaceChildren(...this.#sliders.map((slider) => slider.root));
    this.changed();
  }

  /** @param {number} k */
  #slider(k) {
    const app = this.#app;
    return new Slider(app, {
      name: `z${k + 1}`,
      low: -this.#reach,
      high: this.#reach,
      drag: (value) => app.go(withComponent(app.state, k, value), { drag: true }),
    });
  }

  changed() {
    if (!this.#box.open) return;
    for (const [k, slider] of this.#sliders.entries()) slider.set(this.#app.state.z[this.#start + k]);
  }
}
