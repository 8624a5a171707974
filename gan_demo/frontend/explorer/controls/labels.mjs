// Labels, whole or in shares, "40 % a 4, 60 % a 9": one field as buttons and a bar; of many, a line for each.

import { labelWeights, withLabel } from "../latent.mjs";
import { LabelBlend } from "./label_blend.mjs";
import { LabelRow } from "./label_row.mjs";

export class LabelControls {
  constructor(app, host) {
    const { labels } = app.space;
    Object.assign(this, { app });
    host.hidden = !labels.length;
    host.classList.toggle("many", labels.length > 1);
    this.rows = labels.map((field, k) => {
      const told = (share, drag) => app.go(withLabel(app.state, labels, k, share), { drag });
      const Row = labels.length > 1 ? LabelRow : LabelBlend;
      return new Row(app, host, field, told);
    });
    this.changed();
  }

  changed() {
    const { state, space } = this.app;
    this.rows.forEach((row, k) => row.set(labelWeights(state.y, space.labels, k)));
  }
}
