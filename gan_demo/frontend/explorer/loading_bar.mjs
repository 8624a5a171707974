// @ts-check
/**
 * Progress of what has to be fetched before there is a picture; hidden if that takes no longer than a blink.
 * @import { Language, Texts } from "../shared/types.js"
 */
import { element, find } from "../shared/dom.mjs";
import { fill, fixed } from "../shared/format.mjs";
import { RUNTIME_BYTES } from "./engine/engine.mjs";

const BLINK = 300; // ms

export class LoadingBar {
  #texts;
  #language;
  #timer;
  #text;
  #bar;
  #track;

  /**
   * @param {HTMLElement} host
   * @param {Texts} texts
   * @param {Language} language
   * @param {boolean} isQuiet over a picture that is already there
   */
  constructor(host, texts, language, isQuiet) {
    this.#texts = texts;
    this.#language = language;
    this.box = element("div", { className: isQuiet ? "loading quiet" : "loading" });
    this.box.setAttribute("role", "status");
    this.box.innerHTML = `<span></span>
      <div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div>`;
    this.#text = find(this.box, "span");
    this.#bar = find(this.box, "i");
    this.#track = find(this.box, ".track");
    this.#timer = setTimeout(() => host.append(this.box), BLINK);
    this.at(0);
  }

  /**
   * Show progress: `share` (0 to 1) of the runtime has come; then the model is prepared.
   * @param {number} share
   */
  at(share) {
    const percent = Math.round(100 * share);
    this.#text.textContent = share < 1 ? this.#loading(share) : this.#texts.preparing;
    this.#bar.style.width = `${percent}%`;
    this.#track.setAttribute("aria-valuenow", String(percent));
    this.#track.setAttribute("aria-label", this.#text.textContent ?? "");
  }

  /** @param {number} share */
  #loading(share) {
    /** @type {(bytes: number) => string} */
    const megabytes = (bytes) => fixed(this.#language, bytes / 1e6, 1);
    return fill(this.#texts.loading, { n: megabytes(share * RUNTIME_BYTES), all: megabytes(RUNTIME_BYTES) });
  }

  close() {
    clearTimeout(this.#timer);
    this.box.remove();
  }
}
