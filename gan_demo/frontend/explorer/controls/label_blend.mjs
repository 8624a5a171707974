// @ts-check
/**
 * One label field: a button for each value, and once several are mixed a bar whose borders one drags.
 * @import { App, LabelField } from "../types.js"
 * @import { SetWeights } from "./labels.mjs"
 */
import { button, element } from "../../shared/dom.mjs";
import { oneHot } from "../latent.mjs";
import { ShareBar } from "./share_bar.mjs";

export class LabelBlend {
  #field;
  #setWeights;
  #chips;
  #mix;
  #bar;
  #hint;
  #isMixing = false;
  /** @type {number[]} */
  #weights = [];
  /** @type {number[]} indices of the values in the mixture */
  #members = [];

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {LabelField} field
   * @param {SetWeights} setWeights
   */
  constructor(app, host, field, setWeights) {
    this.#field = field;
    this.#setWeights = setWeights;
    const names = field.values.map((value) => app.valueName(field.name, value));
    this.#chips = names.map((name, n) => {
      const chip = button("", name);
      chip.addEventListener("click", () => this.#press(n));
      return chip;
    });
    this.#mix = button("mix", app.t("mix.mix"), app.t("mix.mix"), "mix");
    this.#mix.title = app.t("mix.help");
    this.#mix.addEventListener("click", () => this.#toggle());
    const row = element("div", { className: "chips" }, ...this.#chips);
    if (field.values.length > 1) row.append(this.#mix);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", app.fieldName(field.name));
    this.#bar = new ShareBar(app, names, {
      shift: (weights) => setWeights(weights, true),
      release: () => {
        app.settle();
        this.set(this.#weights);
      },
    });
    this.#hint = element("p", { className: "hint", hidden: true, textContent: app.t("mix.hint") });
    host.append(row, this.#bar.root, this.#hint);
  }

  /**
   * Choose a value alone; while mixing, add it to the mixture or take it away.
   * @param {number} n
   */
  #press(n) {
    if (!this.#isMixing) return this.#setWeights(oneHot(this.#field.values.length, n));
    const isMember = this.#members.includes(n);
    if (isMember && this.#members.length === 1) return;
    const share = isMember ? 0 : 1 / (this.#members.length + 1);
    const others = this.#weights.reduce((sum, w, k) => (k === n ? sum : sum + w), 0) || 1;
    this.#setWeights(this.#weights.map((w, k) => (k === n ? share : (w * (1 - share)) / others)));
  }

  #toggle() {
    this.#isMixing = !this.#isMixing;
    if (this.#isMixing || this.#members.length < 2) return this.set(this.#weights);
    this.#setWeights(oneHot(this.#weights.length, this.#weights.indexOf(Math.max(...this.#weights))));
  }

  /** @param {ArrayLike<number>} weights */
  set(weights) {
    this.#weights = Array.from(weights);
    // What is dragged down to nothing stays a member until the handle is released.
    if (!this.#bar.isDragging) this.#members = this.#weights.flatMap((w, n) => (w > 0 ? [n] : []));
    if (this.#members.length > 1) this.#isMixing = true;
    for (const [n, chip] of this.#chips.entries()) chip.setAttribute("aria-pressed", String(this.#members.includes(n)));
    this.#mix.setAttribute("aria-pressed", String(this.#isMixing));
    this.#bar.root.hidden = !this.#isMixing || this.#members.length < 2;
    this.#hint.hidden = !this.#isMixing || this.#members.length > 1;
    if (!this.#bar.root.hidden) this.#bar.draw(this.#weights, this.#members);
  }
}
