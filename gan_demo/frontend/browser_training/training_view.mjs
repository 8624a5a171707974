// @ts-check
/**
 * The view of a training in this browser: first what it costs, then how fast it is here, then samples, curves and
 * controls.
 * @import { BrowserTrainingData, KeptTraining } from "./types.js"
 */
import * as curves from "../curves/curves.mjs";
import { Unsupported } from "../shared/browser_support.mjs";
import { element, saveFile } from "../shared/dom.mjs";
import { duration, fill, number } from "../shared/format.mjs";
import { NoGraphs } from "../trainer/graphs.mjs";
import { saveAsRun } from "../trainer/handover.mjs";
import { StateFileError } from "../trainer/state_file.mjs";
import { ActionRow, FileAction } from "./actions.mjs";
import { forgetTraining, loadTraining } from "./kept_trainings.mjs";
import { storeRate } from "./rates.mjs";
import { SampleBoard } from "./sample_board.mjs";
import { advice, sentence } from "./sentences.mjs";
import { TrainingRun } from "./training_run.mjs";

/** @typedef {import("./actions.mjs").Action} Action */
/** @typedef {import("./sentences.mjs").Phase} Phase */

const MORE_MINUTES = [5, 15]; // to train on

export class TrainingView {
  #data;
  #run;
  /** @type {Phase} */
  #phase = "offer";
  #share = 0; // of what is to load
  #feature = ""; // that the browser lacks
  /** @type {KeptTraining | null} */
  #kept = null;
  #root = element("div", { className: "browser-training" });
  #status = element("p", { className: "status" });
  #progress = element("progress", { max: 1 });
  #buttons = new ActionRow(() => this.#fail());
  #note = element("p", { className: "note" });
  #message = element("p", { className: "message", hidden: true });
  #samples = new SampleBoard();
  #charts = element("div", { className: "charts" });
  #board = element("div", { className: "board", hidden: true }, this.#samples.root, this.#charts);
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
    this.#root.append(this.#status, this.#progress, this.#buttons.root, this.#message, this.#note, this.#board);
    this.#status.setAttribute("role", "status");
    this.#message.setAttribute("role", "alert");
    document.addEventListener("visibilitychange", this.#onHidden);
    this.#show();
    this.#findKept();
  }

  get preset() {
    return this.#data.preset;
  }

  /**
   * Say everything in another language; the training goes on.
   * @param {BrowserTrainingData} data
   */
  update(data) {
    if (data.language === this.#data.language) return;
    this.#data = data;
    this.#message.hidden = true;
    this.#show();
  }

  close() {
    this.#isClosed = true;
    document.removeEventListener("visibilitychange", this.#onHidden);
    curves.clear(this.#charts);
    this.#run.close().catch(() => {});
    this.#root.remove();
  }

  #newRun() {
    const run = new TrainingRun(this.#data);
    run.onchange = () => this.#show();
    run.onerror = () => this.#fail();
    run.ondiverged = () => this.#enter("diverged");
    return run;
  }

  /** Show the training that the browser has kept, if any. */
  async #findKept() {
    const training = await loadTraining(this.preset);
    if (!training || this.#phase !== "offer") return;
    try {
      this.#run.preview(training);
    } catch {
      return; // a version of before has written it
    }
    this.#kept = training;
    this.#show();
  }

  // ---- what is done

  /**
   * Load, measure, and train: what `open` does opens the training. Return whether it is open.
   * @param {() => Promise<void>} open
   * @param {boolean} [isMeasured] is the speed measured first?
   */
  async #train(open, isMeasured = true) {
    try {
      this.#message.hidden = true;
      await this.#load();
      if (isMeasured || !this.#run.rate) await this.#measure();
      this.#enter("preparing");
      await open();
    } catch (error) {
      this.#refuse(error);
      return false;
    }
    this.#kept = null;
    if (!this.#run.isOver && !this.#isClosed) await this.#run.play();
    this.#enter("open");
    return true;
  }

  async #load() {
    if (this.#run.isLoaded) return;
    this.#enter("loading");
    await this.#run.load((share) => {
      this.#share = share;
      if (this.#phase === "loading") this.#show();
    });
  }

  async #measure() {
    this.#enter("preparing");
    await this.#run.prepare();
    this.#enter("measuring");
    await this.#run.measure();
    storeRate(this.preset, this.#run.rate);
  }

  async #begin() {
    this.#kept = null;
    await this.#train(async () => {
      await forgetTraining(this.preset);
      await this.#run.begin();
    });
  }

  async #goOn() {
    const training = this.#kept;
    return training ? this.#train(() => this.#run.goOn(training), false) : true;
  }

  /** @param {number} seconds */
  async #trainOn(seconds) {
    if (!(await this.#goOn())) return;
    await this.#run.trainOn(seconds);
    await this.#run.play();
  }

  /** @param {File} file */
  async #openFile(file) {
    const state = new Uint8Array(await file.arrayBuffer());
    if (this.#run.isPlaying) await this.#run.pause();
    await this.#train(() => this.#run.goOn({ state, moments: [], columns: {} }), false);
  }

  async #saveFile() {
    const file = await this.#run.file();
    const blob = new Blob([/** @type {BlobPart} */ (file)], { type: "application/octet-stream" });
    saveFile(blob, `${this.preset}-${this.#run.step}.training`);
  }

  /** Make a run of the training on the server, and link to it. */
  async #saveRun() {
    const { urls, texts } = this.#data;
    if (this.#run.isPlaying) await this.#run.pause();
    this.#say(texts.saving);
    const id = await saveAsRun(urls.runs ?? "", await this.#run.file());
    const href = fill(urls.page ?? "", { run: encodeURIComponent(id) });
    this.#say(`${texts.saved} `, element("a", { href, textContent: texts.open, target: "_top" }));
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.#phase = phase;
    this.#show();
  }

  /**
   * Say why nothing could be opened.
   * @param {unknown} error
   */
  #refuse(error) {
    if (this.#isClosed) return;
    if (error instanceof Unsupported) {
      this.#feature = error.feature;
      return this.#enter("unsupported");
    }
    this.#enter(this.#run.isOpen ? "open" : "offer");
    const fault = error instanceof StateFileError ? error.fault : error instanceof NoGraphs ? "misfit" : "";
    this.#say(fault ? this.#data.texts[`file.${fault}`] : this.#data.texts.failed);
  }

  #fail() {
    if (!this.#isClosed) this.#say(this.#data.texts.failed);
  }

  /** @param {...(string | Node)} content */
  #say(...content) {
    this.#message.replaceChildren(...content);
    this.#message.hidden = false;
  }

  // ---- what is shown

  #show() {
    if (this.#isClosed) return;
    const { step, steps, shape, moments, columns } = this.#run;
    const state = { phase: this.#phase, share: this.#share, feature: this.#feature, isKept: this.#kept !== null };
    this.#status.textContent = sentence(this.#data, this.#run, state);
    this.#progress.hidden = !["loading", "open"].includes(this.#phase) && !this.#kept;
    this.#progress.value = this.#phase === "loading" ? this.#share : step / steps;
    this.#progress.setAttribute("aria-label", this.#data.texts.progress);
    this.#buttons.draw(this.#actions());
    this.#note.textContent = advice(this.#data, this.#run, state);
    this.#board.hidden = !moments.all.length;
    if (this.#board.hidden) return;
    const { texts, language, panels } = this.#data;
    this.#samples.draw(shape, moments.all, texts, language);
    const data = { panels, columns, texts: this.#data.curves, language, across: 1 };
    curves.draw({ parentElement: this.#charts, data });
  }

  /** @returns {Action[]} */
  #actions() {
    const { texts } = this.#data;
    const { isPlaying, isOver } = this.#run;
    const open = new FileAction("upload", texts.open_file, ".training", (file) => this.#openFile(file));
    const anew = { icon: /** @type {const} */ ("loop"), text: texts.anew, act: () => this.#begin() };
    if (this.#phase === "offer") return this.#kept ? [...this.#goOnActions(), anew, open] : [this.#trainAction(), open];
    if (this.#phase === "diverged") return [anew];
    if (this.#phase !== "open") return [];
    if (isPlaying) return [{ icon: "pause", text: texts.pause, act: () => this.#run.pause() }, ...this.#saveActions()];
    const resume = { icon: /** @type {const} */ ("play"), text: texts.resume, act: () => this.#run.play() };
    return [...(isOver ? this.#moreActions() : [resume]), ...this.#saveActions(), anew, open];
  }

  /** @returns {Action} */
  #trainAction() {
    const { texts, budget, urls } = this.#data;
    const text = urls.state ? texts.train_run : fill(texts.train, { n: Math.round(budget / 60) });
    return { icon: "play", text, act: () => this.#begin() };
  }

  /** @returns {Action[]} */
  #goOnActions() {
    if (this.#run.isOver) return this.#moreActions();
    return [{ icon: "play", text: this.#data.texts.go_on, act: () => this.#goOn() }];
  }

  /** Return the ways to train on when it is over. @returns {Action[]} */
  #moreActions() {
    const { texts, language } = this.#data;
    const { step, plan, rate, settings } = this.#run;
    /** @type {Action[]} */
    const actions = MORE_MINUTES.map((n, k) => ({
      icon: k ? "" : "play",
      text: fill(texts.minutes_more, { n }),
      act: () => this.#trainOn(60 * n),
    }));
    if (plan <= step) return actions;
    const time = duration(texts, ((plan - step) * settings.batch) / rate);
    const text = fill(texts.to_plan, { n: number(language, plan), time });
    return [...actions, { icon: "", text, act: () => this.#trainOn(Infinity) }];
  }

  /** @returns {Action[]} */
  #saveActions() {
    const { texts, urls } = this.#data;
    /** @type {Action} */
    const file = { icon: "save", text: texts.save_file, act: () => this.#saveFile() };
    return urls.runs ? [{ icon: "plus", text: texts.save, act: () => this.#saveRun() }, file] : [file];
  }
}
