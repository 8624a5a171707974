// The map of a model of images: a sample in the middle of each cell of a plane of latent space, and what is read from it.
import { mostProbable } from "../engine/classifiers.mjs";
import { sameState } from "../latent.mjs";
import { at, where } from "./axes.mjs";
import { classColour, verdict, verdictColour } from "./colours.mjs";
import { middle } from "./viewport.mjs";

export class Images {
  // `colouring`: {by: "" | "verdict" | index of a field of the reader}, which may change at any time.
  constructor(app, { plane, reader, colouring }) {
    Object.assign(this, { app, plane, reader, colouring, last: null, smooth: false });
    const { across, up } = plane;
    this.box = { left: across.low, right: across.high, bottom: up.low, top: up.high };
    this.coarsest = across.direction && up.direction ? -1 : 0; // a wider cell would lie between two labels
    const [, h, w] = app.shape;
    this.cell = [w, h];
    this.strength = app.shape[0] === 1 ? 0.38 : 0; // colours of the picture itself stay as they are
  }

  async make(cells) {
    const {
      app,
      reader,
      colouring: { by },
    } = this;
    const states = cells.map((cell) => at(this.plane, app.space.labels, ...middle(cell)));
    const x = await app.samples(states);
    const read = typeof by === "number" ? await reader.read(x, cells.length) : null;
    const logits = by === "verdict" ? await reader.judge(x, states) : null;
    return cells.map((_, k) => ({
      pixels: app.pixels(x, k),
      ...(read && { read: read[k] }),
      ...(logits && { real: verdict(logits[k], app.space) }),
    }));
  }

  ready(cell) {
    const { by } = this.colouring;
    return by === "" || (by === "verdict" ? cell.real !== undefined : Boolean(cell.read));
  }

  colour(cell) {
    const { by } = this.colouring;
    if (by === "" || !this.ready(cell)) return "";
    if (by === "verdict") return `rgb(${verdictColour(cell.real).join(" ")})`;
    return classColour(mostProbable(cell.read[by])[0]);
  }

  // What is read there, in words.
  tell(cell) {
    const { by } = this.colouring;
    if (!cell || by === "" || !this.ready(cell)) return "";
    const percent = (share) => this.app.formatNumber(100 * share);
    if (by === "verdict") return this.app.t("map.verdict", { share: percent(cell.real) });
    const field = this.reader.fields[by];
    const [value, share] = mostProbable(cell.read[by]);
    return this.app.t("map.reading", {
      field: this.app.fieldName(field.name),
      value: this.app.valueName(field.name, field.values[value]),
      share: percent(share),
    });
  }

  where() {
    const { state, space } = this.app;
    if (this.last && sameState(this.last.state, state)) return this.last;
    return where(this.plane, space.labels, state);
  }

  go(s, t, drag) {
    const state = at(this.plane, this.app.space.labels, s, t);
    this.last = { state, s, t, off: false };
    this.app.go(state, { drag });
  }

  settle() {
    this.app.settle();
  }

  length(units) {
    const digits = Math.max(0, -Math.floor(Math.log10(units)));
    return this.plane.across.direction ? this.app.t("map.deviations", { n: this.app.formatNumber(units, digits) }) : "";
  }
}
