// @ts-check
/**
 * What went wrong, above the lab, with the way on.
 * @import { LabData } from "./types.js"
 */
import { Unsupported } from "../shared/browser_support.mjs";
import { button, element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { reason } from "../shared/http.mjs";
import { fullName } from "./controls/inputs.mjs";
import { NotShipped } from "./shipped_graphs.mjs";
import { remedyOf } from "./trouble.mjs";

/** @typedef {import("./session.mjs").Session} Session */
/** @typedef {import("./trouble.mjs").Suspect} Suspect */

export class TroubleLine {
  root = element("div", { className: "trouble", hidden: true });
  #data;
  #session;

  /**
   * @param {LabData} data
   * @param {Session} session
   */
  constructor(data, session) {
    this.#data = data;
    this.#session = session;
    this.root.setAttribute("role", "alert");
  }

  clear() {
    this.root.hidden = true;
  }

  /**
   * @param {string} text
   * @param {...HTMLElement} actions
   */
  say(text, ...actions) {
    this.root.replaceChildren(element("p", { textContent: text }), ...actions);
    this.root.hidden = false;
    this.root.scrollIntoView?.({ block: "nearest" }); // whoever looks further down would miss it
  }

  /**
   * Say which setting left the numbers, and offer the way back.
   * @param {Suspect} suspect
   * @param {number} back the iteration to go back to
   */
  broken(suspect, back) {
    const { key, value, remedy } = suspect;
    const { texts, language } = this.#data;
    const names = { setting: fullName(texts, key), value, remedy, back: number(language, back) };
    const heal = button("undo", fill(texts["broken.heal"], names), undefined, "primary");
    heal.addEventListener("click", async () => {
      this.clear();
      await this.#session.seek(back);
      await this.#session.change(remedyOf(suspect, this.#session.settings));
    });
    const restart = button("", texts.restart);
    restart.addEventListener("click", () => {
      this.clear();
      this.#session.restart();
    });
    this.say(fill(texts[value === 0 ? "broken.missing" : "broken"], names), heal, restart);
  }

  /** @param {unknown} error */
  failed(error) {
    console.warn("lab:", error);
    const { texts } = this.#data;
    if (error instanceof NotShipped) {
      return this.say(fill(texts["offer.missing"], { setting: fullName(texts, error.setting) }));
    }
    if (error instanceof Unsupported) return this.say(texts[`unsupported.${error.feature}`]);
    const message = error instanceof Error ? error.message : String(error);
    const retry = button("loop", texts.restart);
    retry.addEventListener("click", () => {
      this.clear();
      this.#session.restart();
    });
    this.say(fill(texts.failed, { reason: reason(texts, error, message) }), retry);
  }
}
