// @ts-check
// What a round's answer was worth: in words, beside the right picture in large, with the way to the next round.

/**
 * @import { App } from "../types.js"
 * @import { Round } from "./rounds_loader.mjs"
 */
import { button, element } from "../../shared/dom.mjs";

export class TruthPanel {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {{ next: () => void, visit: () => void }} actions go on, or go to the state of the generated picture
   */
  constructor(app, host, { next, visit }) {
    this.app = app;
    this.host = host;
    this.picture = element("canvas", { className: "pixelated" });
    this.picture.setAttribute("role", "img");
    this.verdict = element("p", { className: "verdict" });
    this.verdictOnD = element("p", { className: "judged" });
    this.nextText = element("span");
    this.next = this.action("next", next, "primary");
    this.next.replaceChildren(this.nextText);
    this.visit = this.action("visit", visit);
    const actions = element("div", { className: "acts" }, this.next, this.visit);
    host.append(this.picture, element("div", {}, this.verdict, this.verdictOnD, actions));
    this.hide();
  }

  /**
   * @param {"next" | "visit"} name
   * @param {() => void} press
   */
  action(name, press, className = "") {
    const created = button("", this.app.t(`quiz.${name}`), undefined, className);
    created.dataset.act = name;
    created.addEventListener("click", press);
    return created;
  }

  hide() {
    this.host.hidden = true;
  }

  /**
   * Show what an answer to a round was worth.
   * @param {Round} round
   * @param {{ isRight: boolean, isDRight: boolean | null, step: number, isLast: boolean }} outcome
   */
  show(round, { isRight, isDRight, step, isLast }) {
    const { app } = this;
    const isFake = round.wanted === "fake";
    this.picture.hidden = round.size === 2; // two pictures are large already
    app.paint(this.picture, round.pictures[round.odd].pixels);
    this.picture.setAttribute("aria-label", app.t(isFake ? "quiz.fake" : "quiz.real"));
    const numbers = { n: round.odd + 1, step: app.formatNumber(step) };
    const truth = app.t(isFake ? "quiz.truth_fake" : "quiz.truth_real", numbers);
    this.verdict.textContent = `${app.t(isRight ? "quiz.right" : "quiz.wrong")} ${truth}`;
    this.verdict.classList.toggle("good", isRight);
    this.verdictOnD.textContent =
      isDRight === null ? "" : app.t(isDRight ? "quiz.d_right" : "quiz.d_wrong", { n: round.dsChoice + 1 });
    this.visit.hidden = !isFake;
    this.nextText.textContent = app.t(isLast ? "quiz.to_end" : "quiz.next");
    this.host.hidden = false;
    app.announce([this.verdict.textContent, this.verdictOnD.textContent].join(" "));
    this.next.focus({ preventScroll: true });
  }
}
