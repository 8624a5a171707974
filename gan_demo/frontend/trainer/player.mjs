// @ts-check
/**
 * A training that plays, steps and goes back: one request at a time, in slices between which messages are read.
 * @import { OnnxRuntime } from "../vendor/onnxruntime/onnxruntime.js"
 * @import { Diverged, Frame, HistoryRows, StepKind, TrainerSettings, TrainingData, WatchRequest } from "./types.js"
 */
import { GraphFiles } from "./bundle.mjs";
import { formulaData, pointData } from "./data/points.mjs";
import { Evaluation } from "./evaluation.mjs";
import { sameLayout } from "./initial.mjs";
import { Queue } from "./queue.mjs";
import { pause, Rate } from "./rate.mjs";
import { Recording } from "./recording.mjs";
import { readState, StateFileError, writeState } from "./state_file.mjs";
import { traced } from "./trace.mjs";
import { Training } from "./training.mjs";
import { units, watched } from "./views.mjs";

const SLICE_MS = 15; // of steps between which messages are read
const FRAME_MS = 50;
const MAX_ROWS = 1000; // that wait for a frame
const MAX_REPLAY = 256; // steps that `seek` repeats; further away it shows the nearest state before

/**
 * @typedef {object} Listener
 * @property {(frame: Frame) => void} onframe
 * @property {(rows: HistoryRows) => void} onhistory
 * @property {(what: Diverged) => void} ondiverged
 * @property {(error: Error) => void} onerror of the loop
 */

export class Player {
  #runtime;
  #listener;
  /** @type {Recording | null} */
  #recording = null;
  /** @type {WatchRequest | null} */
  #watch = null;
  #queue = new Queue();
  /** @type {Evaluation | null} */
  #evaluation = null;
  #isPlaying = false;
  #requests = 0; // that end what a step of many iterations does
  #wantedRate = Infinity;
  #until = Infinity; // updates of G at which playing ends
  /** @type {TrainingData | null} data that no formula gives */
  #ownData = null;
  #rate = new Rate();
  #frameDue = -Infinity;
  #shownIteration = -1;
  /** May the next frame be sent? The page says when it has drawn the one before. */
  isFrameTaken = true;

  /**
   * @param {OnnxRuntime} runtime
   * @param {Listener} listener
   */
  constructor(runtime, listener) {
    this.graphs = new GraphFiles(runtime);
    this.#runtime = runtime;
    this.#listener = listener;
  }

  /**
   * Begin anew, or go on from a saved state. Throws StateFileError.
   * @param {TrainerSettings} settings
   * @param {{ data?: TrainingData | null, state?: Uint8Array | null }} options
   */
  open(settings, { data = null, state = null }) {
    return this.#queue.run(async () => {
      const saved = state && readState(state);
      const graphs = await this.#graphsFor(settings);
      const { g, d } = graphs.header.layout;
      if (saved && !(sameLayout(saved.layout.g, g) && sameLayout(saved.layout.d, d)))
        throw new StateFileError("misfit");
      this.#halt();
      this.#ownData = data ?? (saved?.points ? pointData(saved.points) : null);
      const source = this.#ownData ?? formulaData(settings.data, settings.seed);
      this.#recording = new Recording(new Training(settings, graphs, source, saved?.state), saved?.rows);
      return this.#frame();
    });
  }

  /**
   * @param {TrainerSettings} settings
   * @param {TrainingData | null} data
   */
  change(settings, data) {
    return this.#queue.run(async () => {
      this.#opened.change(settings, await this.#graphsFor(settings), data);
      this.#ownData = data ?? this.#ownData;
      return this.#frame();
    });
  }

  /**
   * @param {number} iterationsPerSecond
   * @param {number} until updates of G at which it ends
   */
  play(iterationsPerSecond, until) {
    this.#requests++;
    this.#wantedRate = iterationsPerSecond;
    this.#until = until;
    this.#rate.clear();
    if (this.#isPlaying || !this.#recording) return;
    this.#isPlaying = true;
    this.#run().catch((error) => {
      this.#isPlaying = false;
      this.#listener.onerror(error);
    });
  }

  pause() {
    this.#halt();
    return this.#queue.run(() => this.#frame());
  }

  /**
   * @param {StepKind} kind
   * @param {number} count
   */
  step(kind, count) {
    const request = this.#halt();
    return this.#queue.run(async () => {
      let end = performance.now() + SLICE_MS;
      for (let k = 0; k < count && (await this.#step(kind)); k++) {
        if (performance.now() < end) continue;
        await this.#showIfDue();
        await pause(0);
        if (request !== this.#requests) break;
        end = performance.now() + SLICE_MS;
      }
      return this.#frame();
    });
  }

  /** @param {number} count */
  back(count) {
    this.#halt();
    return this.#queue.run(() => this.#goTo(this.#opened.training.state.iteration - count, Infinity));
  }

  /** @param {number} iteration */
  seek(iteration) {
    this.#halt();
    return this.#queue.run(() => this.#goTo(iteration, MAX_REPLAY));
  }

  /** @param {WatchRequest} request */
  watch(request) {
    return this.#queue.run(() => {
      this.#watch = request;
      this.#frameDue = -Infinity;
      return this.#recording ? this.#frame() : null;
    });
  }

  trace() {
    return this.#queue.run(() => traced(this.#opened.training, this.#watch));
  }

  /** @param {"g" | "d"} network */
  units(network) {
    return this.#queue.run(() => units(this.#opened.training, network));
  }

  /**
   * Return the FCD of G's samples.
   * @param {ArrayBuffer | null} file what measures them; null for that of before
   * @param {Float32Array} latents
   * @param {Float32Array} [labels]
   */
  evaluate(file, latents, labels) {
    return this.#queue.run(() => {
      if (file) this.#evaluation = new Evaluation(this.#runtime, file);
      return this.#evaluation?.distance(this.#opened.training, latents, labels) ?? NaN;
    });
  }

  exportState() {
    return this.#queue.run(() => {
      const { log, training } = this.#opened;
      const { settings, layout, state, data } = training;
      const points = data === this.#ownData && data.size === 2 ? Float32Array.from(data.values) : null;
      return writeState({ settings, layout, state, points, rows: log.columns(state.iteration) });
    });
  }

  /** First and last iteration to go to; undefined before anything is open. */
  get span() {
    return this.#recording?.span;
  }

  // ---- the loop

  async #run() {
    let due = performance.now();
    while (this.#isPlaying) {
      due = await this.#queue.run(() => this.#slice(due));
      await pause(Math.max(0, Math.min(SLICE_MS, due - performance.now())));
    }
  }

  /**
   * Make the steps that are due, for some milliseconds; then show the state if it is time to.
   * @param {number} due when the next step is
   * @returns {Promise<number>} when the one after them is
   */
  async #slice(due) {
    const end = performance.now() + SLICE_MS;
    let next = due;
    for (let now = performance.now(); this.#isPlaying && now >= next && now < end; now = performance.now()) {
      if (this.#opened.training.state.gUpdates >= this.#until) return this.#end();
      next = Math.max(next + 1000 / this.#wantedRate, now - SLICE_MS); // what is late beyond a slice is left out
      await this.#step("both");
    }
    if (this.#isPlaying) await this.#showIfDue();
    return next;
  }

  /** End playing where it was to end, and show that. */
  async #end() {
    this.#isPlaying = false;
    this.#listener.onframe(await this.#frame());
    return Infinity;
  }

  /** End playing and steps of many iterations. Returns the number of the request that does so. */
  #halt() {
    this.#isPlaying = false;
    return ++this.#requests;
  }

  /** Send a frame if the page has drawn the one before, and if it is time to. */
  async #showIfDue() {
    const now = performance.now();
    const isNew = this.#opened.training.state.iteration !== this.#shownIteration;
    if (!isNew || now < this.#frameDue || !this.isFrameTaken) return;
    this.#frameDue = Math.max(this.#frameDue + (this.#watch?.interval ?? FRAME_MS), now);
    this.isFrameTaken = false;
    this.#listener.onframe(await this.#frame());
  }

  /**
   * Make a step; return whether its numbers are finite. If not, playing ends.
   * @param {StepKind} kind
   */
  async #step(kind) {
    const recording = this.#opened;
    const what = await recording.step(kind);
    if (recording.rows.length >= MAX_ROWS) this.#sendRows();
    if (!what) return true;
    this.#halt();
    this.#listener.ondiverged(what);
    return false;
  }

  /**
   * @param {number} iteration
   * @param {number} longest number of steps to repeat
   */
  async #goTo(iteration, longest) {
    await this.#opened.goTo(iteration, longest, (settings) => this.#graphsFor(settings));
    return this.#frame();
  }

  // ---- what is shown

  async #frame() {
    const { training } = this.#opened;
    const { state, report, settings } = training;
    this.#sendRows();
    const views = await watched(training, this.#watch);
    const { iteration, gUpdates, dUpdates, seconds } = state;
    const rate = this.#isPlaying ? this.#rate.at(iteration) : 0;
    this.#shownIteration = iteration;
    return { iteration, gUpdates, dUpdates, ...report, ...views, seconds, rate, settings };
  }

  #sendRows() {
    const { rows } = this.#opened;
    if (rows.length) this.#listener.onhistory(rows.take());
  }

  // ---- others

  get #opened() {
    if (!this.#recording) throw new Error("no training is open");
    return this.#recording;
  }

  /** @param {TrainerSettings} settings */
  #graphsFor(settings) {
    return this.graphs.of(settings, this.#recording?.training.graphs ?? null);
  }
}
