// @ts-check
/**
 * A training in the lab: settings, what the engine is asked to compute for the page, and what came of it.
 * @import { Engine, EngineFrame, LabSettings, LabState, Measures, StageFrame, WarpFrame } from "./types.js"
 */
import { ARROWS, joined, noiseGrid, SURFACE, stageFrame } from "./frames.mjs";
import { History } from "./history.mjs";
import { MEASURED } from "./measure/measure.mjs";
import { RESTARTING, withChange } from "./settings.mjs";
import { suspect, suspectOf } from "./trouble.mjs";

/** @typedef {import("./trouble.mjs").Suspect} Suspect */

const SHOWN = 500; // samples that are drawn
const MEASURE_INTERVAL = 1000; // ms between two measurements while it trains

/**
 * @typedef {object} SessionEvents
 * @property {(frame: EngineFrame, stage: StageFrame, follows: boolean) => void} onFrame
 * @property {(measures: Measures) => void} onMeasures
 * @property {() => void} onState settings, points or whether it runs have changed
 * @property {(suspect: Suspect, back: number) => void} onBroken a number is not finite; `back` was before it
 * @property {(error: unknown) => void} onError
 */

/**
 * @typedef {object} MeterLike
 * @property {boolean} isBusy
 * @property {(input: import("./measure/meter.mjs").MeterInput) => Promise<Measures>} measure
 */

export class Session {
  isPlaying = false;
  /** Were settings changed since the training began? Then a link alone does not repeat it. */
  isChanged = false;
  iteration = 0;
  history = new History();
  /** @type {EngineFrame | null} */
  frame = null;
  /** @type {Measures | null} what fresh points of the data measure: the bias of finite samples */
  floor = null;
  engine;
  #meter;
  #events;
  #extent;
  /** @type {Omit<WarpFrame, "output"> | null} */
  #grid = null;
  /** @type {Float32Array} */
  #latents = new Float32Array();
  /** @type {Float32Array} */
  #real = new Float32Array();
  /** @type {Float32Array} */
  #fresh = new Float32Array();
  #wantsMeasure = true;
  #measuredAt = -Infinity;
  /** @type {Promise<void>} the changes so far, which follow each other */
  #work = Promise.resolve();

  /**
   * @param {Engine} engine
   * @param {MeterLike} meter
   * @param {LabState} state
   * @param {SessionEvents} events
   * @param {number} extent of the plane
   */
  constructor(engine, meter, state, events, extent) {
    this.engine = engine;
    this.#meter = meter;
    this.#events = events;
    this.#extent = extent;
    this.state = state;
    engine.onframe = (frame) => this.#take(frame);
    engine.ondiverged = ({ setting, back }) => {
      this.#stop();
      events.onState();
      events.onBroken(setting ? suspectOf(setting, this.settings) : suspect(this.settings), back);
    };
    engine.onerror = (error) => {
      this.isPlaying = false;
      events.onError(error);
    };
  }

  /** The settings of the state. */
  get settings() {
    return this.state.settings;
  }

  /** Points of the data that measurements use, and the stage. */
  get real() {
    return this.#real;
  }

  /** Begin anew from the seed, without playing. */
  restart() {
    return this.#enqueue(async () => {
      this.#stop();
      await this.engine.open(this.settings, this.state.points);
      this.#began();
    });
  }

  /**
   * Change settings while it runs; some begin the training anew.
   * @param {Partial<LabSettings>} change
   * @param {Float32Array | null} [points] own points that come with it
   */
  change(change, points = this.state.points) {
    const before = this.settings;
    this.state.settings = withChange(before, change);
    const isOther = this.state.points !== points;
    this.state.points = points;
    const restarts = isOther || RESTARTING.some((key) => before[key] !== this.settings[key]);
    this.#events.onState();
    return this.#enqueue(async () => {
      const wasPlaying = this.isPlaying;
      if (restarts) {
        await this.engine.open(this.settings, this.state.points);
        this.#began();
        if (wasPlaying) this.play();
      } else {
        this.isChanged ||= this.iteration > 0;
        await this.engine.change(this.settings, this.state.points);
        this.#watch();
      }
    });
  }

  play() {
    this.isPlaying = true;
    this.engine.play(this.state.speed);
    this.#events.onState();
  }

  pause() {
    this.#stop();
    this.#wantsMeasure = true;
    this.#watch();
    this.#events.onState();
  }

  /** @param {"both" | "d" | "g"} kind */
  step(kind) {
    if (kind !== "both") this.isChanged = true;
    return this.#moved(() => this.engine.step(kind));
  }

  back() {
    return this.#moved(() => this.engine.back());
  }

  /** @param {number} iteration */
  seek(iteration) {
    return this.#moved(() => this.engine.seek(iteration));
  }

  span() {
    return this.engine.span();
  }

  /** @param {number} speed iterations a second */
  setSpeed(speed) {
    this.state.speed = speed;
    if (this.isPlaying) this.engine.play(speed);
    this.#events.onState();
  }

  /** @param {string[]} layers */
  setLayers(layers) {
    this.state.layers = layers;
    this.#watch();
    this.#events.onState();
  }

  /** @param {Uint8Array} bytes */
  importState(bytes) {
    return this.#enqueue(async () => {
      this.#stop();
      await this.engine.open(this.settings, this.state.points);
      await this.engine.importState(bytes);
      this.#began();
      this.isChanged = true;
    });
  }

  close() {
    this.#stop();
    this.engine.close();
  }

  #began() {
    this.history.clear();
    this.isChanged = false;
    this.frame = null;
    this.iteration = 0;
    const { noiseDim, noiseKind } = this.settings;
    this.#grid = noiseGrid(noiseDim, noiseKind);
    this.#latents = this.engine.latents(MEASURED);
    const points = this.engine.realPoints(2 * MEASURED);
    this.#real = points.subarray(0, 2 * MEASURED);
    this.#fresh = points.subarray(2 * MEASURED);
    this.floor = null;
    this.#wantsMeasure = true;
    this.#watch();
    this.#events.onState();
  }

  #stop() {
    this.isPlaying = false;
    this.engine.pause();
  }

  /**
   * Pause, move, and measure what is there.
   * @param {() => Promise<void>} move
   */
  #moved(move) {
    return this.#enqueue(async () => {
      this.#stop();
      this.#wantsMeasure = true;
      this.#watch();
      await move();
      this.#events.onState();
    });
  }

  /** Ask the engine for what the layers show, and for more samples where something is measured. */
  #watch() {
    const { layers, settings } = this.state;
    const { noiseDim } = settings;
    const shown = this.#latents.subarray(0, SHOWN * noiseDim);
    const grid = this.#showsGrid ? (this.#grid?.noise ?? new Float32Array()) : new Float32Array();
    const parts = this.#needsMany ? [shown, grid, this.#latents.subarray(SHOWN * noiseDim)] : [shown, grid];
    this.engine.watch({
      latents: joined(parts),
      surface: layers.includes("surface") ? SURFACE : 0,
      arrows: layers.includes("arrows") ? ARROWS : 0,
    });
  }

  get #showsGrid() {
    return this.state.layers.includes("warp") && this.#grid !== null;
  }

  get #needsMany() {
    return this.#wantsMeasure || this.state.layers.includes("density");
  }

  /** @param {EngineFrame} frame */
  #take(frame) {
    const follows = this.frame !== null && frame.iteration >= this.frame.iteration;
    this.frame = frame;
    this.iteration = frame.iteration;
    this.#remember(frame);
    const views = { shown: SHOWN, grid: this.#showsGrid ? this.#grid : null, extent: this.#extent };
    const stage = stageFrame(frame, this.settings, views);
    this.#measure(stage);
    this.#events.onFrame(frame, stage, follows);
  }

  /** @param {EngineFrame} frame */
  #remember({ iteration, dLoss, gLoss, penalty, gradNormD, gradNormG }) {
    if (!iteration) return; // before the first update there is no loss
    this.history.add(iteration, { d_loss: dLoss, g_loss: gLoss, penalty, grad_d: gradNormD, grad_g: gradNormG });
  }

  /** @param {StageFrame} stage */
  async #measure({ iteration, samples, densitySamples }) {
    const isDue = performance.now() - this.#measuredAt > MEASURE_INTERVAL;
    if (isDue && !this.#wantsMeasure && this.isPlaying) {
      this.#wantsMeasure = true;
      this.#watch();
    }
    if (!densitySamples || this.#meter.isBusy || !(this.#wantsMeasure && (isDue || !this.isPlaying))) return;
    this.#wantsMeasure = false;
    this.#measuredAt = performance.now();
    this.#watch();
    const fixed = { real: this.#real, modes: this.engine.modes(), extent: this.#extent };
    const measures = await this.#meter.measure({ ...fixed, generated: joined([samples, densitySamples]) });
    if (fixed.real !== this.#real) return; // another data set has come meanwhile
    this.floor ??= await this.#meter.measure({ ...fixed, generated: this.#fresh });
    const { kl, js, wasserstein, reached, fair, highQuality } = measures;
    this.history.annotate(iteration, { kl, js, wasserstein, reached, fair, high_quality: highQuality });
    this.#events.onMeasures(measures);
  }

  /**
   * Do something after all that was begun before it.
   * @param {() => Promise<void>} action
   */
  #enqueue(action) {
    this.#work = this.#work.then(action).catch((error) => {
      this.isPlaying = false;
      this.#events.onState();
      this.#events.onError(error);
    });
    return this.#work;
  }
}
