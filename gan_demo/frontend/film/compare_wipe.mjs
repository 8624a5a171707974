// @ts-check
// Comparison of two moments in one picture: A is held on the left of a line that can be moved, B is on its right.

import { find } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";

/** @import { FilmTexts } from "./types.js" */

const STEP = 0.02; // of the width, for an arrow key
const LARGE_STEP = 0.1; // with Shift, and for Page Up and Page Down

/**
 * Return where a key moves the line to, or null for a key that does not move it.
 * @param {number} share 0 to 1
 * @param {string} key
 * @param {boolean} isLarge
 */
export function shareAfterKey(share, key, isLarge) {
  const step = isLarge ? LARGE_STEP : STEP;
  const shares = new Map([
    ["ArrowLeft", share - step],
    ["ArrowDown", share - step],
    ["ArrowRight", share + step],
    ["ArrowUp", share + step],
    ["PageDown", share - LARGE_STEP],
    ["PageUp", share + LARGE_STEP],
    ["Home", 0],
    ["End", 1],
  ]);
  const next = shares.get(key);
  return next === undefined ? null : Math.max(0, Math.min(1, next));
}

export class CompareWipe {
  isOn = false;
  /** The position of the line, as a share of the width. */
  share = 0.5;
  /** The step of A. */
  heldStep = -1;
  /** @type {HTMLElement} */
  #line;

  /** @param {HTMLElement} root of the film */
  constructor(root) {
    this.picture = find(root, ".picture");
    this.held = find(root, ".held"); // holds A
    this.current = find(root, ".now"); // holds B
    this.names = find(root, ".names");
    this.#line = this.#buildLine();
    this.picture.append(this.#line);
  }

  /**
   * Hold a copy of an image as A.
   * @param {HTMLImageElement} image
   */
  hold(image) {
    const copy = /** @type {HTMLImageElement} */ (image.cloneNode());
    copy.decoding = "sync";
    this.heldStep = Number(image.dataset.step);
    this.held.replaceChildren(copy);
    this.#show(true);
    this.moveTo(0.5);
  }

  leave() {
    this.#show(false);
    this.held.replaceChildren();
    this.current.style.clipPath = "";
  }

  /** @param {number} share 0 to 1 */
  moveTo(share) {
    this.share = Math.max(0, Math.min(1, share));
    const percent = `${(100 * this.share).toFixed(2)}%`;
    this.current.style.clipPath = `inset(0 0 0 ${percent})`;
    this.#line.style.left = percent;
    this.#line.setAttribute("aria-valuenow", String(Math.round(100 * this.share)));
  }

  /**
   * Name both sides.
   * @param {FilmTexts} texts
   * @param {string} heldStep
   * @param {string} currentStep
   */
  label(texts, heldStep, currentStep) {
    this.#line.setAttribute("aria-label", texts.divider);
    const [a, b] = this.names.children;
    a.textContent = `A · ${fill(texts.step, { step: heldStep })}`;
    b.textContent = `B · ${fill(texts.step, { step: currentStep })}`;
  }

  /** @param {boolean} isOn */
  #show(isOn) {
    this.isOn = isOn;
    for (const element of [this.held, this.#line, this.names]) element.hidden = !isOn;
  }

  #buildLine() {
    const line = document.createElement("div");
    line.className = "line";
    line.tabIndex = 0;
    line.hidden = true;
    line.setAttribute("role", "slider");
    line.setAttribute("aria-valuemin", "0");
    line.setAttribute("aria-valuemax", "100");
    line.innerHTML = `<i><svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" fill="#1a1c24">
      <path d="M13 9.5v13L6 16zM19 9.5v13l7-6.5z"/></svg></i>`;
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      event.preventDefault();
      line.focus();
    });
    line.addEventListener("pointermove", (event) => {
      if (!line.hasPointerCapture(event.pointerId)) return;
      const box = this.picture.getBoundingClientRect();
      this.moveTo((event.clientX - box.left) / box.width);
    });
    line.addEventListener("keydown", (event) => {
      const share = shareAfterKey(this.share, event.key, event.shiftKey);
      if (share === null) return;
      event.preventDefault();
      this.moveTo(share);
    });
    return line;
  }
}
