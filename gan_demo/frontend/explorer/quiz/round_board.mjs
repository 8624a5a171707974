// @ts-check
// The pictures of a round: buttons to press by mouse, touch, arrow keys or number; then the truth on each.

/** @import { App, Pixels } from "../types.js" */
import { element } from "../../shared/dom.mjs";

const COLUMNS = 3; // of a round of six, as in quiz.css

/**
 * A picture's button, and where the truth stands on it.
 * @typedef {{ root: HTMLButtonElement, truth: HTMLElement, picks: HTMLElement }} Card
 */

/**
 * The truth of a round: which pictures are real, the right answer, and what the person and D answered (-1: nothing).
 * @typedef {{ isReal: boolean[], odd: number, answer: number, dsChoice: number }} Truth
 */

export class RoundBoard {
  /** @type {Card[]} */
  #cards = [];
  #isOpen = false; // does it take an answer?

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {(index: number) => void} answered
   */
  constructor(app, host, answered) {
    this.app = app;
    this.answered = answered;
    this.root = element("div", { className: "table" });
    this.root.setAttribute("role", "group");
    this.root.addEventListener("keydown", (event) => this.moveFocus(event));
    host.append(this.root);
  }

  /**
   * Show the pictures of a round and take an answer; none while the next round loads.
   * @param {readonly Pixels[]} pictures
   * @param {string} label
   */
  show(pictures, label) {
    this.root.dataset.size = String(pictures.length);
    this.root.setAttribute("aria-label", label);
    this.#cards = pictures.map((pixels, index) => this.buildCard(pixels, index));
    this.root.replaceChildren(...this.#cards.map(({ root }) => root));
    this.#isOpen = true;
  }

  /**
   * @param {Pixels} pixels
   * @param {number} index
   * @returns {Card}
   */
  buildCard(pixels, index) {
    const canvas = element("canvas", { className: "pixelated" });
    this.app.paint(canvas, pixels);
    const number = element("span", { className: "number", textContent: String(index + 1) });
    const truth = element("span", { className: "truth" });
    const picks = element("span", { className: "picks" });
    const root = element("button", { type: "button", className: "card" }, canvas, number, truth, picks);
    root.setAttribute("aria-label", this.pictureName(index));
    root.addEventListener("click", () => this.choose(index));
    return { root, truth, picks };
  }

  /** @param {number} index */
  pictureName(index) {
    return this.app.t("quiz.picture", { n: index + 1 });
  }

  /** Take no answer until the next pictures. */
  close() {
    this.#isOpen = false;
  }

  /** @param {number} index */
  choose(index) {
    if (!this.#isOpen || !this.#cards[index]) return;
    this.close();
    this.answered(index);
  }

  focusFirst() {
    this.#cards[0]?.root.focus();
  }

  /** @param {Truth} truth */
  reveal({ isReal, odd, answer, dsChoice }) {
    this.#cards.forEach(({ root, truth, picks }, index) => {
      const kind = this.app.t(isReal[index] ? "quiz.real" : "quiz.fake");
      const names = [index === answer ? "quiz.you" : "", index === dsChoice ? "quiz.d" : ""].filter(Boolean);
      const pickers = names.map((key) => this.app.t(key));
      root.classList.add("shown");
      root.classList.toggle("odd", index === odd);
      root.classList.toggle("correct", index === answer && index === odd);
      root.classList.toggle("wrong", index === answer && index !== odd);
      truth.textContent = kind;
      picks.replaceChildren(...pickers.map((textContent) => element("b", { textContent })));
      root.setAttribute("aria-disabled", "true");
      root.setAttribute("aria-label", [this.pictureName(index), kind, ...pickers].join(" · "));
    });
  }

  /** @param {KeyboardEvent} event */
  moveFocus(event) {
    const target = event.composedPath()[0];
    const index = this.#cards.findIndex(({ root }) => target instanceof Node && root.contains(target));
    const columns = Math.min(COLUMNS, this.#cards.length);
    /** @type {Record<string, number>} */
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const move = moves[event.key];
    if (!move || index < 0) return;
    event.preventDefault();
    const next = Math.min(this.#cards.length - 1, Math.max(0, index + move));
    this.#cards[next].root.focus();
  }
}
