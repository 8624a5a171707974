// @ts-check
/**
 * A training whose states are kept, so that it can go back.
 * @import { Graphs } from "./bundle.mjs"
 * @import { Diverged, LogColumns, StepKind, TrainerSettings, TrainingData } from "./types.js"
 */
import { formulaData } from "./data/points.mjs";
import { diverged } from "./divergence.mjs";
import { Log } from "./log.mjs";
import { RowBuffer } from "./row_buffer.mjs";
import { Snapshots } from "./snapshots.mjs";
import { NO_REPORT, notFinite, Training } from "./training.mjs";

/** Settings that make a training come to NaN, the likeliest first. @type {(keyof TrainerSettings)[]} */
const RISKY = ["gLr", "dLr", "gp", "r1", "r2", "beta1", "beta2", "optimizer", "loss"];

export class Recording {
  rows = new RowBuffer();
  #snapshots = new Snapshots();
  /** @type {{ key: keyof TrainerSettings, iteration: number } | null} */
  #newestChange = null;

  /**
   * @param {Training} training
   * @param {LogColumns | null} [log] of its earlier steps
   */
  constructor(training, log = null) {
    this.training = training;
    this.log = new Log(log);
    this.#keep(null);
  }

  /** First and last iteration to go to. */
  get span() {
    return this.#snapshots.span;
  }

  /**
   * Make a step. If its numbers are not finite, it is not taken: return what happened.
   * @param {StepKind} kind
   * @returns {Promise<Diverged | null>}
   */
  async step(kind) {
    const { training } = this;
    const report = await training.step(kind);
    const { iteration } = training.state;
    if (notFinite(report)) {
      training.report = this.#snapshots.all.at(-1)?.report ?? NO_REPORT;
      return diverged(report, iteration + 1, this.#snapshots.all, this.#newestChange);
    }
    this.#keep(kind);
    this.rows.add(iteration, report);
    this.log.add(training.state, report);
    return null;
  }

  /**
   * Go on with other settings, and other data where it is given or the settings name another formula.
   * @param {TrainerSettings} settings
   * @param {Graphs} graphs
   * @param {TrainingData | null} data
   */
  change(settings, graphs, data) {
    const { training } = this;
    const before = training.settings;
    training.change(settings, graphs);
    if (data) training.data = data;
    else if (settings.data !== before.data) training.data = formulaData(settings.data, settings.seed);
    const key = riskiest(settings, before);
    if (key) this.#newestChange = { key, iteration: training.state.iteration };
    this.#keep(null);
  }

  /**
   * Go to an iteration as it was, settings and data included; further than `longest` steps from a state that was
   * kept to that state.
   * @param {number} iteration
   * @param {number} longest
   * @param {(settings: TrainerSettings) => Promise<Graphs>} graphsFor
   */
  async goTo(iteration, longest, graphsFor) {
    const [first, last] = this.#snapshots.span;
    const { from, kinds } = this.#snapshots.routeTo(Math.min(last, Math.max(first, iteration)));
    const training = new Training(from.settings, await graphsFor(from.settings), from.data, from.state);
    training.report = from.report;
    if (kinds.length <= longest) for (const kind of kinds) await training.step(kind);
    this.training = training;
    if ((this.#newestChange?.iteration ?? 0) > training.state.iteration) this.#newestChange = null;
  }

  /** @param {StepKind | null} kind of the step that led here; null of a beginning or a change */
  #keep(kind) {
    const { state, report, settings, data } = this.training;
    this.#snapshots.add({ state, report, settings, data }, kind);
  }
}

/**
 * Return the changed setting that is the likeliest to go wrong, or undefined if none has changed.
 * @param {TrainerSettings} settings
 * @param {TrainerSettings} before
 */
function riskiest(settings, before) {
  const names = /** @type {(keyof TrainerSettings)[]} */ (Object.keys(settings));
  return [...RISKY, ...names].find((name) => settings[name] !== before[name]);
}
