// @ts-check
/**
 * Slow motion: the captions of one iteration, forwards and backwards.
 * @import { LabData, Trace } from "../types.js"
 * @import { Scene } from "./steps.mjs"
 */
import { button, element, setDisabled } from "../../shared/dom.mjs";
import { fill, precise } from "../../shared/format.mjs";
import { STEPS, scene } from "./steps.mjs";

/** @typedef {import("../session.mjs").Session} Session */

/**
 * @typedef {object} SlowEvents
 * @property {(scene: Scene | null) => void} onScene null: the training itself again
 */

export class SlowMotion {
  root = element("section", { className: "slow", hidden: true });
  open;
  #data;
  #session;
  #events;
  /** @type {Trace | null} */
  #trace = null;
  #index = 0;
  /** Is it on its way to another step? */
  #isGoing = false;
  /** What the trace was made of: the iteration, and the settings. */
  #of = { iteration: 0, settings: /** @type {unknown} */ (null) };
  #caption = element("p", { className: "caption" });
  #count = element("span", { className: "count" });
  #buttons;

  /**
   * @param {LabData} data
   * @param {Session} session
   * @param {SlowEvents} events
   */
  constructor(data, session, events) {
    const { texts } = data;
    this.#data = data;
    this.#session = session;
    this.#events = events;
    this.open = button("", texts.slow, texts["slow.help"], "slow-open");
    this.#caption.setAttribute("role", "status");
    this.#buttons = {
      back: button("left", "", texts["slow.back"]),
      next: button("right", "", texts["slow.next"]),
      close: button("close", "", texts["slow.close"]),
    };
    const { back, next, close } = this.#buttons;
    this.root.append(element("div", { className: "row" }, back, this.#count, next, close), this.#caption);
    this.open.addEventListener("click", () => (this.#trace ? this.close() : this.#begin()));
    back.addEventListener("click", () => this.go(-1));
    next.addEventListener("click", () => this.go(1));
    close.addEventListener("click", () => this.close());
  }

  /** Is a step of an iteration on show? */
  get isOpen() {
    return this.#trace !== null;
  }

  close() {
    if (!this.#trace) return;
    this.#trace = null;
    this.root.hidden = true;
    this.open.setAttribute("aria-pressed", "false");
    this.#events.onScene(null);
  }

  /** The training has moved or changed: show the same step of the iteration that is next now, or end. */
  follow() {
    if (!this.#trace || this.#isGoing) return;
    const { isPlaying, settings, iteration } = this.#session;
    if (isPlaying || settings !== this.#of.settings) this.close();
    else if (iteration !== this.#of.iteration) this.#begin(this.#index);
  }

  async #begin(index = 0) {
    const { settings, iteration } = this.#session;
    this.#of = { settings, iteration };
    this.#session.pause();
    this.#trace = await this.#session.engine.trace();
    this.#index = index;
    this.root.hidden = false;
    this.open.setAttribute("aria-pressed", "true");
    this.#show();
  }

  /**
   * Go a step on or back; beyond the ends lies the next or the last iteration.
   * @param {1 | -1} direction
   */
  async go(direction) {
    if (this.#isGoing || (direction < 0 && this.#isFirst)) return;
    const index = this.#index + direction;
    if (index >= 0 && index < STEPS.length) {
      this.#index = index;
      return this.#show();
    }
    this.#isGoing = true;
    try {
      await (direction > 0 ? this.#session.step("both") : this.#session.back());
      await this.#begin(direction > 0 ? 0 : STEPS.length - 1);
    } finally {
      this.#isGoing = false;
    }
  }

  get #isFirst() {
    return this.#index === 0 && this.#session.iteration <= this.#session.span()[0];
  }

  #show() {
    if (!this.#trace) return;
    const { texts, language } = this.#data;
    const shown = scene(this.#trace, this.#session.settings, this.#index);
    const numbers = Object.fromEntries(
      Object.entries(shown.numbers).map(([key, value]) => [key, precise(language, value)]),
    );
    this.#caption.textContent = fill(texts[`slow.${STEPS[this.#index]}`], numbers);
    this.#count.textContent = `${this.#index + 1} / ${STEPS.length}`;
    setDisabled(this.#buttons.back, this.#isFirst, this.#buttons.next);
    this.#events.onScene(shown);
  }
}
