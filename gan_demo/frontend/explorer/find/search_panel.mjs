// The search on show: the picture beside its target, the error as a curve, every step to look back at.

import { button } from "../../shared/dom.mjs";
import { SampleReader } from "../engine/classifiers.mjs";
import { newSeed, sameState } from "../latent.mjs";
import { Curve } from "./error_curve.mjs";
import { readingsOf, search } from "./search.mjs";

export class Hunt {
  constructor(app, host) {
    Object.assign(this, { app, host, shown: true, target: null, turn: 0, steps: [], best: null });
    this.reader = new SampleReader(app);
    host.innerHTML = `<div class="both"><figure><canvas class="pixelated target" role="img"></canvas><figcaption></figcaption></figure>
      <figure><canvas class="pixelated found" role="img"></canvas><figcaption></figcaption></figure></div>
      <div class="acts"></div><div class="course" hidden><p class="now"></p><div class="curve"></div>
      <input class="back" type="range" min="0" step="1"></div><p class="result" role="status"></p>`;
    const find = (one) => host.querySelector(one);
    Object.assign(this, {
      aimed: find(".target"),
      found: find(".found"),
      acts: find(".acts"),
      course: find(".course"),
      now: find(".now"),
      back: find(".back"),
      result: find(".result"),
    });
    this.captions();
    this.aimed.parentElement.hidden = app.shape[0] !== 1; // what is painted is seen as it is
    this.curve = new Curve(find(".curve"));
    this.buttons();
    this.back.setAttribute("aria-label", app.t("find.look_back"));
    this.back.addEventListener("input", () => this.look(Number(this.back.value)));
    this.aim(null);
  }

  captions() {
    for (const [canvas, name] of [
      [this.aimed, "target"],
      [this.found, "found"],
    ]) {
      canvas.nextElementSibling.textContent = this.app.t(`find.${name}`);
      canvas.setAttribute("aria-label", this.app.t(`find.${name}`));
      const [, h, w] = this.app.shape;
      Object.assign(canvas, { width: w, height: h });
    }
  }

  buttons() {
    const make = (name, act, className = "") => {
      const made = button("", this.app.t(`find.${name}`), undefined, className);
      made.dataset.act = name;
      made.addEventListener("click", act);
      this.acts.append(made);
      return made;
    };
    this.go = make("go", () => this.run(), "primary");
    this.halt = make("stop", () => this.stop());
    this.take = make("take", () => this.arrive());
  }

  // A new target; null for none.
  aim(x) {
    this.stop();
    Object.assign(this, { target: x, steps: [], best: null, aims: (this.aims ?? 0) + 1 });
    this.forget();
    this.host.dataset.target = this.aims; // for tests: another number for each picture
    this.course.hidden = true;
    this.result.textContent = x ? "" : this.app.t("find.empty");
    this.found.getContext("2d").clearRect(0, 0, this.found.width, this.found.height);
    if (x) this.app.paint(this.aimed, this.app.pixels(x));
    else this.aimed.getContext("2d").clearRect(0, 0, this.aimed.width, this.aimed.height);
    this.changed();
  }

  forget() {
    delete this.host.dataset.error;
    delete this.host.dataset.nearest;
  }

  get running() {
    return this.host.dataset.running === "1";
  }

  changed() {
    this.go.disabled = !this.target || this.running;
    this.go.querySelector("span").textContent = this.app.t(
      this.steps.length && !this.running ? "find.again" : "find.go",
    );
    this.halt.hidden = !this.running;
    this.take.hidden = this.running || !this.best || sameState(this.best.state, this.app.state);
  }

  async run() {
    const turn = ++this.turn;
    this.steps = [];
    this.forget();
    this.host.dataset.running = "1";
    this.result.textContent = "";
    this.course.hidden = false;
    this.began = performance.now();
    this.changed();
    try {
      const options = { ...this.ways(), target: this.target, readings: await this.readings() };
      for await (const step of search(options)) {
        if (turn !== this.turn || this.app.destroyed) return;
        this.add(step);
      }
      if (turn === this.turn) this.end(true);
    } catch (error) {
      if (turn !== this.turn) return;
      this.end(false);
      this.course.hidden = !this.steps.length;
      this.app.drawingFailed(error);
    }
  }

  ways() {
    const { app } = this;
    return { space: app.space, sample: (states) => app.samples(states), seed: newSeed(), rng: (seed) => app.rng(seed) };
  }

  // What labels the target may have: as the classifier reads it.
  async readings() {
    const { labels } = this.app.space;
    if (!labels.length) return [new Float32Array(0)];
    const { fields } = this.reader;
    if (labels.length !== fields.length || labels.some((one, k) => one.name !== fields[k].name)) return [];
    const [read] = await this.reader.read(this.target.slice(), 1);
    return readingsOf(read, this.app.space);
  }

  add(step) {
    this.steps.push(step);
    this.best = step.best;
    this.back.max = this.steps.length - 1;
    this.back.value = this.steps.length - 1;
    this.curve.draw(this.steps);
    this.look(this.steps.length - 1);
  }

  // Any step so far.
  look(k) {
    const one = this.steps[k];
    this.app.paint(this.found, this.app.pixels(one.x));
    this.curve.mark(k);
    const alone = one.starts - Number(this.app.space.labels.length > 0); // the last has the labels free as well
    const words = this.app.t(one.start > alone ? "find.step_labels" : "find.step", {
      start: one.start,
      starts: alone,
      n: one.step,
      error: this.error(one.error),
    });
    this.now.textContent = words;
    this.back.setAttribute("aria-valuetext", words);
  }

  // A sample of its own is found nearly exactly: no error is 0.
  error(value) {
    const least = 0.0001;
    return value < least ? `< ${this.app.formatNumber(least, 4)}` : this.app.formatNumber(value, 4);
  }

  stop() {
    if (!this.running) return;
    this.turn++;
    this.end(this.steps.length > 0);
  }

  end(found) {
    delete this.host.dataset.running;
    this.seconds = (performance.now() - this.began) / 1000;
    if (found) {
      const at = this.steps.findIndex((one) => one.state === this.best.state);
      this.back.value = at;
      this.look(at);
      const numbers = { error: this.best.error, nearest: this.steps[0].nearest };
      this.host.dataset.error = numbers.error;
      this.host.dataset.nearest = numbers.nearest;
      this.result.textContent = this.app.t("find.result", {
        error: this.error(numbers.error),
        nearest: this.error(numbers.nearest),
        steps: this.steps.filter((one) => one.step).length,
        seconds: this.app.formatNumber(this.seconds, 1),
      });
      if (this.shown) this.arrive();
    }
    this.changed();
  }

  // The place that was found becomes the current one.
  arrive() {
    this.app.go(this.best.state);
    this.changed();
  }
}
