// Labels, whole or in shares: "40 % a 4, 60 % a 9".
import { labelled, pure, strongest, weights } from "./space.mjs";

export class Mixer {
  constructor(app, host) {
    Object.assign(this, { app, host, fields: app.space.labels });
    this.rows = this.fields.map((field, k) => this.row(field, k));
    host.hidden = !this.rows.length;
    this.changed();
  }

  row(field, k) {
    const chips = document.createElement("div");
    chips.className = "chips";
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", this.app.field(field.name));
    field.values.forEach((value, n) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", textContent: this.app.value(field.name, value) });
      chip.addEventListener("click", () => this.app.go(labelled(this.app.state, this.fields, k, pure(field.values.length, n))));
      chips.append(chip);
    });
    this.host.append(chips);
    return chips;
  }

  changed() {
    this.rows.forEach((chips, k) => {
      const [first] = strongest(weights(this.app.state.y, this.fields, k));
      [...chips.children].forEach((chip, n) => chip.setAttribute("aria-pressed", String(n === first)));
    });
  }
}
