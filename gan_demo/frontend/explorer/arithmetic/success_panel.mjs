// @ts-check
// How often a formula works: a button, the progress, and a bar with its number for each way.

/**
 * @import { App } from "../types.js"
 * @import { SampleFinder } from "./sample_finder.mjs"
 * @import { Bar } from "./success_rate.mjs"
 * @import { Formula, SuccessProgress } from "./types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { attributeNamed, kindsOf } from "./formula.mjs";
import { inWords } from "./phrases.mjs";
import { TooRare } from "./sample_finder.mjs";
import { barsOf, conclusion, measure } from "./success_rate.mjs";

const TRIPLES = 100;

/**
 * What is measured: a formula, and how many examples make up a term.
 * @typedef {{ formula: Formula | null, each: number }} Subject
 */

export class SuccessPanel {
  /** The measurement that runs. @type {AbortController | null} */
  #running = null;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {SampleFinder} finder
   * @param {() => Subject} subject
   */
  constructor(app, host, finder, subject) {
    this.app = app;
    this.host = host;
    this.finder = finder;
    this.subject = subject;
    host.innerHTML = `<h2></h2><p class="what"></p><div class="row"></div><div class="bars"></div>
      <p class="verdict" role="status"></p>`;
    this.what = find(host, ".what");
    this.bars = find(host, ".bars");
    this.conclusion = find(host, ".verdict");
    find(host, "h2").textContent = app.t("arithmetic.how_often");
    this.button = button("play", app.t("arithmetic.measure", { n: TRIPLES }), undefined, "measure");
    this.button.addEventListener("click", () => (this.#running ? this.stop() : this.start()));
    find(host, ".row").append(this.button);
  }

  /** Forget what was measured, which was of another formula, and say what can be. */
  clear() {
    this.stop();
    this.bars.replaceChildren();
    this.conclusion.textContent = "";
    const { formula } = this.subject();
    this.button.hidden = !formula || !this.finder.reader.fields.length;
    this.what.textContent = this.description();
  }

  description() {
    const { app, finder } = this;
    const { formula, each } = this.subject();
    if (!formula) return app.t("arithmetic.no_formula");
    if (!finder.reader.fields.length) return app.t("arithmetic.no_classifier");
    const { trait } = attributeNamed(finder.attributes, formula.p.name);
    const wanted = inWords(app, finder.attributes, kindsOf(formula).wanted);
    return app.t(trait ? "arithmetic.what_is_measured" : "arithmetic.what_is_measured_plain", { wanted, each });
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.label("play", this.app.t("arithmetic.measure", { n: TRIPLES }));
  }

  /**
   * @param {"play" | "close"} icon
   * @param {string} text
   */
  label(icon, text) {
    this.button.replaceChildren(...button(icon, text).childNodes);
  }

  async start() {
    const { app, finder } = this;
    const { formula, each } = this.subject();
    if (!formula) return;
    const running = new AbortController();
    this.#running = running;
    this.label("close", app.t("arithmetic.stop"));
    this.conclusion.textContent = "";
    /** @param {SuccessProgress} progress */
    const onProgress = (progress) => {
      if (this.#running === running) this.show(progress, formula);
    };
    try {
      await measure(finder, formula, { n: TRIPLES, each, seed: app.newSeed(), signal: running.signal, onProgress });
    } catch (error) {
      if (error instanceof TooRare) this.conclusion.textContent = app.t("arithmetic.scarce");
      else app.drawingFailed(error);
    }
    if (this.#running === running) this.stop();
  }

  /**
   * @param {SuccessProgress} progress
   * @param {Formula} formula
   */
  show(progress, formula) {
    const { app, finder, host } = this;
    const { done, n } = progress;
    host.dataset.done = String(done);
    this.bars.replaceChildren(...barsOf(app, finder.attributes, formula, progress).map(barElement));
    this.label("close", app.t("arithmetic.stop_at", { done, n }));
    if (done === n) this.conclusion.textContent = conclusion(app, progress);
  }
}

/** @param {Bar} bar */
function barElement({ name, share, figure, note }) {
  const filled = element("u");
  filled.style.width = `${100 * share}%`;
  return element(
    "div",
    { className: "bar" },
    element("span", { textContent: name }),
    element("b", { textContent: figure }),
    element("i", {}, filled),
    element("small", { textContent: note }),
  );
}
