// @ts-check
// The examples of the three terms: samples to choose from, the chosen ones of which are averaged.

/** @import { App, LatentState, Tiles } from "../types.js" */
import { button, element } from "../../shared/dom.mjs";
import { latentState } from "../latent.mjs";
import { readIndices, readStates, writeIndices, writeStates } from "./selection.mjs";

const OFFERED = 12; // samples of a term
const MAX_OWN = 2; // states of somebody's own in a term
const SEEDS = 1_000_000;
const TERMS = [0, 1, 2];

/**
 * The examples of one term. `chosen` holds indices of [...own, ...offered].
 * @typedef {{ offered: LatentState[], own: LatentState[], chosen: Set<number>, seed: number }} Examples
 */

/**
 * What the picker needs of the tool. `drawAll` returns samples for all terms, `drawTerm` for the k-th.
 * @typedef {object} Options
 * @property {(k: number) => string} title
 * @property {() => void} changed
 * @property {(seeds: number[], count: number) => Promise<LatentState[][]>} drawAll
 * @property {(k: number, seed: number, count: number) => Promise<LatentState[]>} drawTerm
 */

export class ExamplePicker {
  /** Index of the term on show. */
  open = 0;
  #turn = 0; // rises when other samples are wanted; older ones are dropped
  /** @type {Tiles | null} */
  #tiles = null;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {Options} options
   */
  constructor(app, host, options) {
    this.app = app;
    this.options = options;
    this.heading = element("h2", { hidden: true });
    this.grid = element("div", { className: "pick-tiles" });
    /** @type {Examples[]} */
    this.terms = TERMS.map(() => ({ offered: [], own: [], chosen: new Set(), seed: 0 }));
    const others = button("dice", app.t("arithmetic.others"));
    others.addEventListener("click", () => this.drawOthers());
    const own = button("plus", app.t("arithmetic.add_current"));
    own.addEventListener("click", () => this.addCurrent());
    host.append(
      element("div", { className: "pick-head" }, this.heading, others, own),
      this.grid,
      element("small", { textContent: app.t("arithmetic.pick_hint") }),
    );
  }

  /** The chosen states of each term. */
  get picked() {
    return this.terms.map((term) => {
      const states = statesOf(term);
      return [...term.chosen].flatMap((index) => states[index] ?? []);
    });
  }

  /**
   * Draw samples for all terms and choose those that the address says, or the first `each`. Return false if others were
   * wanted meanwhile.
   * @param {number[]} seeds
   * @param {number} each
   * @param {{ masks: string, own: string }} address as `written` returns it
   */
  async fill(seeds, each, { masks, own }) {
    const turn = ++this.#turn;
    const offered = await this.options.drawAll(seeds, OFFERED);
    if (turn !== this.#turn) return false;
    const [maskTexts, ownTexts] = [masks.split("."), own.split(",")];
    this.terms = TERMS.map((k) => {
      const ownStates = readStates(ownTexts[k] ?? "", this.app.space);
      const count = ownStates.length + offered[k].length;
      const indices = readIndices(maskTexts[k] ?? "").filter((index) => index < count);
      const chosen = indices.length ? new Set(indices) : firstOf(each);
      return { offered: offered[k], own: ownStates, chosen, seed: seeds[k] };
    });
    this.show(this.open);
    return true;
  }

  /** Return the seeds, the chosen indices and the own states as texts for the address. */
  written() {
    const own = this.terms.map((term) => writeStates(term.own));
    return {
      seeds: this.terms.map(({ seed }) => seed).join("."),
      masks: this.terms.map(({ chosen }) => writeIndices(chosen)).join("."),
      own: own.some(Boolean) ? own.join(",") : "",
    };
  }

  /**
   * Show the examples of a term.
   * @param {number} k
   */
  show(k) {
    this.open = k;
    const states = statesOf(this.terms[k]);
    const title = this.options.title(k);
    this.heading.textContent = title;
    this.heading.hidden = false;
    this.#tiles?.destroy();
    this.#tiles = this.app.tiles(this.grid, {
      count: states.length,
      columns: 6,
      label: title,
      name: (index) => this.app.t("arithmetic.sample", { n: index + 1 }),
      pick: (index) => this.toggle(index),
    });
    this.#tiles.draw(states);
    this.markChosen();
  }

  markChosen() {
    const { chosen } = this.terms[this.open];
    this.#tiles?.canvases.forEach((canvas, index) => {
      canvas.parentElement?.setAttribute("aria-pressed", String(chosen.has(index)));
    });
  }

  /**
   * Choose an example or leave it out; the last one stays.
   * @param {number} index
   */
  toggle(index) {
    const { chosen } = this.terms[this.open];
    if (!chosen.has(index)) chosen.add(index);
    else if (chosen.size > 1) chosen.delete(index);
    this.markChosen();
    this.options.changed();
  }

  /**
   * Choose the first examples of each term.
   * @param {number} count
   */
  chooseFirst(count) {
    for (const term of this.terms) term.chosen = firstOf(count);
    this.markChosen();
    this.options.changed();
  }

  async drawOthers() {
    const k = this.open;
    const turn = ++this.#turn;
    const seed = (this.terms[k].seed + 1) % SEEDS;
    try {
      const offered = await this.options.drawTerm(k, seed, OFFERED);
      if (turn !== this.#turn) return;
      const chosen = firstOf(Math.min(this.terms[k].chosen.size, OFFERED));
      this.terms[k] = { offered, seed, own: [], chosen };
    } catch (error) {
      this.app.drawingFailed(error);
      return;
    }
    this.show(k);
    this.options.changed();
  }

  /** Add the current state and choose it alone. */
  addCurrent() {
    const term = this.terms[this.open];
    const { z, y } = this.app.state;
    term.own = [latentState(z, y), ...term.own].slice(0, MAX_OWN);
    term.chosen = firstOf(1);
    this.show(this.open);
    this.options.changed();
  }
}

/** @param {Examples} term */
function statesOf({ own, offered }) {
  return [...own, ...offered];
}

/** @param {number} count */
function firstOf(count) {
  return new Set(Array.from({ length: count }, (_, index) => index));
}
