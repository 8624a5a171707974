// @ts-check
// The head of a game: a dot for each round, which round it is, and the score so far.

/**
 * @import { App } from "../types.js"
 * @import { Answer, Game } from "./game.mjs"
 */
import { element } from "../../shared/dom.mjs";
import { ROUNDS } from "./game.mjs";

export class Standing {
  /** Which round it is, in words. */
  heading = "";

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.app = app;
    this.dots = element("ol", { className: "dots" });
    this.dots.setAttribute("aria-label", app.t("quiz.rounds"));
    this.line = element("p", { className: "standing" });
    host.append(this.dots, this.line);
  }

  /**
   * Show that a round begins.
   * @param {Game} game
   */
  beginRound(game) {
    const step = this.app.formatNumber(game.step);
    this.heading = this.app.t("quiz.round", { n: game.round + 1, of: ROUNDS, step });
    this.show(game);
  }

  /** @param {Game} game */
  show(game) {
    const { app } = this;
    const { right, d, judged, streak } = game.score;
    const dots = Array.from({ length: ROUNDS }, (_, k) => this.dot(k, game.answers[k], k === game.round));
    this.dots.replaceChildren(...dots);
    const parts = [
      this.heading,
      game.round ? app.t(judged ? "quiz.both" : "quiz.yours", { right, d }) : "",
      streak > 1 ? app.t("quiz.streak", { n: streak }) : "",
    ];
    this.line.textContent = parts.filter(Boolean).join(" · ");
  }

  /**
   * @param {number} k
   * @param {Answer | undefined} answer
   * @param {boolean} isCurrent
   */
  dot(k, answer, isCurrent) {
    const dot = element("li");
    let outcome = "";
    if (answer) {
      dot.className = answer.right ? "good" : "bad";
      outcome = this.app.t(answer.right ? "quiz.right" : "quiz.wrong");
    }
    if (isCurrent) {
      dot.classList.add("now"); // beside what became of it, once it is answered
      dot.setAttribute("aria-current", "step");
    }
    dot.setAttribute("aria-label", `${k + 1} ${outcome}`.trim());
    return dot;
  }
}
