// @ts-check
/**
 * A training in the lab: settings, what the engine is asked to compute for the page, and what came of it.
 * @import { Engine, EngineFrame, LabSettings, LabState, Measures, StageFrame, WarpFrame } from "./types.js"
 * @import { Suspect } from "./trouble.mjs"
 */
import { ARROWS, joined, noiseGrid, SURFACE, stageFrame } from "./frames.mjs";
import { History } from "./history.mjs";
import { MEASURED } from "./measure/measure.mjs";
import { Measuring } from "./measuring.mjs";
import { RESTARTING, withChange } from "./settings.mjs";
import { lastCalm, suspect, suspectOf } from "./trouble.mjs";

/** @typedef {import("./measuring.mjs").MeterLike} MeterLike */

const SHOWN = 500; // samples that are drawn
const DENSE = 2000; // of which the density is computed, if it is drawn
const BUSY_AFTER = 250; // ms

/**
 * @typedef {object} SessionEvents
 * @property {(frame: EngineFrame, stage: StageFrame, follows: boolean) => void} onFrame
 * @property {(measures: Measures) => void} onMeasures
 * @property {(isBusy: boolean) => void} onBusy an action takes longer than one would not notice
 * @property {() => void} onState settings, points or whether it runs have changed
 * @property {(suspect: Suspect, back: number) => void} onBroken a number is not finite; `back` was before it
 * @property {(error: unknown) => void} onError
 */

export class Session {
  isPlaying = false;
  /** Were settings changed since the training began? Then a link alone does not repeat it. */
  isChanged = false;
  iteration = 0;
  history = new History();
  /** @type {EngineFrame | null} */
  frame = null;
  engine;
  #events;
  #extent;
  /** @type {Omit<WarpFrame, "output"> | null} */
  #grid = null;
  /** @type {Float32Array} */
  #latents = new Float32Array();
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
    this.measuring = new Measuring(meter, extent);
    this.#events = events;
    this.#extent = extent;
    this.state = state;
    engine.onframe = (frame) => this.#take(frame);
    engine.onhistory = (rows) => this.history.extend(rows);
    engine.ondiverged = ({ setting, back }) => {
      this.#stop();
      events.onState();
      events.onBroken(setting ? suspectOf(setting, this.settings) : suspect(this.settings), this.#calmBefore(back));
    };
    engine.onerror = (error) => {
      this.isPlaying = false;
      events.onError(error);
    };
  }

  get settings() {
    return this.state.settings;
  }

  /** Points of the data that measurements use, and the stage. */
  get real() {
    return this.measuring.real;
  }

  /** Begin anew from the seed, without playing. */
  restart() {
    return this.#enqueue(async () => {
      this.#stop();
      await this.#open();
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
      try {
        if (restarts) await this.#open();
        else await this.engine.change(this.settings, this.state.points);
      } catch (error) {
        if (!restarts) this.state.settings = before; // the training goes on with them
        throw error;
      }
      if (!restarts) this.isChanged ||= this.iteration > 0;
      if (restarts && wasPlaying) this.play();
      this.#watch();
    });
  }

  play() {
    this.isPlaying = true;
    this.engine.play(this.state.speed);
    this.#events.onState();
  }

  pause() {
    this.#stop();
    this.measuring.isWanted = true;
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
      await this.#open();
      await this.engine.importState(bytes);
      this.isChanged = true;
    });
  }

  close() {
    this.#stop();
    this.engine.close();
  }

  /** Begin anew; the data's points are shown at once, whatever the engine takes to come. */
  async #open() {
    const opening = this.engine.open(this.settings, this.state.points);
    this.frame = null;
    this.iteration = 0;
    this.history.clear();
    this.measuring.begin(this.engine.realPoints(2 * MEASURED));
    this.#events.onState();
    await opening;
    this.#began();
  }

  #began() {
    this.isChanged = false;
    this.history.clear(); // rows of the training before may have come meanwhile
    const { noiseDim, noiseKind } = this.settings;
    this.#grid = noiseGrid(noiseDim, noiseKind);
    this.#latents = this.engine.latents(MEASURED);
    this.measuring.isWanted = true;
    this.#watch();
    this.#events.onState();
  }

  /** @param {number} last iteration with numbers; those that are merely finite may be lost already */
  #calmBefore(last) {
    return Math.max(this.span()[0], lastCalm(this.history.columns, last));
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
      await move();
      this.history.dropAfter(this.iteration);
      this.measuring.isWanted = true;
      this.#watch();
      this.#events.onState();
    });
  }

  /** Ask the engine for what the layers show, and for more samples where something is measured. */
  #watch() {
    const { layers, settings } = this.state;
    const { noiseDim } = settings;
    const shown = this.#latents.subarray(0, SHOWN * noiseDim);
    const grid = this.#showsGrid ? (this.#grid?.noise ?? new Float32Array()) : new Float32Array();
    const many = this.measuring.isWanted ? MEASURED : layers.includes("density") ? DENSE : SHOWN;
    const parts = [shown, grid, this.#latents.subarray(SHOWN * noiseDim, many * noiseDim)];
    this.engine.watch({
      latents: joined(parts),
      surface: layers.includes("surface") ? SURFACE : 0,
      arrows: layers.includes("arrows") ? ARROWS : 0,
    });
  }

  get #showsGrid() {
    return this.state.layers.includes("warp") && this.#grid !== null;
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
    if (iteration < this.history.newest) return; // its row is here, or it is the state before any update
    this.history.add(iteration, { d_loss: dLoss, g_loss: gLoss, penalty, grad_d: gradNormD, grad_g: gradNormG });
  }

  /** @param {StageFrame} stage */
  async #measure(stage) {
    const { measuring } = this;
    if (this.isPlaying && !measuring.isWanted && measuring.isDue) {
      measuring.isWanted = true;
      this.#watch();
    }
    if (stage.densitySamples?.length !== 2 * (MEASURED - SHOWN) || !measuring.isReady(this.isPlaying)) return;
    const measuringNow = measuring.measure(stage, this.engine.modes());
    this.#watch();
    const measures = await measuringNow;
    if (!measures) return;
    const { kl, js, wasserstein, reached, fair, highQuality } = measures;
    this.history.annotate(stage.iteration, { kl, js, wasserstein, reached, fair, high_quality: highQuality });
    this.#events.onMeasures(measures);
  }

  /**
   * Do something after all that was begun before it.
   * @param {() => Promise<void>} action
   */
  #enqueue(action) {
    const timer = setTimeout(() => this.#events.onBusy(true), BUSY_AFTER);
    this.#work = this.#work
      .then(action)
      .catch((error) => {
        this.isPlaying = false;
        this.#events.onState();
        this.#events.onError(error);
      })
      .finally(() => {
        clearTimeout(timer);
        this.#events.onBusy(false);
      });
    return this.#work;
  }
}
