// @ts-check
/**
 * The lab on a projector: the stage, the numbers and the lesson fill the screen in large type, without the settings.
 * @import { Texts } from "../shared/types.js"
 */
import { button, element } from "../shared/dom.mjs";
import { beginPresenting, endPresenting, isPresenterAddress, toggleFullscreen } from "../shared/presenter_page.mjs";

export class Presenter {
  root = element("div", { className: "row presenter-tools" });
  #texts;
  #lab;
  #enter;
  #full;
  #leave;
  /** @type {AbortController | null} removes the listeners; null while the page is as usual */
  #listeners = null;

  /**
   * @param {Texts} texts
   * @param {HTMLElement} lab
   */
  constructor(texts, lab) {
    this.#texts = texts;
    this.#lab = lab;
    this.#enter = button("all", "", texts.present, "enter");
    this.#full = button("", texts["present.full"]);
    this.#leave = button("close", texts["present.leave"]);
    this.#leave.title = texts["present.escape"];
    this.#enter.addEventListener("click", () => this.enter());
    this.#full.addEventListener("click", () => toggleFullscreen());
    this.#leave.addEventListener("click", () => this.leave());
    this.root.append(this.#enter, this.#full, this.#leave);
    this.#show();
  }

  /** Begin with the view that the address asks for. */
  start() {
    if (isPresenterAddress()) this.enter();
  }

  enter() {
    if (this.#listeners) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    document.addEventListener("fullscreenchange", () => this.#show(), { signal });
    beginPresenting();
    this.#show();
  }

  leave() {
    if (!this.#listeners) return;
    this.close();
    endPresenting();
    this.#show();
  }

  /** The lab goes, and perhaps another comes in its place, which presents as the address says. */
  close() {
    this.#listeners?.abort();
    this.#listeners = null;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "Escape" && !event.defaultPrevented) this.leave();
  }

  #show() {
    const isOn = this.#listeners !== null;
    this.#lab.classList.toggle("presenter", isOn);
    this.#enter.hidden = isOn;
    this.#leave.hidden = !isOn;
    this.#full.hidden = !isOn || !document.fullscreenEnabled;
    const label = this.#texts[document.fullscreenElement ? "present.window" : "present.full"];
    this.#full.replaceChildren(element("span", { textContent: label }));
  }
}
