// @ts-check
/**
 * One of many label fields on a line: no and yes as a slider with a switch; others as a list, with a second value to
 * mix in.
 * @import { App, LabelField } from "../types.js"
 * @import { SetWeights } from "./labels.mjs"
 */
import { button, element } from "../../shared/dom.mjs";
import { blend, heaviestTwo, oneHot } from "../latent.mjs";

export class LabelRow {
  #control;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {LabelField} field
   * @param {SetWeights} setWeights
   */
  constructor(app, host, field, setWeights) {
    const root = element("div", { className: "field" });
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", app.fieldName(field.name));
    const Control = field.values.join() === "no,yes" ? YesNo : ValueList;
    this.#control = new Control(app, root, field, setWeights);
    host.append(root);
  }

  /** @param {Float32Array} weights */
  set(weights) {
    this.#control.set(weights);
  }
}

/** No and yes: a button that switches, and a slider for all between. */
class YesNo {
  #switch;
  #share;
  /** @type {Float32Array} */
  #weights = oneHot(2, 0);

  /**
   * @param {App} app
   * @param {HTMLElement} root
   * @param {LabelField} field
   * @param {SetWeights} setWeights
   */
  constructor(app, root, field, setWeights) {
    const name = app.fieldName(field.name);
    this.#switch = button("", name);
    this.#switch.addEventListener("click", () => setWeights(oneHot(2, Number(this.#weights[1] <= 0.5))));
    this.#share = new ShareSlider(app, name, (share) => setWeights(blend(2, 0, 1, share), true));
    root.append(this.#switch, ...this.#share.parts);
  }

  /** @param {Float32Array} weights */
  set(weights) {
    this.#weights = weights;
    this.#switch.setAttribute("aria-pressed", String(weights[1] > 0.5));
    this.#share.set(weights[1]);
  }
}

/** One of several values, from a list; on demand a share of a second one. */
class ValueList {
  #app;
  #field;
  #setWeights;
  #first;
  #second;
  #mix;
  #share;
  #more;
  #isMixing = false;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   * @param {LabelField} field
   * @param {SetWeights} setWeights
   */
  constructor(app, root, field, setWeights) {
    this.#app = app;
    this.#field = field;
    this.#setWeights = setWeights;
    const name = app.fieldName(field.name);
    this.#first = this.#list(name);
    this.#second = this.#list(app.t("mix.with"));
    this.#mix = button("mix", "", app.t("mix.mix"), "mix");
    this.#mix.title = app.t("mix.help");
    this.#mix.addEventListener("click", () => this.#toggle());
    this.#share = new ShareSlider(app, app.t("mix.share"), (share) => setWeights(this.#blend(share), true));
    this.#more = element("span", { className: "more" }, ...this.#share.parts, this.#second);
    root.classList.add("list");
    root.append(element("span", { className: "name", textContent: name }), this.#first, this.#mix, this.#more);
  }

  /** @param {string} name */
  #list(name) {
    const list = element("select");
    list.setAttribute("aria-label", name);
    for (const [n, value] of this.#field.values.entries())
      list.append(new Option(this.#app.valueName(this.#field.name, value), String(n)));
    list.addEventListener("change", () => this.#setWeights(this.#chosen()));
    return list;
  }

  /** Return the weights that the lists and the slider show. */
  #chosen() {
    return this.#isMixing ? this.#blend(this.#share.value) : oneHot(this.#field.values.length, this.#firstIndex);
  }

  get #firstIndex() {
    return Number(this.#first.value);
  }

  /** @param {number} share of the second value */
  #blend(share) {
    return blend(this.#field.values.length, this.#firstIndex, Number(this.#second.value), share);
  }

  #toggle() {
    const count = this.#field.values.length;
    const first = this.#firstIndex;
    this.#isMixing = !this.#isMixing;
    this.#setWeights(this.#isMixing ? blend(count, first, (first + 1) % count, 0.5) : oneHot(count, first));
    this.#showMixing();
  }

  /**
   * Show weights. What the lists say already stays: a share beyond one half does not swap them.
   * @param {Float32Array} weights
   */
  set(weights) {
    const agrees = this.#chosen().every((weight, n) => Math.abs(weight - weights[n]) < 0.006);
    if (!agrees) {
      const [first, second, share] = heaviestTwo(weights);
      this.#first.value = String(first);
      this.#isMixing = share > 0;
      if (this.#isMixing) {
        this.#second.value = String(second);
        this.#share.set(share);
      }
    }
    this.#share.set(this.#share.value);
    this.#showMixing();
  }

  #showMixing() {
    this.#more.hidden = !this.#isMixing;
    this.#mix.setAttribute("aria-pressed", String(this.#isMixing));
  }
}

/** A slider from 0 to 100 % with its value beside it. */
class ShareSlider {
  #app;
  #input;
  #output;

  /**
   * @param {App} app
   * @param {string} name
   * @param {(share: number) => void} drag
   */
  constructor(app, name, drag) {
    this.#app = app;
    this.#input = element("input", { type: "range", min: "0", max: "100", step: "1" });
    this.#input.setAttribute("aria-label", name);
    this.#input.addEventListener("input", () => drag(this.value));
    this.#input.addEventListener("change", () => app.settle());
    this.#output = element("span", { className: "value" });
    this.#output.setAttribute("aria-hidden", "true"); // the slider says the same
    this.parts = [this.#input, this.#output];
  }

  get value() {
    return Number(this.#input.value) / 100;
  }

  /** @param {number} share */
  set(share) {
    const percent = Math.round(100 * share);
    if (Math.abs(this.value - share) > 0.005) this.#input.value = String(percent);
    const text = this.#app.t("percent", { n: percent });
    this.#input.setAttribute("aria-valuetext", text);
    this.#input.style.setProperty("--share", String(share));
    this.#output.textContent = text;
  }
}
