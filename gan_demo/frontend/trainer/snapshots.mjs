// @ts-check
/**
 * States of a training to go back to, within a number of bytes: all of the newest iterations, evenly thinned before.
 * @import { Report, State, StepKind, TrainerSettings, TrainingData } from "./types.js"
 */

const RECENT = 64; // newest iterations of which every state is kept

/**
 * @typedef {object} Snapshot
 * @property {State} state
 * @property {Report} report of the step that led to it
 * @property {TrainerSettings} settings with which the training goes on from it
 * @property {TrainingData} data
 */

/**
 * @typedef {object} Route from a snapshot to an iteration
 * @property {Snapshot} from
 * @property {StepKind[]} kinds of the steps in between
 */

export class Snapshots {
  #budget;
  #stride = 1;
  #bytes = 0;
  /** @type {(Snapshot & { isPinned: boolean })[]} ascending by iteration */
  #all = [];
  /** @type {Map<number, StepKind>} kinds of steps that were not "both", by the iteration they led to */
  #kinds = new Map();

  /** @param {number} [budget] in bytes */
  constructor(budget = 96e6) {
    this.#budget = budget;
  }

  /** @returns {readonly Snapshot[]} */
  get all() {
    return this.#all;
  }

  /** First and last iteration. @returns {[number, number]} */
  get span() {
    return [this.#all[0]?.state.iteration ?? 0, this.#all.at(-1)?.state.iteration ?? 0];
  }

  /**
   * Add the state after a step, in place of those of its iteration and of later ones.
   * @param {Snapshot} snapshot
   * @param {StepKind | null} kind of the step; null where settings changed: that state stays as long as any
   */
  add(snapshot, kind) {
    const { iteration } = snapshot.state;
    const before = kind ?? this.#kinds.get(iteration) ?? "both";
    this.#dropFrom(iteration);
    if (before !== "both") this.#kinds.set(iteration, before);
    this.#all.push({ ...snapshot, isPinned: kind === null });
    this.#bytes += bytesOf(snapshot);
    this.#thinOne();
    while (this.#bytes > this.#budget && this.#all.length > 2) this.#thin();
  }

  /**
   * Return the way to an iteration, not before the first, from the newest snapshot at or before it.
   * @param {number} iteration
   * @returns {Route}
   */
  routeTo(iteration) {
    let index = this.#all.length - 1;
    while (index > 0 && this.#all[index].state.iteration > iteration) index--;
    const from = this.#all[index];
    const length = iteration - from.state.iteration;
    const kinds = Array.from({ length }, (_, k) => this.#kinds.get(from.state.iteration + k + 1) ?? "both");
    return { from, kinds };
  }

  /**
   * Drop the states of an iteration and of all after it.
   * @param {number} iteration
   */
  #dropFrom(iteration) {
    while (this.#all.length && this.#all[this.#all.length - 1].state.iteration >= iteration) {
      const dropped = this.#all.pop();
      if (dropped) this.#bytes -= bytesOf(dropped);
    }
    for (const key of this.#kinds.keys()) if (key >= iteration) this.#kinds.delete(key);
  }

  /** The number of newest states that are kept whatever their iterations. */
  get #recent() {
    const size = this.#all.length ? bytesOf(this.#all[this.#all.length - 1]) : 1;
    return Math.max(1, Math.min(RECENT, Math.floor(this.#budget / 4 / size)));
  }

  /** Drop the state that just became too old to be kept whatever its iteration. */
  #thinOne() {
    const index = this.#all.length - 1 - this.#recent;
    if (index > 0) this.#drop(index);
  }

  /** Keep half as many of the older ones; if all of them stay, give up the second. */
  #thin() {
    const before = this.#all.length;
    this.#stride *= 2;
    for (let index = before - 1 - this.#recent; index > 0; index--) this.#drop(index);
    if (this.#all.length < before) return;
    this.#stride /= 2;
    const [second] = this.#all.splice(1, 1);
    this.#bytes -= bytesOf(second);
  }

  /** @param {number} index of what is dropped unless it is pinned or falls on the stride */
  #drop(index) {
    const snapshot = this.#all[index];
    if (snapshot.isPinned || snapshot.state.iteration % this.#stride === 0) return;
    this.#bytes -= bytesOf(snapshot);
    this.#all.splice(index, 1);
  }
}

/** @param {Snapshot} snapshot */
function bytesOf({ state }) {
  return state.g.byteLength + state.d.byteLength;
}
