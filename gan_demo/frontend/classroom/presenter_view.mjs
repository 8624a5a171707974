// @ts-check
// The presenter view: the board fills the screen in large type, the page around it is hidden.

import { element } from "../shared/dom.mjs";
import { beginPresenting, endPresenting, isPresenterAddress, toggleFullscreen } from "../shared/presenter_page.mjs";

/** @import { StripData } from "./types.js" */

const USUAL_FONT_SIZE = 16; // CSS pixels
const PICTURE_HEIGHT = 0.66; // of the window's, so that the scrubber is still on the screen

export class PresenterView {
  isOn = false;
  /** @type {StripData | null} */
  #data = null;
  /** Whether the address asks for the presenter view, until it has been entered. */
  #isRequested = isPresenterAddress();
  #bar = element("div", { className: "presenter-bar", hidden: true });
  #title = element("h2");
  #pauseButton = element("button", { type: "button", className: "pause" });
  #fullscreenButton = element("button", { type: "button", className: "full" });
  #leaveButton = element("button", { type: "button", className: "out" });
  /** @type {AbortController | null} removes the listeners */
  #listeners = null;

  /**
   * @param {HTMLElement} root of the class strip
   * @param {() => void} onResize called when the board has another size
   * @param {(control: "pause" | "resume") => void} onControl
   */
  constructor(root, onResize, onControl) {
    this.root = root;
    this.onResize = onResize;
    this.#bar.append(this.#title, this.#pauseButton, this.#fullscreenButton, this.#leaveButton);
    root.prepend(this.#bar);
    this.#pauseButton.addEventListener("click", () => {
      if (this.#data?.control) onControl(this.#data.control);
    });
    this.#fullscreenButton.addEventListener("click", () => toggleFullscreen());
    this.#leaveButton.addEventListener("click", () => this.leave());
  }

  /** Whether this page has a board to present. */
  get isPossible() {
    return this.#board !== null;
  }

  /** How much larger than usual the type is. */
  get scale() {
    if (!this.isOn) return 1;
    return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_FONT_SIZE;
  }

  /**
   * Return the largest width of the film's picture, in CSS pixels.
   * @param {number} aspectRatio width to height
   */
  pictureWidth(aspectRatio) {
    return Math.floor(PICTURE_HEIGHT * innerHeight * aspectRatio);
  }

  /** @param {StripData} data */
  update(data) {
    this.#data = data;
    if (this.#isRequested) {
      this.#isRequested = false;
      this.enter();
    }
    if (this.isOn) this.#label();
  }

  enter() {
    const board = this.#board;
    if (this.isOn || !board) return;
    this.isOn = true;
    beginPresenting();
    board.classList.add("presenter");
    this.#bar.hidden = false;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    document.addEventListener("fullscreenchange", () => this.#label(), { signal });
    this.#label();
    this.#announceSize();
  }

  leave() {
    if (!this.isOn) return;
    this.isOn = false;
    endPresenting();
    this.#board?.classList.remove("presenter");
    this.#bar.hidden = true;
    this.#listeners?.abort();
    this.#announceSize();
  }

  get #board() {
    return this.root.closest(".live-board");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "Escape" && !event.defaultPrevented) this.leave();
  }

  /** The board measures itself again, as after a change of the window's size. */
  #announceSize() {
    this.onResize();
    requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
  }

  #label() {
    if (!this.#data) return;
    const { texts, title, control } = this.#data;
    this.#title.textContent = title ?? "";
    this.#pauseButton.hidden = !control;
    if (control) this.#pauseButton.textContent = texts[control];
    this.#fullscreenButton.textContent = document.fullscreenElement ? texts.window : texts.fullscreen;
    this.#fullscreenButton.hidden = !document.fullscreenEnabled;
    this.#leaveButton.textContent = texts.present_leave;
    this.#leaveButton.title = texts.present_escape;
  }
}
