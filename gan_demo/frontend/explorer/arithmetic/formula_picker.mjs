// @ts-check
// The choice of a formula: some on offer, or any attribute added to any other.

/**
 * @import { App } from "../types.js"
 * @import { Attribute, Formula } from "./types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { attributeNamed, presets, write } from "./formula.mjs";
import { phrase, title } from "./phrases.mjs";

/** @typedef {[key: string, text: string]} Option an attribute's value as "name.index", and its words */

export class FormulaPicker {
  /**
   * @param {App} app
   * @param {readonly Attribute[]} attributes
   * @param {{ presets: HTMLElement, own: HTMLElement }} hosts a group of buttons, and a <details> for other formulas
   * @param {(formula: Formula) => void} chosen
   */
  constructor(app, attributes, hosts, chosen) {
    this.app = app;
    this.attributes = attributes;
    this.chosen = chosen;
    this.presets = presets(attributes);
    this.buttons = this.buildPresets(hosts.presets);
    const [added, wanted, replaced] = this.buildSelects(hosts.own);
    /** What is added. */
    this.added = added;
    /** What it is added to, and what stands in its place in the first two terms. */
    this.wanted = wanted;
    this.replaced = replaced;
  }

  /** @param {HTMLElement} host */
  buildPresets(host) {
    const { app, attributes } = this;
    host.setAttribute("aria-label", app.t("arithmetic.presets"));
    const buttons = this.presets.map((formula) => {
      const created = button("", title(app, attributes, formula));
      created.addEventListener("click", () => this.chosen(formula));
      return created;
    });
    host.append(...buttons);
    host.hidden = !buttons.length;
    return buttons;
  }

  /** @param {HTMLElement} host */
  buildSelects(host) {
    const { app } = this;
    host.hidden = this.attributes.length < 2;
    find(host, "summary").textContent = app.t("arithmetic.own");
    return ["arithmetic.add", "arithmetic.to", "arithmetic.instead"].map((key) => {
      const select = element("select");
      select.setAttribute("aria-label", app.t(key));
      select.addEventListener("change", () => this.compose());
      find(host, "div").append(element("label", {}, element("span", { textContent: app.t(key) }), select));
      return select;
    });
  }

  /**
   * Show which formula is the current one.
   * @param {Formula | null} formula
   */
  set(formula) {
    const text = write(formula, this.attributes);
    this.buttons.forEach((each, n) => {
      each.setAttribute("aria-pressed", String(write(this.presets[n], this.attributes) === text));
    });
    if (formula) this.fillSelects(formula);
  }

  /** @param {Formula} formula */
  fillSelects({ p, q }) {
    const { app, attributes } = this;
    /** @param {readonly Attribute[]} offered @returns {Option[]} */
    const options = (offered) =>
      offered.flatMap(({ name, values }) =>
        values.map((_, k) => /** @type {Option} */ ([`${name}.${k}`, phrase(app, attributes, name, k)])),
      );
    const traits = attributes.filter(({ trait }) => trait);
    fillSelect(this.added, options(traits.length ? traits : attributes), `${p.name}.${p.on}`);
    const others = attributes.filter(({ trait, name }) => !trait && name !== p.name);
    fillSelect(this.wanted, options(others), `${q.name}.${q.on}`);
    const replaceable = options([attributeNamed(attributes, q.name)]).filter(([key]) => key !== `${q.name}.${q.on}`);
    fillSelect(this.replaced, replaceable, `${q.name}.${q.off}`);
  }

  /** Choose the formula of the three selects; what does not go together is replaced by the next that does. */
  compose() {
    const [p, wanted, replaced] = [this.added, this.wanted, this.replaced].map(({ value }) => {
      const [name, index] = value.split(".");
      return { name, index: Number(index) };
    });
    const isSame = p.name === wanted.name;
    const q = isSame ? { name: this.attributeBeside(p.name), index: 1 } : wanted;
    const keepsReplaced = q.name === replaced.name && replaced.index !== q.index;
    this.chosen({
      p: { name: p.name, on: p.index, off: otherThan(p.index) },
      q: { name: q.name, on: q.index, off: keepsReplaced ? replaced.index : otherThan(q.index) },
    });
  }

  /** @param {string} name */
  attributeBeside(name) {
    const other = this.attributes.find((attribute) => attribute.name !== name && !attribute.trait);
    if (!other) throw new Error(`nothing can be added to ${name}`);
    return other.name;
  }
}

/**
 * Return the first index that is not this one.
 * @param {number} index
 */
function otherThan(index) {
  return Number(index === 0);
}

/**
 * @param {HTMLSelectElement} select
 * @param {readonly Option[]} options
 * @param {string} value
 */
function fillSelect(select, options, value) {
  select.replaceChildren(...options.map(([key, text]) => new Option(text, key)));
  select.value = value;
}
