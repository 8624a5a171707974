// @ts-check
/**
 * A training of images in this browser: it loads, measures, trains, and keeps what it has.
 * @import { ImageData as Images } from "../trainer/data/images.mjs"
 * @import { Diverged, Frame, TrainerSettings, WatchRequest } from "../trainer/types.js"
 * @import { BrowserTrainingData, KeptTraining } from "./types.js"
 */
import { fetchOk } from "../shared/http.mjs";
import { fromCore } from "../trainer/core_settings.mjs";
import { drawLatents } from "../trainer/data/batches.mjs";
import { fetchImages } from "../trainer/data/images.mjs";
import { serverGraphs } from "../trainer/graphs.mjs";
import { fetchTraining } from "../trainer/handover.mjs";
import { Log } from "../trainer/log.mjs";
import { Random } from "../trainer/random.mjs";
import { readState } from "../trainer/state_file.mjs";
import { Trainer } from "../trainer/trainer.mjs";
import { keepTraining } from "./kept_trainings.mjs";
import { Moments } from "./moments.mjs";
import { COLUMNS } from "./sample_sheet.mjs";

const SAMPLES = 6 * COLUMNS;
const FRAME_MS = 1000; // between two pictures
const KEEP_MS = 60_000; // between two savings
const MEASURE_MS = 2000;
const EVALUATED = 500; // samples, as on the server: the FCD depends on their number
const EVALUATE_MS = 10_000; // between two evaluations, at least
const EVALUATION_SHARE = 0.05; // of the time, at most
const EVALUATION_STREAM = 5;
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
  #keptAt = 0;
  #fcd = NaN;
  #evaluateAt = 0;
  #isEvaluating = false;
  #hasReference = false;
  isPlaying = false;
  isOver = false;
  step = 0;
  seconds = 0;
  /** Images a second. */
  rate = 0;
  onchange = () => {};
  /** @type {(what: Diverged) => void} */
  ondiverged = () => {};
  /** @type {(error: unknown) => void} */
  onerror = () => {};

  /** @param {BrowserTrainingData} data */
  constructor(data) {
    this.#data = data;
    this.settings = fromCore(data.settings);
  }

  /** Shape [channels, height, width] of an image. */
  get shape() {
    return this.#images?.shape ?? [1, 1, 1];
  }

  get steps() {
    return this.settings.steps ?? 0;
  }

  get columns() {
    return this.#log.columns(Infinity);
  }

  /**
   * Load the runtime and the images.
   * @param {(share: number) => void} onProgress
   */
  async load(onProgress) {
    const { urls } = this.#data;
    const sources = { runtime: urls.runtime, graphs: serverGraphs(urls.graphs), onProgress };
    const [trainer, images] = await Promise.all([Trainer.create(sources), fetchImages(urls.images)]);
    this.#trainer = trainer;
    this.#images = images;
    trainer.onframe = (frame) => this.#show(frame);
    trainer.onerror = (error) => this.onerror(error);
    trainer.ondiverged = (what) => {
      this.isPlaying = false;
      this.ondiverged(what);
    };
  }

  /** Return how many images a second this browser trains. */
  async measure() {
    const trainer = this.#loaded;
    await trainer.open(this.settings, { data: this.#images });
    await trainer.step("both", 2); // the first steps make the sessions
    const begin = performance.now();
    let steps = 0;
    for (; performance.now() - begin < MEASURE_MS; steps++) await trainer.step("both", 1);
    return (1000 * steps * this.settings.batch) / (performance.now() - begin);
  }

  /**
   * Go on with what was kept, or else begin: anew, or where a run of the server's is.
   * @param {KeptTraining | null} kept
   */
  async open(kept) {
    const trainer = this.#loaded;
    const { state: address } = this.#data.urls;
    const state = kept?.state ?? (address ? await fetchTraining(address) : null);
    if (state) this.settings = readState(state).settings;
    this.moments = new Moments(kept?.moments);
    this.#log = new Log(kept?.columns);
    await trainer.watch({ latents: new Float32Array(), surface: 0, arrows: 0 });
    await trainer.open(this.settings, { data: this.#images, state });
    const frame = await trainer.watch(this.#request());
    if (frame) this.#show(frame);
  }

  async play() {
    this.isPlaying = true;
    await this.#loaded.play();
    this.onchange();
  }

  /** Pause, and keep the training. */
  async pause() {
    this.isPlaying = false;
    this.#record(await this.#loaded.pause());
    await this.keep();
    this.onchange();
  }

  /** Return the file of the training. */
  file() {
    return this.#loaded.exportState();
  }

  async keep() {
    this.#keptAt = performance.now();
    const { all: moments } = this.moments;
    return keepTraining(this.#data.preset, { state: await this.file(), moments, columns: this.columns });
  }

  close() {
    this.#trainer?.close();
  }

  get #loaded() {
    if (!this.#trainer) throw new Error("nothing is loaded");
    return this.#trainer;
  }

  /** @param {Frame} frame */
  #show(frame) {
    this.#record(frame);
    if (this.isPlaying && this.step >= this.steps) this.#end();
    else if (this.isPlaying && performance.now() - this.#keptAt > KEEP_MS) this.keep().catch(this.onerror);
    const isDue = this.isPlaying && !this.#isEvaluating && performance.now() >= this.#evaluateAt;
    if (isDue) this.#evaluate().catch(this.onerror);
    this.onchange();
  }

  /** @param {Frame} frame */
  #record(frame) {
    this.step = frame.gUpdates;
    this.seconds = frame.seconds;
    if (frame.rate) this.rate = frame.rate * this.settings.batch;
    this.moments.add(this.step, frame.samples);
    if (frame.iteration) this.#log.add(stateOf(frame), frame, this.#fcd);
    this.#fcd = NaN;
  }

  /** Measure the FCD of samples, now and then; its value goes with the next row. */
  async #evaluate() {
    this.#isEvaluating = true;
    const file = this.#hasReference ? null : await (await fetchOk(this.#data.urls.reference)).arrayBuffer();
    const begin = performance.now();
    this.#fcd = await this.#loaded.evaluate(file, this.#latents(EVALUATED, EVALUATION_STREAM), this.#labels(EVALUATED));
    this.#hasReference = true;
    const end = performance.now();
    this.#evaluateAt = end + Math.max(EVALUATE_MS, (end - begin) / EVALUATION_SHARE);
    this.#isEvaluating = false;
  }

  #end() {
    this.isOver = true;
    this.pause().catch(this.onerror);
  }

  /** @returns {WatchRequest} */
  #request() {
    const latents = this.#latents(SAMPLES, VIEW_STREAM);
    return { latents, labels: this.#labels(SAMPLES), surface: 0, arrows: 0, interval: FRAME_MS };
  }

  /**
   * @param {number} count
   * @param {number} stream of random numbers
   */
  #latents(count, stream) {
    const { noiseDim, noiseKind, seed } = this.settings;
    return drawLatents(noiseKind, new Float32Array(count * noiseDim), new Random(seed, stream));
  }

  /**
   * Return the labels of samples: each class in a column, or those of the first images.
   * @param {number} count
   */
  #labels(count) {
    const { labels, labelWidth = 0 } = this.#images ?? {};
    if (!this.settings.conditional || !labels) return undefined;
    if (labelWidth !== COLUMNS) return Float32Array.from(labels.subarray(0, count * labelWidth));
    return Float32Array.from({ length: count * COLUMNS }, (_, k) => {
      return Math.floor(k / COLUMNS) % COLUMNS === k % COLUMNS ? 1 : 0;
    });
  }
}

/** @param {Frame} frame */
function stateOf({ iteration, gUpdates, seconds }) {
  return { iteration, gUpdates, seconds };
}
