// Every number of z by itself, some at a time, behind a toggle.

import { button } from "../../shared/dom.mjs";
import { withComponent } from "../latent.mjs";
import { Slider } from "./slider.mjs";

const PAGE = 16;

export class ZSliders {
  constructor(host, app, reach) {
    Object.assign(this, { app, reach, sliders: [], start: 0 });
    this.box = document.createElement("details");
    this.box.className = "fold";
    this.box.innerHTML = `<summary></summary><p class="help"></p><div class="pages"></div><div class="sliders tight"></div>`;
    [this.summary, this.help, this.pages, this.place] = this.box.children;
    this.summary.textContent = app.t("hold.raw");
    this.help.textContent = app.t("hold.raw_help");
    this.box.addEventListener("toggle", () => this.box.open && this.open(this.start));
    const starts = Array.from({ length: Math.ceil(app.space.z_dim / PAGE) }, (_, k) => k * PAGE);
    this.buttons = starts.map((start) => {
      const made = button("", `${start + 1}–${Math.min(start + PAGE, app.space.z_dim)}`);
      made.addEventListener("click", () => this.open(start));
      return made;
    });
    this.pages.append(...this.buttons);
    this.pages.hidden = starts.length < 2;
    host.append(this.box);
  }

  open(start) {
    const { app } = this;
    this.start = start;
    this.buttons.forEach((one, k) => one.setAttribute("aria-pressed", String(k * PAGE === start)));
    const count = Math.min(PAGE, app.space.z_dim - start);
    this.sliders = Array.from(
      { length: count },
      (_, k) =>
        new Slider(app, {
          name: `z${start + k + 1}`,
          low: -this.reach,
          high: this.reach,
          drag: (value) => app.go(withComponent(app.state, start + k, value), { drag: true }),
        }),
    );
    this.place.replaceChildren(...this.sliders.map((one) => one.root));
    this.changed();
  }

  changed() {
    if (this.box.open) this.sliders.forEach((slider, k) => slider.set(this.app.state.z[this.start + k]));
  }
}
