// @ts-check
// Selection of a sample on the sheet: the one under the pointer, the selected one, and the one that somebody points at
// have rings. By keyboard: Tab to the picture, arrow keys from sample to sample, Enter to select.

import { fill } from "../shared/format.mjs";
import { rowAndColumn, sampleAfterKey, sampleAt, sampleBox } from "./sheet_geometry.mjs";

/** @import { FilmTexts, SheetLayout } from "./types.js" */

export class SampleSelection {
  /** @type {SheetLayout | null} */
  sheet = null;
  /** Whether samples can be selected. */
  isEnabled = false;
  /** @type {number | null} the selected sample */
  index = null;
  /** The sample that the arrow keys have reached. */
  #cursor = 0;
  /** @type {FilmTexts | null} */
  #texts = null;

  /**
   * @param {HTMLElement} picture
   * @param {(index: number, x?: number) => void} onPick `x` is where the picture was clicked, 0 to 1 of its width
   */
  constructor(picture, onPick) {
    this.picture = picture;
    this.onPick = onPick;
    this.rings = { hover: ring("hover"), chosen: ring("chosen"), shown: ring("shown") };
    this.announcement = document.createElement("span"); // for screen readers: where the arrow keys are
    this.announcement.className = "said";
    this.announcement.setAttribute("aria-live", "polite");
    picture.append(...Object.values(this.rings), this.announcement);
    this.#listen();
  }

  /**
   * Take the sheet and the texts.
   * @param {SheetLayout | null} sheet
   * @param {number | null} highlight the sample that somebody points at
   * @param {FilmTexts} texts
   * @param {boolean} isWanted whether anything follows from a selection
   */
  update(sheet, highlight, texts, isWanted) {
    this.sheet = sheet;
    this.#texts = texts;
    this.isEnabled = Boolean(sheet && isWanted);
    const { picture } = this;
    picture.classList.toggle("pickable", this.isEnabled);
    if (this.isEnabled) {
      picture.tabIndex = 0;
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-label", texts.pick ?? "");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) picture.removeAttribute(name);
      this.select(null);
    }
    this.#placeRing("shown", highlight);
  }

  /** @param {number | null} index */
  select(index) {
    this.index = index;
    this.#placeRing("chosen", index);
  }

  #listen() {
    const { picture } = this;
    picture.addEventListener("pointermove", (event) => {
      const { index } = this.#under(event);
      this.#placeRing("hover", event.pointerType === "mouse" ? index : null);
      picture.title = index === null ? "" : this.#name(index);
    });
    picture.addEventListener("pointerleave", () => this.#placeRing("hover", null));
    picture.addEventListener("click", (event) => {
      const { index, x } = this.#under(event);
      if (index === null) return;
      this.#cursor = index;
      this.onPick(index, x);
    });
    picture.addEventListener("keydown", (event) => this.#onKey(event));
    picture.addEventListener("focus", () => {
      if (picture.matches(":focus-visible") && this.sheet) this.#moveCursor(this.#cursor);
    });
    picture.addEventListener("blur", () => this.#placeRing("hover", null));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (!this.isEnabled || !this.sheet || event.target !== this.picture) return;
    const index = sampleAfterKey(this.sheet, this.#cursor, event.key);
    if (index !== null) this.#moveCursor(index);
    else if (event.key === "Enter" || event.key === " ") this.onPick(this.#cursor);
    else return;
    event.preventDefault();
  }

  /** @param {number} index */
  #moveCursor(index) {
    this.#cursor = index;
    this.#placeRing("hover", index);
    this.announcement.textContent = this.#name(index);
  }

  /** @param {number} index */
  #name(index) {
    return this.sheet && this.#texts ? fill(this.#texts.sample ?? "", rowAndColumn(this.sheet, index)) : "";
  }

  /**
   * Return the sample under a pointer, null on the line of a comparison, and where in the picture's width it is.
   * @param {MouseEvent} event
   * @returns {{ index: number | null, x: number }}
   */
  #under(event) {
    const target = /** @type {Element} */ (event.target);
    if (!this.isEnabled || !this.sheet || target.closest(".line")) return { index: null, x: 0 };
    const box = this.picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    return { index: sampleAt(this.sheet, x, (event.clientY - box.top) / box.height), x };
  }

  /**
   * @param {"hover" | "chosen" | "shown"} name
   * @param {number | null} index
   */
  #placeRing(name, index) {
    const { style } = this.rings[name];
    this.rings[name].hidden = index === null || !this.sheet;
    if (index === null || !this.sheet) return;
    const box = sampleBox(this.sheet, index);
    style.left = `${box.left}%`;
    style.top = `${box.top}%`;
    style.width = `${box.width}%`;
    style.height = `${box.height}%`;
  }
}

/** @param {string} name */
function ring(name) {
  const element = document.createElement("i");
  element.className = `ring ${name}`;
  element.hidden = true;
  return element;
}
