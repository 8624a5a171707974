// @ts-check
// Keyframes in a row: a press goes to one, a drag moves it. With keys, arrows walk, Shift and arrows move one, Delete
// removes it. An element stays with its keyframe wherever it is moved.

import { button, element } from "../../shared/dom.mjs";
import { StripDrag } from "./strip_drag.mjs";

/** @import { App, LatentState } from "../types" */

/**
 * @typedef {object} StripActions
 * @property {(index: number) => void} select
 * @property {(from: number, to: number) => void} move
 * @property {(index: number) => void} remove
 * @property {() => void} add
 * @property {(canvases: HTMLCanvasElement[], keys: LatentState[]) => void} paint draws the pictures of new keyframes
 */

/** @typedef {{ root: HTMLButtonElement, canvas: HTMLCanvasElement, number: HTMLSpanElement }} Item */

export class KeyframeStrip {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {StripActions} actions
   */
  constructor(app, host, actions) {
    this.app = app;
    this.actions = actions;
    /** @type {Map<LatentState, Item>} */
    this.items = new Map();
    this.addButton = button("plus", "", app.t("journey.add"), "add");
    this.addButton.addEventListener("click", actions.add);
    this.root = element("div", { className: "strip" }, this.addButton);
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", app.t("journey.strip"));
    this.root.addEventListener("keydown", (event) => this.handleKey(event));
    this.drag = new StripDrag(() => this.elements(), actions.move);
    host.append(this.root);
  }

  /**
   * @param {readonly LatentState[]} keys
   * @param {number} selected
   * @param {boolean} isFull
   */
  draw(keys, selected, isFull) {
    for (const [key, item] of this.items) if (!keys.includes(key)) this.removeItem(key, item);
    const added = keys.filter((key) => !this.items.has(key));
    const addedItems = added.map(() => this.createItem());
    added.forEach((key, k) => {
      this.items.set(key, addedItems[k]);
    });
    keys.forEach((key, k) => {
      const item = this.items.get(key);
      if (item) this.placeItem(item, k, keys.length, k === selected);
    });
    this.addButton.disabled = isFull;
    if (!added.length) return;
    this.actions.paint(
      addedItems.map(({ canvas }) => canvas),
      added,
    );
  }

  /** @returns {HTMLElement[]} the keyframes' elements in their order */
  elements() {
    return [...this.items.values()].map(({ root }) => root).sort((a, b) => this.indexOf(a) - this.indexOf(b));
  }

  /**
   * Put an element into its place, without taking it out if it is there: focus and captured pointers stay.
   *
   * @param {Item} item
   * @param {number} index
   * @param {number} count
   * @param {boolean} isSelected
   */
  placeItem({ root, number }, index, count, isSelected) {
    const present = this.root.children[index];
    if (present !== root) this.root.insertBefore(root, present);
    root.setAttribute("aria-label", this.app.t("journey.key", { n: index + 1, count }));
    root.setAttribute("aria-pressed", String(isSelected));
    number.textContent = String(index + 1);
  }

  /**
   * @param {LatentState} key
   * @param {Item} item
   */
  removeItem(key, { root }) {
    if (root.matches(":focus")) {
      const neighbour = root.previousElementSibling ?? root.nextElementSibling;
      if (neighbour instanceof HTMLElement) neighbour.focus();
    }
    root.remove();
    this.items.delete(key);
  }

  /** @returns {Item} */
  createItem() {
    const canvas = element("canvas", { className: "pixelated" });
    const number = element("span");
    number.setAttribute("aria-hidden", "true");
    const root = element("button", { type: "button", className: "keyframe" }, canvas, number);
    root.addEventListener("click", () => {
      if (!this.drag.hasDropped) this.actions.select(this.indexOf(root));
    });
    this.drag.listen(root);
    return { root, canvas, number };
  }

  /** @param {Element} root */
  indexOf(root) {
    return [...this.root.children].indexOf(root);
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const target = event.composedPath()[0];
    const root = target instanceof Element && target.closest(".keyframe");
    if (!(root instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    const from = this.indexOf(root);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      this.walk(root, from, Math.min(this.items.size - 1, Math.max(0, from + step)), event.shiftKey);
    } else if (event.key === "Delete" || event.key === "Backspace") this.actions.remove(from);
    else return;
    event.preventDefault();
  }

  /**
   * @param {HTMLElement} root
   * @param {number} from
   * @param {number} to
   * @param {boolean} carry whether the keyframe moves along
   */
  walk(root, from, to, carry) {
    if (carry && to !== from) this.actions.move(from, to);
    const target = carry ? root : this.root.children[to];
    if (target instanceof HTMLElement) target.focus();
  }
}
