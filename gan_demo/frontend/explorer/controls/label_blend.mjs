// One label field: a button for each value, and once several are mixed a bar whose borders one drags.

import { button } from "../../shared/dom.mjs";
import { oneHot } from "../latent.mjs";

const KEYS = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05, Home: -1, End: 1 };

export class LabelBlend {
  // told(weights, drag) makes them the state's.
  constructor(app, host, field, told) {
    Object.assign(this, { app, field, told, mixing: false, weights: [], members: [] });
    this.name = (n) => app.valueName(field.name, field.values[n]);
    this.chips = field.values.map((_, n) => this.chip(n));
    this.mix = button("mix", app.t("mix.mix"), app.t("mix.mix"), "mix");
    this.mix.title = app.t("mix.help");
    this.mix.addEventListener("click", () => this.toggle());
    const row = document.createElement("div");
    row.className = "chips";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", app.fieldName(field.name));
    row.append(...this.chips, ...(field.values.length > 1 ? [this.mix] : []));
    this.bar = Object.assign(document.createElement("div"), { className: "shares", hidden: true });
    this.hint = Object.assign(document.createElement("p"), {
      className: "hint",
      hidden: true,
      textContent: app.t("mix.hint"),
    });
    host.append(row, this.bar, this.hint);
  }

  chip(n) {
    const made = button("", this.name(n));
    made.addEventListener("click", () => this.press(n));
    return made;
  }

  // Another value alone; while mixing, one more of the mixture or one less.
  press(n) {
    const { length } = this.field.values;
    if (!this.mixing) return this.told(oneHot(length, n));
    const inside = this.members.includes(n);
    if (inside && this.members.length === 1) return;
    const share = inside ? 0 : 1 / (this.members.length + 1);
    const rest = this.weights.reduce((sum, w, k) => (k === n ? sum : sum + w), 0) || 1;
    this.told(this.weights.map((w, k) => (k === n ? share : (w * (1 - share)) / rest)));
  }

  toggle() {
    this.mixing = !this.mixing;
    if (this.mixing || this.members.length < 2) return this.set(Float32Array.from(this.weights));
    this.told(oneHot(this.weights.length, this.weights.indexOf(Math.max(...this.weights))));
  }

  set(told) {
    this.weights = [...told];
    const held = this.dragging ? this.members : null; // what is dragged down to nothing stays until it is let go
    this.members = held ?? this.weights.flatMap((w, n) => (w > 0 ? [n] : []));
    if (this.members.length > 1) this.mixing = true;
    this.chips.forEach((chip, n) => chip.setAttribute("aria-pressed", String(this.members.includes(n))));
    this.mix.setAttribute("aria-pressed", String(this.mixing));
    this.bar.hidden = !this.mixing || this.members.length < 2;
    this.hint.hidden = !this.mixing || this.members.length > 1;
    if (!this.bar.hidden) this.drawBar();
  }

  drawBar() {
    const key = this.members.join(" ");
    if (this.bar.dataset.key !== key) this.refill(key);
    let before = 0;
    this.members.forEach((n, k) => {
      const share = this.weights[n];
      const part = this.parts[k];
      part.style.flexGrow = share;
      part.firstChild.textContent = this.name(n);
      part.lastChild.textContent = this.percent(share);
      part.title = `${this.name(n)} ${this.percent(share)}`;
      before += share;
      const handle = this.handles[k];
      if (!handle) return;
      handle.style.left = `${100 * before}%`;
      handle.setAttribute("aria-valuenow", Math.round(100 * share));
      handle.setAttribute("aria-valuetext", this.words());
    });
  }

  refill(key) {
    this.bar.dataset.key = key;
    this.parts = this.members.map(() => {
      const part = document.createElement("span");
      part.className = "part";
      part.innerHTML = "<b></b><i></i>";
      return part;
    });
    this.parts.at(-1).classList.add("last");
    this.handles = this.members.slice(1).map((_, k) => this.handle(k));
    this.bar.replaceChildren(...this.parts, ...this.handles);
  }

  handle(k) {
    const made = document.createElement("span");
    made.className = "handle";
    made.tabIndex = 0;
    const told = { role: "slider", "aria-valuemin": 0, "aria-valuemax": 100 };
    for (const [name, value] of Object.entries(told)) made.setAttribute(name, value);
    made.setAttribute(
      "aria-label",
      this.app.t("mix.border", { a: this.name(this.members[k]), b: this.name(this.members[k + 1]) }),
    );
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      made.focus();
      made.setPointerCapture(event.pointerId);
      this.dragging = true;
    });
    made.addEventListener("pointermove", (event) => {
      if (!made.hasPointerCapture(event.pointerId)) return;
      const box = this.bar.getBoundingClientRect();
      const before = this.members.slice(0, k).reduce((sum, n) => sum + this.weights[n], 0);
      this.shift(k, (event.clientX - box.left) / box.width - before, true);
    });
    made.addEventListener("lostpointercapture", () => this.letGo());
    made.addEventListener("keydown", (event) => {
      const by = KEYS[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.dragging = true;
      this.shift(k, this.weights[this.members[k]] + by, true);
    });
    made.addEventListener("keyup", () => this.letGo());
    made.addEventListener("blur", () => this.letGo());
    return made;
  }

  letGo() {
    if (!this.dragging) return;
    this.dragging = false;
    this.app.settle();
    this.set(this.weights);
  }

  // The k-th member gets `share`, within what it and the next have together; in whole per cent.
  shift(k, share, drag) {
    const [a, b] = [this.members[k], this.members[k + 1]];
    const both = this.weights[a] + this.weights[b];
    const next = [...this.weights];
    next[a] = Math.min(both, Math.max(0, Math.round(100 * share) / 100));
    next[b] = both - next[a];
    this.told(next, drag);
  }

  percent(share) {
    return this.app.t("percent", { n: Math.round(100 * share) });
  }

  words() {
    return this.members.map((n) => `${this.name(n)} ${this.percent(this.weights[n])}`).join(", ");
  }
}
