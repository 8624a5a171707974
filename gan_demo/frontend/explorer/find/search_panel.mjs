// @ts-check
// The search on show: the picture beside its target, the error as a curve, every step to look back at.

/**
 * @import { App } from "../types.js"
 * @import { Candidate, SearchStep } from "./search.mjs"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { SampleReader } from "../engine/classifiers.mjs";
import { newSeed, sameState } from "../latent.mjs";
import { ErrorCurve } from "./error_curve.mjs";
import { readingsOf, search } from "./search.mjs";

const MIN_ERROR = 0.0001; // smaller ones are shown as "< 0.0001": a sample of the model's own is found nearly exactly
const DIGITS = 4; // of an error

export class SearchPanel {
  /** Is the tool's tab open? What a search finds in another tab does not change the current state. */
  isShown = true;
  /** @type {Float32Array | null} */
  target = null;
  /** @type {SearchStep[]} */
  steps = [];
  /** @type {Candidate | null} */
  best = null;
  #turn = 0; // rises with every search and stop; steps of older ones are dropped
  #targets = 0; // how many there were
  #startTime = 0;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.app = app;
    this.host = host;
    this.reader = new SampleReader(app);
    host.innerHTML = `<div class="both"></div><div class="acts"></div>
      <div class="course" hidden><p class="now"></p><div class="curve"></div>
      <input class="back" type="range" min="0" step="1"></div><p class="result" role="status"></p>`;
    this.targetCanvas = this.buildPicture("target");
    this.foundCanvas = this.buildPicture("found");
    find(host, ".both figure").hidden = app.shape[0] !== 1; // what is painted is on show already
    this.course = find(host, ".course");
    this.line = find(host, ".now");
    this.curve = new ErrorCurve(find(host, ".curve"));
    this.slider = find(host, ".back", HTMLInputElement);
    this.slider.setAttribute("aria-label", app.t("find.look_back"));
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
    this.result = find(host, ".result");
    this.startButton = this.buildButton("go", () => this.run(), "primary");
    this.stopButton = this.buildButton("stop", () => this.stop());
    this.goButton = this.buildButton("take", () => this.goToBest());
    this.setTarget(null);
  }

  /** @param {"target" | "found"} name */
  buildPicture(name) {
    const [, height, width] = this.app.shape;
    const text = this.app.t(`find.${name}`);
    const canvas = element("canvas", { className: `pixelated ${name}`, width, height });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", text);
    find(this.host, ".both").append(element("figure", {}, canvas, element("figcaption", { textContent: text })));
    return canvas;
  }

  /**
   * @param {"go" | "stop" | "take"} name
   * @param {() => void} press
   */
  buildButton(name, press, className = "") {
    const created = button("", this.app.t(`find.${name}`), undefined, className);
    created.dataset.act = name;
    created.addEventListener("click", press);
    find(this.host, ".acts").append(created);
    return created;
  }

  /**
   * Show another target; null for none.
   * @param {Float32Array | null} x
   */
  setTarget(x) {
    this.stop();
    this.target = x;
    this.steps = [];
    this.best = null;
    this.forgetErrors();
    this.host.dataset.target = String(++this.#targets); // for tests: another number for each picture
    this.course.hidden = true;
    this.result.textContent = x ? "" : this.app.t("find.empty");
    clear(this.foundCanvas);
    if (x) this.app.paint(this.targetCanvas, this.app.pixels(x));
    else clear(this.targetCanvas);
    this.showButtons();
  }

  forgetErrors() {
    delete this.host.dataset.error;
    delete this.host.dataset.nearest;
  }

  get isRunning() {
    return this.host.dataset.running === "1";
  }

  showButtons() {
    const { app, best, isRunning } = this;
    this.startButton.disabled = !this.target || isRunning;
    find(this.startButton, "span").textContent = app.t(this.steps.length && !isRunning ? "find.again" : "find.go");
    this.stopButton.hidden = !isRunning;
    this.goButton.hidden = isRunning || !best || sameState(best.state, app.state);
  }

  // ---- the search

  async run() {
    const { app, target } = this;
    if (!target) return;
    const turn = ++this.#turn;
    this.begin();
    try {
      const steps = search({
        space: app.space,
        sample: (states) => app.samples(states),
        target,
        readings: await this.readingsOf(target),
        seed: newSeed(),
        rng: (seed) => app.rng(seed),
      });
      for await (const step of steps) {
        if (turn !== this.#turn || app.destroyed) return;
        this.add(step);
      }
      if (turn === this.#turn) this.end(true);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.end(false);
      this.course.hidden = !this.steps.length;
      app.drawingFailed(error);
    }
  }

  begin() {
    this.steps = [];
    this.slider.max = "0";
    this.forgetErrors();
    this.host.dataset.running = "1";
    this.result.textContent = "";
    this.course.hidden = false;
    this.#startTime = performance.now();
    this.showButtons();
  }

  /**
   * Return the labels that the target may have, as the classifier reads it.
   * @param {Float32Array} target
   */
  async readingsOf(target) {
    const { labels } = this.app.space;
    if (!labels.length) return [new Float32Array(0)];
    const { fields } = this.reader;
    if (labels.length !== fields.length || labels.some(({ name }, k) => name !== fields[k].name)) return [];
    const [probabilities] = await this.reader.read(target.slice(), 1);
    return readingsOf(probabilities, this.app.space);
  }

  /** @param {SearchStep} step */
  add(step) {
    this.steps.push(step);
    this.best = step.best;
    const last = this.steps.length - 1;
    this.slider.max = String(last);
    this.slider.value = String(last);
    this.curve.draw(this.steps);
    this.show(last);
  }

  stop() {
    if (!this.isRunning) return;
    this.#turn++;
    this.end(this.steps.length > 0);
  }

  /**
   * End the search. If it found anything, show the best, say how near it is, and go there.
   * @param {boolean} hasFound
   */
  end(hasFound) {
    delete this.host.dataset.running;
    if (hasFound && this.best) {
      this.report(this.best);
      if (this.isShown) this.goToBest();
    }
    this.showButtons();
  }

  /** @param {Candidate} best */
  report({ state, error }) {
    const seconds = (performance.now() - this.#startTime) / 1000;
    const index = this.steps.findIndex((step) => step.state === state);
    this.slider.value = String(index);
    this.show(index);
    const [{ nearest }] = this.steps;
    this.host.dataset.error = String(error);
    this.host.dataset.nearest = String(nearest);
    this.result.textContent = this.app.t("find.result", {
      error: this.errorText(error),
      nearest: this.errorText(nearest),
      steps: this.steps.filter(({ step }) => step > 0).length,
      seconds: this.app.formatNumber(seconds, 1),
    });
  }

  // ---- looking at it

  /**
   * Show a step of the search.
   * @param {number} k
   */
  show(k) {
    const { x, start, starts, hasFixedLabels, step, error } = this.steps[k];
    this.app.paint(this.foundCanvas, this.app.pixels(x));
    this.curve.mark(k);
    const attempts = starts - Number(this.app.space.labels.length > 0); // the last one has the labels free as well
    const text = this.app.t(hasFixedLabels ? "find.step" : "find.step_labels", {
      start,
      starts: attempts,
      n: step,
      error: this.errorText(error),
    });
    this.line.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }

  /** @param {number} value */
  errorText(value) {
    return value < MIN_ERROR ? `< ${this.app.formatNumber(MIN_ERROR, DIGITS)}` : this.app.formatNumber(value, DIGITS);
  }

  goToBest() {
    if (!this.best) return;
    this.app.go(this.best.state);
    this.showButtons();
  }
}

/** @param {HTMLCanvasElement} canvas */
function clear(canvas) {
  canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
}
