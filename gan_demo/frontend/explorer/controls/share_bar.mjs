// @ts-check
/**
 * A bar of the shares of a mixture, with a handle on each border between two of them.
 * @import { App } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";

/** @type {Partial<Record<string, number>>} change of the share before the border */
const KEY_STEPS = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05, Home: -1, End: 1 };

/**
 * @typedef {object} ShareBarEvents
 * @property {(weights: number[]) => void} shift called with all weights while a border moves
 * @property {() => void} release called when the border is released
 */

export class ShareBar {
  #app;
  #names;
  #events;
  #key = "";
  /** @type {number[]} */
  #weights = [];
  /** @type {number[]} */
  #members = [];
  /** @type {Part[]} */
  #parts = [];
  /** @type {HTMLElement[]} */
  #handles = [];

  /**
   * @param {App} app
   * @param {string[]} names of all values
   * @param {ShareBarEvents} events
   */
  constructor(app, names, events) {
    this.#app = app;
    this.#names = names;
    this.#events = events;
    this.isDragging = false;
    this.root = element("div", { className: "shares", hidden: true });
  }

  /**
   * @param {number[]} weights of all values
   * @param {number[]} members indices of the values in the mixture
   */
  draw(weights, members) {
    this.#weights = weights;
    this.#members = members;
    if (this.#key !== members.join(" ")) this.#rebuild();
    let sum = 0;
    const text = members.map((n) => `${this.#names[n]} ${this.#percent(weights[n])}`).join(", ");
    for (const [k, n] of members.entries()) {
      const share = weights[n];
      this.#parts[k].set(this.#names[n], share, this.#percent(share));
      sum += share;
      const handle = this.#handles[k]; // the last part has none
      if (!handle) return;
      handle.style.left = `${100 * sum}%`;
      handle.setAttribute("aria-valuenow", String(Math.round(100 * share)));
      handle.setAttribute("aria-valuetext", text);
    }
  }

  #rebuild() {
    this.#key = this.#members.join(" ");
    this.#parts = this.#members.map(() => new Part());
    this.#parts[this.#parts.length - 1].root.classList.add("last");
    this.#handles = this.#members.slice(1).map((_, k) => this.#handle(k));
    this.root.replaceChildren(...this.#parts.map(({ root }) => root), ...this.#handles);
  }

  /** @param {number} k */
  #handle(k) {
    const handle = element("span", { className: "handle", tabIndex: 0 });
    const [before, after] = [this.#names[this.#members[k]], this.#names[this.#members[k + 1]]];
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-valuemin", "0");
    handle.setAttribute("aria-valuemax", "100");
    handle.setAttribute("aria-label", this.#app.t("mix.border", { a: before, b: after }));
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      this.isDragging = true;
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this.#shift(k, this.#shareAt(k, event.clientX));
    });
    handle.addEventListener("lostpointercapture", () => this.#release());
    handle.addEventListener("keydown", (event) => {
      const step = KEY_STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.isDragging = true;
      this.#shift(k, this.#weights[this.#members[k]] + step);
    });
    handle.addEventListener("keyup", () => this.#release());
    handle.addEventListener("blur", () => this.#release());
    return handle;
  }

  /**
   * Return the share of the k-th member if its border were at `clientX`.
   * @param {number} k
   * @param {number} clientX
   */
  #shareAt(k, clientX) {
    const { left, width } = this.root.getBoundingClientRect();
    const start = this.#members.slice(0, k).reduce((sum, n) => sum + this.#weights[n], 0);
    return (clientX - left) / width - start;
  }

  #release() {
    if (!this.isDragging) return;
    this.isDragging = false;
    this.#events.release();
  }

  /**
   * Give the k-th member a share in whole per cent, within what it and the next have together.
   * @param {number} k
   * @param {number} share
   */
  #shift(k, share) {
    const [a, b] = [this.#members[k], this.#members[k + 1]];
    const both = this.#weights[a] + this.#weights[b];
    const weights = [...this.#weights];
    weights[a] = Math.min(both, Math.max(0, Math.round(100 * share) / 100));
    weights[b] = both - weights[a];
    this.#events.shift(weights);
  }

  /** @param {number} share */
  #percent(share) {
    return this.#app.t("percent", { n: Math.round(100 * share) });
  }
}

class Part {
  #name = element("b");
  #percent = element("span"); // no <i>: before its style sheet is there, it would fetch 138 KB of italics

  constructor() {
    this.root = element("span", { className: "part" }, this.#name, this.#percent);
  }

  /**
   * @param {string} name
   * @param {number} share
   * @param {string} percent
   */
  set(name, share, percent) {
    this.root.style.flexGrow = String(share);
    this.root.title = `${name} ${percent}`;
    this.#name.textContent = name;
    this.#percent.textContent = percent;
  }
}
