// @ts-check
/**
 * The list of the changes that charts mark by number. Pointing at one lights up its marks, and the other way round.
 * @import { Mark } from "./types.js"
 */
import { element, find } from "../shared/dom.mjs";

/**
 * @typedef {object} ChangeTexts
 * @property {string} title
 * @property {(step: number) => string} step says the step of a change
 * @property {string} goTo what a click on a step does
 */

export class ChangeList {
  #drawn = "";

  /**
   * @param {HTMLElement} root
   * @param {(step: number) => void} onStep called when a change's step is clicked
   * @param {(numbers: number[]) => void} onPoint called when pointer or focus comes to a change, [] when it goes
   */
  constructor(root, onStep, onPoint) {
    this.root = root;
    this.root.classList.add("changes");
    this.root.append(element("h2"), element("ol"));
    this.list = find(root, "ol");
    this.onStep = onStep;
    this.onPoint = onPoint;
  }

  /**
   * @param {readonly Mark[]} marks
   * @param {ChangeTexts} texts
   */
  draw(marks, texts) {
    this.root.hidden = !marks.length;
    const drawn = JSON.stringify([marks, texts.title, texts.goTo]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    find(this.root, "h2").textContent = texts.title;
    this.list.replaceChildren(...marks.map((mark) => this.#item(mark, texts)));
  }

  /**
   * Light up the changes of some numbers.
   * @param {number[]} numbers
   */
  highlight(numbers) {
    for (const item of this.list.querySelectorAll("li")) {
      item.classList.toggle("lit", numbers.includes(Number(item.dataset.number)));
    }
  }

  /**
   * @param {Mark} mark
   * @param {ChangeTexts} texts
   */
  #item({ number, step, text }, texts) {
    const badge = element("b", { textContent: String(number) });
    const go = element("button", { type: "button", textContent: texts.step(step), title: texts.goTo });
    go.addEventListener("click", () => this.onStep(step));
    const item = element("li", {}, badge, go, element("span", { textContent: text }));
    item.dataset.number = String(number);
    for (const name of ["pointerenter", "focusin"]) item.addEventListener(name, () => this.onPoint([number]));
    for (const name of ["pointerleave", "focusout"]) item.addEventListener(name, () => this.onPoint([]));
    return item;
  }
}
