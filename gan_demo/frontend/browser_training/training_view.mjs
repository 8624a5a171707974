// @ts-check
/**
 * The view of a training in this browser: first what it costs and how fast it is here, then samples, curves, controls.
 * @import { BrowserTrainingData, KeptTraining } from "./types.js"
 */
import * as curves from "../curves/curves.mjs";
import { checkSupport } from "../shared/browser_support.mjs";
import { button, element } from "../shared/dom.mjs";
import { duration, fill, number } from "../shared/format.mjs";
import { saveAsRun } from "../trainer/handover.mjs";
import { forgetTraining, loadTraining } from "./kept_trainings.mjs";
import { SampleSheet } from "./sample_sheet.mjs";
import { TrainingRun } from "./training_run.mjs";

export class TrainingView {
  #data;
  #run;
  #root = element("div", { className: "browser-training" });
  #status = element("p", { className: "status" });
  #buttons = element("div", { className: "buttons" });
  #note = element("p", { className: "note" });
  #board = element("div", { className: "board", hidden: true });
  #charts = element("div", { className: "charts" });
  #slider = element("input", { type: "range", min: "0", max: "0", value: "0" });
  /** @type {SampleSheet | null} */
  #sheet = null;
  #isClosed = false;
  #onHidden = () => {
    if (document.hidden && this.#run.isPlaying) this.#run.keep().catch(() => {});
  };

  /**
   * @param {HTMLElement | ShadowRoot} parent
   * @param {BrowserTrainingData} data
   */
  constructor(parent, data) {
    this.#data = data;
    this.#run = this.#newRun();
    parent.append(this.#root);
    this.#root.append(this.#status, this.#buttons, this.#note, this.#board);
    this.#status.setAttribute("role", "status");
    document.addEventListener("visibilitychange", this.#onHidden);
    this.#offer();
  }

  /** @param {BrowserTrainingData} data */
  isOf(data) {
    return data.preset === this.#data.preset && data.language === this.#data.language;
  }

  close() {
    this.#isClosed = true;
    document.removeEventListener("visibilitychange", this.#onHidden);
    curves.clear(this.#charts);
    this.#run.close();
    this.#root.remove();
  }

  #newRun() {
    const run = new TrainingRun(this.#data);
    run.onchange = () => this.#show();
    run.onerror = () => this.#fail();
    run.ondiverged = () => this.#say(this.#data.texts.diverged, [this.#restartButton()]);
    return run;
  }

  // ---- before it trains

  #offer() {
    const { texts, language, megabytes } = this.#data;
    this.#note.textContent = fill(texts.cost, { n: number(language, megabytes) });
    this.#say("", [this.#button("", texts.measure, () => this.#measure())]);
  }

  async #measure() {
    const { texts, language, preset } = this.#data;
    try {
      checkSupport(false);
    } catch {
      return this.#say(texts.unsupported, []);
    }
    this.#say(fill(texts.loading, { n: 0 }), []);
    await this.#run.load((share) => this.#say(fill(texts.loading, { n: Math.round(100 * share) }), []));
    this.#say(texts.measuring, []);
    const rate = await this.#run.measure();
    const kept = await loadTraining(preset);
    if (this.#isClosed) return;
    const time = duration(texts, (this.#run.steps * this.#run.settings.batch) / rate);
    this.#say(fill(texts.measured, { rate: number(language, rate), time }), this.#startButtons(kept));
  }

  /** @param {KeptTraining | null} kept */
  #startButtons(kept) {
    const { texts } = this.#data;
    const anew = this.#button("play", kept ? texts.anew : texts.train, () => this.#start(null));
    if (!kept) return [anew];
    return [this.#button("play", texts.go_on, () => this.#start(kept)), anew];
  }

  /** @param {KeptTraining | null} kept */
  async #start(kept) {
    const { texts } = this.#data;
    this.#note.textContent = texts.front;
    this.#say(texts.preparing, []);
    if (!kept) await forgetTraining(this.#data.preset);
    await this.#run.open(kept);
    this.#build();
    await this.#run.play();
    this.#show();
  }

  // ---- while it trains

  #build() {
    const { texts } = this.#data;
    this.#sheet = new SampleSheet(this.#run.shape, texts.samples);
    this.#slider.setAttribute("aria-label", texts.scrub);
    this.#slider.oninput = () => this.#drawSheet();
    const left = element("div", { className: "left" }, this.#sheet.canvas, this.#slider);
    this.#board.replaceChildren(left, this.#charts);
    this.#board.hidden = false;
  }

  #show() {
    if (!this.#sheet || this.#isClosed) return;
    const { texts, language, panels } = this.#data;
    const { moments, isPlaying, isOver, step, steps, rate, seconds, columns } = this.#run;
    const values = { step: number(language, step), steps: number(language, steps), rate: number(language, rate) };
    const isNewest = this.#slider.value === this.#slider.max;
    this.#slider.max = String(moments.all.length - 1);
    if (isNewest) this.#slider.value = this.#slider.max;
    this.#drawSheet();
    const data = { panels, columns, texts: this.#data.curves, language, across: 1 };
    curves.draw({ parentElement: this.#charts, data });
    const time = duration(texts, seconds);
    const sentence = isOver ? texts.over : isPlaying ? texts.running : texts.paused;
    this.#say(fill(sentence, { ...values, time }), this.#controls());
  }

  #drawSheet() {
    const moment = this.#run.moments.all[Number(this.#slider.value)];
    if (!moment) return;
    this.#sheet?.draw(moment.samples);
    const { texts, language } = this.#data;
    this.#slider.setAttribute("aria-valuetext", fill(texts.at_step, { n: number(language, moment.step) }));
  }

  #controls() {
    const { texts } = this.#data;
    const { isPlaying, isOver } = this.#run;
    const save = this.#button("save", texts.save, () => this.#save());
    if (isPlaying) return [this.#button("pause", texts.pause, () => this.#run.pause()), save];
    const resume = this.#button("play", texts.resume, () => this.#run.play());
    return isOver ? [save, this.#restartButton()] : [resume, save, this.#restartButton()];
  }

  #restartButton() {
    return this.#button("loop", this.#data.texts.anew, async () => {
      this.#run.isOver = false;
      await this.#start(null);
    });
  }

  /** Make a run of the training on the server, and link to it. */
  async #save() {
    const { urls, texts } = this.#data;
    if (this.#run.isPlaying) await this.#run.pause();
    this.#note.textContent = texts.saving;
    const id = await saveAsRun(urls.runs, await this.#run.file());
    const href = fill(urls.page, { run: encodeURIComponent(id) });
    this.#note.replaceChildren(`${texts.saved} `, element("a", { href, textContent: texts.open, target: "_top" }));
  }

  // ---- others

  /**
   * @param {string} sentence
   * @param {HTMLElement[]} buttons
   */
  #say(sentence, buttons) {
    this.#status.textContent = sentence;
    const names = buttons.map(({ textContent }) => textContent).join();
    if (this.#buttons.dataset.names === names) return; // they keep the focus
    this.#buttons.dataset.names = names;
    this.#buttons.replaceChildren(...buttons);
  }

  /**
   * @param {import("../shared/icons.mjs").IconName | ""} icon
   * @param {string} text
   * @param {() => unknown} act
   */
  #button(icon, text, act) {
    const created = button(icon, text);
    created.onclick = async () => {
      created.disabled = true;
      try {
        await act();
      } catch {
        this.#fail();
      }
      created.disabled = false;
    };
    return created;
  }

  #fail() {
    if (this.#isClosed) return;
    this.#note.textContent = this.#data.texts.failed;
  }
}
