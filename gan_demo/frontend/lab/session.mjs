// @ts-check
/**
 * A training in the lab: settings, what the engine is asked to compute for the page, and what came of it.
 * @import { Engine, EngineFrame, LabSettings, LabState, Measures, StageFrame, WarpFrame } from "./types.js"
 * @import { LogColumns } from "../trainer/types.js"
 * @import { Suspect } from "./trouble.mjs"
 */
import { noiseGrid, SHOWN, stageFrame, watchRequest } from "./frames.mjs";
import { History } from "./history.mjs";
import { MEASURED } from "./measure/measure.mjs";
import { Measuring } from "./measuring.mjs";
import { RESTARTING, withChange } from "./settings.mjs";
import { lastCalm, suspect, suspectOf } from "./trouble.mjs";

/** @typedef {import("./measuring.mjs").MeterLike} MeterLike */

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
  /** Did it go on from a file's state? */
  isRestored = false;
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

  /**
   * Go on from the state of a training.
   * @param {Uint8Array} file that the engine can open with the current settings
   * @param {LogColumns} [rows] of its curves
   */
  goOn(file, rows = {}) {
    return this.#enqueue(async () => {
      this.#stop();
      await this.#open(file, rows);
    });
  }

  /** Return the file of the training, or null where there is nothing to go on with. */
  async saved() {
    if (!this.iteration) return null;
    return this.engine.exportState().catch(() => null);
  }

  close() {
    this.#stop();
    this.engine.close();
  }

  /**
   * Begin anew, or from a state; the data's points are shown at once, whatever the engine takes to come.
   * @param {Uint8Array | null} [file]
   * @param {LogColumns} [rows]
   */
  async #open(file = null, rows = {}) {
    const opening = this.engine.open(this.settings, this.state.points, file);
    this.frame = null;
    this.iteration = 0;
    this.history.clear();
    this.measuring.begin(this.engine.realPoints(2 * MEASURED));
    this.#events.onState();
    await opening;
    this.isRestored = file !== null;
    this.isChanged = this.isRestored;
    this.history.clear(); // rows of the training before may have come meanwhile
    this.history.load(rows);
    this.#began();
  }

  #began() {
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
    const grid = this.#showsGrid ? this.#grid : null;
    this.engine.watch(watchRequest(this.state, this.#latents, grid, this.measuring.isWanted ? MEASURED : 0));
  }

  get #showsGrid() {
    return this.state.layers.includes("warp") && this.#grid !== null;
  }

  /** @param {EngineFrame} frame */
  #take(frame) {
    const follows = this.frame !== null && frame.iteration >= this.frame.iteration;
    this.frame = frame;
    this.iteration = frame.iteration;
    this.history.addFrame(frame);
    const views = { shown: SHOWN, grid: this.#showsGrid ? this.#grid : null, extent: this.#extent, real: this.real };
    const stage = stageFrame(frame, this.settings, views);
    this.#measure(stage);
    this.#events.onFrame(frame, stage, follows);
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
