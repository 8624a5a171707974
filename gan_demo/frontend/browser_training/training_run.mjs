// @ts-check
/**
 * A training of images in this browser: it loads, measures, trains, and keeps what it has.
 * @import { ImageData as Images } from "../trainer/data/images.mjs"
 * @import { Diverged, Frame, TrainerSettings, WatchRequest } from "../trainer/types.js"
 * @import { BrowserTrainingData, KeptTraining } from "./types.js"
 */
import { fromCore } from "../trainer/core_settings.mjs";
import { fetchTraining } from "../trainer/handover.mjs";
import { Log } from "../trainer/log.mjs";
import { fitted, isOpenEnded, restarted } from "../trainer/schedule.mjs";
import { readState, StateFileError } from "../trainer/state_file.mjs";
import { keepTraining } from "./kept_trainings.mjs";
import { loadTrainer } from "./loading.mjs";
import { Moments } from "./moments.mjs";
import { Quality, SHARE } from "./quality.mjs";
import { sampleInputs } from "./sample_inputs.mjs";
import { COLUMNS } from "./sample_sheet.mjs";

/** @typedef {import("../trainer/trainer.mjs").Trainer} Trainer */

const SAMPLES = 6 * COLUMNS;
const FRAME_MS = 1000; // between two pictures
const KEEP_MS = 30_000; // between two savings
const MEASURE_MS = 2000;
const VIEW_STREAM = 4; // of the random numbers whose samples are shown

export class TrainingRun {
  #data;
  /** @type {TrainerSettings} */
  settings;
  moments = new Moments();
  #log = new Log();
  /** @type {Images | null} */
  #images = null;
  /** @type {Trainer | null} */
  #trainer = null;
  /** @type {Frame | null} the newest */
  #frame = null;
  #keptAt = 0;
  #fcd = NaN;
  #quality;
  /** Shape [channels, height, width] of an image. @type {number[]} */
  shape = [1, 1, 1];
  isPlaying = false;
  #isStopping = false; // stops, and is not kept yet
  isOpen = false; // is there a training to go on with?
  step = 0;
  seconds = 0;
  rate = 0; // images a second
  measured = 0; // images a second before it began; 0 if they were not measured
  onchange = () => {};
  /** @type {(what: Diverged) => void} */
  ondiverged = () => {};
  /** @type {(error: unknown) => void} */
  onerror = () => {};

  /** @param {BrowserTrainingData} data */
  constructor(data) {
    this.#data = data;
    this.settings = this.#preset;
    this.#quality = new Quality(data.urls.reference);
  }

  get isLoaded() {
    return this.#trainer !== null;
  }

  get steps() {
    return this.settings.steps ?? 0;
  }

  /** Steps that it can train on to when its time is over. */
  get plan() {
    return Math.max(this.settings.plan || (this.#preset.steps ?? 0), this.steps);
  }

  get isOver() {
    return this.step > 0 && this.step >= this.steps;
  }

  get columns() {
    return this.#log.columns(Infinity);
  }

  /** Return about how many steps some seconds are enough for here. @param {number} seconds */
  stepsIn(seconds) {
    return Math.max(1, Math.round((seconds * this.rate * (1 - SHARE)) / this.settings.batch));
  }

  /** Show what was kept, before anything is loaded. @param {KeptTraining} training */
  preview({ state, moments, columns, rate, shape }) {
    this.settings = readState(state).settings;
    this.moments = new Moments(moments);
    this.#log = new Log(columns);
    this.shape = shape;
    this.rate = rate;
    this.step = moments.at(-1)?.step ?? 0;
    this.seconds = columns.seconds?.at(-1) ?? 0;
  }

  /** Load the runtime and the images. Throws Unsupported. @param {(share: number) => void} onProgress */
  async load(onProgress) {
    const { trainer, images } = await loadTrainer(this.#data, onProgress);
    this.#trainer = trainer;
    this.#images = images;
    this.shape = images.shape;
    trainer.onframe = (frame) => this.#show(frame);
    trainer.onerror = (error) => this.onerror(error);
    trainer.ondiverged = (what) => {
      this.isPlaying = false;
      this.ondiverged(what);
    };
  }

  /** Get the graphs of the preset's step, which a server may have to compile, and make the first steps. */
  async prepare() {
    const trainer = this.#loaded;
    this.isOpen = false;
    await trainer.watch({ latents: new Float32Array(), surface: 0, arrows: 0 });
    await trainer.open(this.#preset, { data: this.#images });
    await trainer.step("both", 2);
  }

  /** Measure how many images a second this browser trains, once it is prepared. */
  async measure() {
    const begin = performance.now();
    let steps = 0;
    for (; performance.now() - begin < MEASURE_MS; steps++) await this.#loaded.step("both", 1);
    this.measured = (1000 * steps * this.#preset.batch) / (performance.now() - begin);
    this.rate = this.measured;
  }

  /** Begin anew for the preset's time, or where a run of the server's is. */
  async begin() {
    const { urls, budget } = this.#data;
    const preset = this.#preset;
    if (urls.state) {
      await this.goOn({ state: await fetchTraining(urls.state), moments: [], columns: {} });
      if (this.isOver) await this.trainOn(budget);
      else if (isOpenEnded(this.settings)) await this.#change(fitted(this.settings, this.step, this.#after(budget)));
    } else {
      const settings = fitted({ ...preset, plan: preset.steps }, 0, Math.min(preset.steps ?? 0, this.stepsIn(budget)));
      await this.#open(settings, null, [], {});
    }
  }

  /**
   * Go on with a training that was kept. Throws StateFileError.
   * @param {Pick<KeptTraining, "state" | "moments" | "columns">} training
   */
  async goOn({ state, moments, columns }) {
    const { settings, rows } = readState(state);
    const { data, arch, conditional } = this.#preset;
    const isAlike = settings.data === data && settings.arch === arch && settings.conditional === conditional;
    if (!isAlike) throw new StateFileError("misfit");
    await this.#open(settings, state, moments, columns.step ? columns : rows);
  }

  /**
   * Let a training that is over go on for some seconds, or to the end of its plan if they are Infinity.
   * @param {number} seconds
   */
  async trainOn(seconds) {
    const end = seconds === Infinity ? this.plan : this.#after(seconds);
    const again = restarted(this.settings, this.step, end);
    await this.#change(seconds === Infinity ? again : fitted(again, this.step, end));
  }

  async play() {
    this.isPlaying = true;
    this.#keptAt = performance.now();
    this.#quality.begin();
    await this.#loaded.play(Infinity, this.steps);
    this.onchange();
  }

  /** Pause, and keep the training. */
  pause() {
    return this.#stop(false);
  }

  /** Return the file of the training. */
  file() {
    return this.#loaded.exportState();
  }

  async keep() {
    this.#keptAt = performance.now();
    const { moments, columns, rate, shape } = this;
    return keepTraining(this.#data.preset, { state: await this.file(), moments: moments.all, columns, rate, shape });
  }

  /** Keep what it has and end. */
  async close() {
    try {
      if (this.isOpen) await this.keep();
    } finally {
      this.#trainer?.close();
    }
  }

  get #loaded() {
    if (!this.#trainer) throw new Error("nothing is loaded");
    return this.#trainer;
  }

  get #preset() {
    return fromCore(this.#data.settings);
  }

  /**
   * Return the step that some seconds from now lead to.
   * @param {number} seconds
   */
  #after(seconds) {
    return this.step + this.stepsIn(seconds);
  }

  /**
   * @param {TrainerSettings} settings
   * @param {Uint8Array | null} state
   * @param {import("./types.js").Moment[]} moments
   * @param {import("../trainer/types.js").LogColumns} columns
   */
  async #open(settings, state, moments, columns) {
    const trainer = this.#loaded;
    await trainer.watch({ latents: new Float32Array(), surface: 0, arrows: 0 });
    try {
      await trainer.open(settings, { data: this.#images, state });
    } catch (error) {
      if (this.isOpen) await trainer.watch(this.#request()); // the present training is shown as before
      throw error;
    }
    this.settings = settings;
    this.moments = new Moments(moments);
    this.#log = new Log(columns);
    this.isOpen = true;
    const frame = await trainer.watch(this.#request());
    if (frame) this.#show(frame);
  }

  /** @param {TrainerSettings} settings */
  async #change(settings) {
    await this.#loaded.change(settings);
    this.settings = settings;
  }

  /** @param {Frame} frame */
  #show(frame) {
    this.#record(frame);
    const goesOn = this.isPlaying && !this.#isStopping;
    if (goesOn && this.isOver) this.#stop(true).catch(this.onerror);
    else if (goesOn && performance.now() - this.#keptAt > KEEP_MS) this.keep().catch(this.onerror);
    if (goesOn && this.#quality.isDue) this.#evaluate().catch(this.onerror);
    this.onchange();
  }

  /** @param {Frame} frame */
  #record(frame) {
    this.#frame = frame;
    this.step = frame.gUpdates;
    this.seconds = frame.seconds;
    if (frame.rate) this.rate = frame.rate * this.settings.batch;
    this.moments.add(this.step, frame.samples);
    if (frame.iteration) this.#log.add(frame, frame, this.#fcd);
    this.#fcd = NaN;
  }

  /** Measure the FCD of samples; it goes with the next row. */
  async #evaluate() {
    if (this.#images) this.#fcd = await this.#quality.measure(this.#loaded, this.settings, this.#images);
  }

  /**
   * Stop, and keep the training; until then it is not said to be paused, as the page may be left once it is.
   * @param {boolean} measures whether the last samples are measured
   */
  async #stop(measures) {
    this.#isStopping = true;
    try {
      this.#record(await this.#loaded.pause());
      if (measures) await this.#evaluate();
      if (measures && this.#frame) this.#record(this.#frame);
      await this.keep();
    } finally {
      this.#isStopping = this.isPlaying = false;
    }
    this.onchange();
  }

  /** @returns {WatchRequest} */
  #request() {
    if (!this.#images) throw new Error("no images are loaded");
    const inputs = sampleInputs(this.settings, this.#images, SAMPLES, VIEW_STREAM);
    return { ...inputs, surface: 0, arrows: 0, interval: FRAME_MS };
  }
}
