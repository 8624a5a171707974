// @ts-check
// The game of real against generated: what each of its ten rounds asks, how hard it is, and the score. A seed and the
// answers decide everything, so that the same link is the same game.

/** @import { LatentState, Rng, Space } from "../types.js" */
import { randomState, rng } from "../latent.mjs";

/** What is to be found: the only generated picture, or the only real one. @typedef {"fake" | "real"} Wanted */

/**
 * What a round asks. `odd` is the index of the right answer; `reals` are indices of training images and `fakes` states,
 * both in the order of their pictures.
 * @typedef {{ size: number, wanted: Wanted, odd: number, reals: number[], fakes: LatentState[] }} Question
 */

/**
 * Whether the person and D (null without D) were right, at a checkpoint.
 * @typedef {{ right: boolean, d: boolean | null, step: number }} Answer
 */

/**
 * Right answers of the person and of D, rounds in which D answered, and right answers in a row: up to now, and at best.
 * @typedef {{ right: number, d: number, judged: number, streak: number, best: number }} Score
 */

/**
 * How many pictures each round shows, and which is wanted.
 * @type {readonly (readonly [size: number, wanted: Wanted])[]}
 */
const KINDS = [
  [2, "fake"],
  [2, "fake"],
  [6, "fake"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
];
export const ROUNDS = KINDS.length;
// Shares of the training: where the first round is, and how far a right answer leads on and a wrong one back.
const [START, ADVANCE, RETREAT] = [0.1, 0.15, 0.1];
const SEED_STRIDE = 0x9e3779b1; // between the seeds of rounds, 2³² divided by the golden ratio

export class Game {
  /** @type {Answer[]} */
  answers = [];
  #trained = START; // share of the training of the checkpoint to come

  /**
   * @param {number} seed
   * @param {readonly number[]} steps of the checkpoints, ascending
   */
  constructor(seed, steps) {
    this.seed = seed;
    this.steps = steps;
  }

  /** Index of the round to come. */
  get round() {
    return this.answers.length;
  }

  get isOver() {
    return this.round >= ROUNDS;
  }

  /** The step of the checkpoint of the round to come: later after right answers, earlier after wrong ones. */
  get step() {
    return this.steps[Math.round(this.#trained * (this.steps.length - 1))];
  }

  /**
   * Return what the round to come asks, with `count` training images to choose from.
   * @param {Pick<Space, "z_dim" | "labels">} space
   * @param {number} count
   * @returns {Question}
   */
  question(space, count) {
    const [size, wanted] = KINDS[this.round];
    const random = rng((this.seed + Math.imul(this.round + 1, SEED_STRIDE)) >>> 0);
    const reals = sampleIndices(count, wanted === "fake" ? size - 1 : 1, random);
    const fakes = Array.from({ length: size - reals.length }, () => randomState(space, random.integer(2 ** 32)));
    return { size, wanted, odd: random.integer(size), reals, fakes };
  }

  /**
   * @param {boolean} right
   * @param {boolean | null} d
   */
  answer(right, d) {
    this.answers.push({ right, d, step: this.step });
    this.#trained = Math.min(1, Math.max(0, this.#trained + (right ? ADVANCE : -RETREAT)));
  }

  /** @returns {Score} */
  get score() {
    let [streak, best] = [0, 0];
    for (const { right } of this.answers) {
      streak = right ? streak + 1 : 0;
      best = Math.max(best, streak);
    }
    return {
      right: this.answers.filter(({ right }) => right).length,
      d: this.answers.filter(({ d }) => d).length,
      judged: this.answers.filter(({ d }) => d !== null).length,
      streak,
      best,
    };
  }

  /** How many rounds one gets right on average by guessing. */
  static get expectedByGuessing() {
    return KINDS.reduce((sum, [size]) => sum + 1 / size, 0);
  }
}

/**
 * Return `length` different indices below `count`; where there are fewer, all of them again and again.
 * @param {number} count
 * @param {number} length
 * @param {Rng} random
 */
function sampleIndices(count, length, random) {
  const all = Array.from({ length: count }, (_, k) => k);
  for (let k = 0; k < Math.min(length, count); k++) {
    const other = k + random.integer(count - k);
    [all[k], all[other]] = [all[other], all[k]];
  }
  return Array.from({ length }, (_, k) => all[k % count]);
}

/**
 * Return the index that D answers: the least real picture is the fake, the most real one the real.
 * @param {ArrayLike<number>} logits
 * @param {Wanted} wanted
 */
export function choiceOfD(logits, wanted) {
  const sign = wanted === "fake" ? -1 : 1;
  const scores = Array.from(logits, (logit) => sign * logit);
  return scores.indexOf(Math.max(...scores));
}
