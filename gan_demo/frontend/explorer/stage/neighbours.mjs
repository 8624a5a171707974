// With sixteen on stage: how far the fifteen others are, other ones, and a place to step on each by keyboard.

import { button } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";

export class NeighbourControls {
  constructor(app, host) {
    Object.assign(this, { app, host });
    this.slider = new Slider(app, {
      name: app.t("near.spread"),
      low: 0.05,
      high: 1,
      step: 0.05,
      home: 0.3,
      drag: (value) => this.spread(value),
    });
    this.other = button("dice", "", app.t("near.shuffle"));
    this.other.addEventListener("click", () => app.stage.shuffle(app.stage.seed + 1));
    host.append(this.slider.root, this.other);
    this.cells = Object.assign(document.createElement("div"), { className: "cells" });
    this.cells.append(Object.assign(document.createElement("i"), { className: "here" }));
    for (let k = 1; k < 16; k++) this.cells.append(this.cell(k));
    app.stage.overlay.append(this.cells);
    this.slider.set(app.stage.spread);
    this.show(app.stage.count > 1);
  }

  // Seen by the keyboard alone: the mouse drags and presses the picture below.
  cell(k) {
    const made = button("", "", this.app.t("near.nth", { n: k }));
    made.style.gridArea = `${1 + Math.floor(k / 4)} / ${1 + (k % 4)}`;
    made.addEventListener("click", () => this.app.go(this.app.stage.states()[k]));
    return made;
  }

  spread(value) {
    this.app.stage.spread = value;
    this.slider.set(value);
    this.app.stage.draw();
  }

  show(shown) {
    this.host.hidden = this.cells.hidden = !shown;
  }
}
