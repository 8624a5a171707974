// @ts-check
/**
 * The lab's engine: the trainer in the browser, with the lab's data and noise.
 * @import { Frame, HistoryRows, TrainerApi, TrainingData } from "../trainer/types.js"
 * @import { Divergence, Engine, EngineFrame, LabSettings, WatchRequest } from "./types.js"
 */
import { drawLatents } from "../trainer/data/batches.mjs";
import { clustersOf, formulaPoints } from "../trainer/data/points.mjs";
import { Random } from "../trainer/random.mjs";

const VIEW_SEED = 2018; // of the noise that the views show, whatever the training's seed
const VIEW_STREAM = 7;

/** @implements {Engine} */
export class LabEngine {
  /** @type {(frame: EngineFrame) => void} */
  onframe = () => {};
  /** @type {(rows: HistoryRows) => void} */
  onhistory = () => {};
  /** @type {(what: Divergence) => void} */
  ondiverged = () => {};
  /** @type {(error: unknown) => void} */
  onerror = () => {};
  /** @type {TrainerApi | null} once it has started */
  #trainer = null;
  /** @type {Promise<TrainerApi> | null} */
  #starting = null;
  #isClosed = false;
  #isOpen = false; // does the trainer have a training?
  #extent;
  /** @type {LabSettings | null} */
  #settings = null;
  /** @type {Float32Array | null} */
  #points = null;
  /** @type {WatchRequest | null} */
  #watched = null;

  /** @param {number} extent half of the plane's side */
  constructor(extent) {
    this.#extent = extent;
  }

  /** @param {Promise<TrainerApi>} starting what `open` waits for */
  start(starting) {
    this.#starting = starting;
    starting.catch(() => {}); // `open` says why
  }

  /**
   * @param {LabSettings} settings
   * @param {Float32Array | null} points
   * @param {Uint8Array | null} [state]
   */
  async open(settings, points, state = null) {
    this.#settings = settings;
    this.#points = points;
    const trainer = await this.#started();
    this.#isOpen = false;
    const frame = await trainer.open(settings, { data: trainingData(points), state });
    this.#isOpen = true;
    this.#show(frame);
  }

  async #started() {
    if (!this.#starting) throw new Error("the trainer was not started");
    const trainer = await this.#starting;
    if (this.#isClosed) trainer.close();
    if (this.#trainer === trainer) return trainer;
    trainer.onframe = (frame) => this.#show(frame);
    trainer.onhistory = (rows) => this.onhistory(rows);
    trainer.onerror = (error) => this.onerror(error);
    trainer.ondiverged = ({ setting, back }) => {
      const known = /** @type {keyof LabSettings | ""} */ (setting in this.#opened ? setting : "");
      this.ondiverged({ setting: known, back });
    };
    this.#trainer = trainer;
    return trainer;
  }

  /** @param {LabSettings} settings */
  async change(settings) {
    this.#settings = settings;
    this.#show(await this.#ready.change(settings, { data: trainingData(this.#points) }));
  }

  /** @param {number} iterationsPerSecond */
  play(iterationsPerSecond) {
    this.#ready.play(iterationsPerSecond).catch((error) => this.onerror(error));
  }

  async pause() {
    if (!this.#isOpen) return;
    try {
      this.#show(await this.#ready.pause());
    } catch (error) {
      if (!this.#isClosed) this.onerror(error); // else nobody waits for an answer
    }
  }

  /** @param {"both" | "d" | "g"} kind */
  async step(kind) {
    this.#show(await this.#ready.step(kind));
  }

  async back() {
    this.#show(await this.#ready.back());
  }

  /** @param {number} iteration */
  async seek(iteration) {
    const [, last] = this.#ready.span;
    await this.#ready.seek(Math.min(iteration, last));
    if (iteration > last) await this.#ready.step("both", iteration - last);
    this.#show(await this.#ready.pause());
  }

  /** @returns {[first: number, last: number]} */
  span() {
    const [first, last] = this.#trainer?.span ?? [0, 0];
    return [first, last];
  }

  /** @param {WatchRequest} request */
  watch(request) {
    this.#watched = request;
    if (!this.#isOpen) return;
    this.#ready.watch({ ...request, extent: this.#extent }).then(
      (frame) => frame && this.#watched === request && this.#show(frame),
      (error) => this.onerror(error),
    );
  }

  trace() {
    return this.#ready.trace();
  }

  /** @param {"g" | "d"} network */
  units(network) {
    return this.#ready.units(network);
  }

  /** @param {number} count */
  latents(count) {
    const { noiseDim, noiseKind } = this.#opened;
    return drawLatents(noiseKind, new Float32Array(count * noiseDim), new Random(VIEW_SEED, VIEW_STREAM));
  }

  /** @param {number} count */
  realPoints(count) {
    if (!this.#points) return formulaPoints(this.#opened.data, this.#opened.seed, count);
    return drawnFrom(this.#points, count, new Random(this.#opened.seed, VIEW_STREAM));
  }

  modes() {
    return clustersOf(this.#opened.data);
  }

  exportState() {
    return this.#ready.exportState();
  }

  close() {
    this.#isClosed = true;
    this.onerror = () => {};
    this.#trainer?.close();
  }

  get #ready() {
    if (!this.#trainer) throw new Error("the engine is not ready yet");
    return this.#trainer;
  }

  get #opened() {
    if (!this.#settings) throw new Error("no training is open");
    return this.#settings;
  }

  /** @param {Frame} frame */
  #show(frame) {
    this.onframe(frame);
  }
}

/**
 * @param {Float32Array | null} points
 * @returns {TrainingData | null}
 */
function trainingData(points) {
  return points && { values: points, size: 2, labels: null, labelWidth: 0 };
}

/**
 * Draw points with replacement.
 * @param {Float32Array} points
 * @param {number} count
 * @param {Random} random
 */
function drawnFrom(points, count, random) {
  const drawn = new Float32Array(2 * count);
  for (let k = 0; k < count; k++) {
    const chosen = random.integer(points.length / 2);
    drawn.set(points.subarray(2 * chosen, 2 * chosen + 2), 2 * k);
  }
  return drawn;
}
