// Labels, whole or in shares, "40 % a 4, 60 % a 9": one field as buttons and a bar; of many, a line for each.

import { labelled, weights } from "../latent.mjs";
import { Blend } from "./label_blend.mjs";
import { FieldRow } from "./label_row.mjs";

export class Mixer {
  constructor(app, host) {
    const { labels } = app.space;
    Object.assign(this, { app });
    host.hidden = !labels.length;
    host.classList.toggle("many", labels.length > 1);
    this.rows = labels.map((field, k) => {
      const told = (share, drag) => app.go(labelled(app.state, labels, k, share), { drag });
      const Row = labels.length > 1 ? FieldRow : Blend;
      return new Row(app, host, field, told);
    });
    this.changed();
  }

  changed() {
    const { state, space } = this.app;
    this.rows.forEach((row, k) => row.set(weights(state.y, space.labels, k)));
  }
}
