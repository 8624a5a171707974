// @ts-check
// GAN inversion: from an image to the latent state that draws it. As in iGAN (Zhu et al. 2016, "Generative Visual
// Manipulation on the Natural Image Manifold") an error between images is minimised over z, here from the nearest of
// many random states and with labels that the classifier reads; the descent is Levenberg-Marquardt's.

/**
 * @import { Draw } from "./levenberg_marquardt.mjs"
 * @import { LabelField, LatentState, Rng, Space } from "../types.js"
 */
import { latentState, oneHot, randomState } from "../latent.mjs";
import { LevenbergMarquardt, meanSquaredError } from "./levenberg_marquardt.mjs";

export const RANDOM_STATES = 256; // the nearest of which the descents start from
const MAX_STARTS = 3;
const MAX_STEPS = 25; // of a descent
const GOOD_ERROR = 0.015; // mean squared error at which no other start is tried
const SECOND_PROBABILITY = 0.1; // at which the second most probable label is tried too
const SEED_STRIDE = 0x9e3779b1; // between the seeds of random states, 2³² divided by the golden ratio

/**
 * A state on the way, with its sample. `loss` is the error plus the penalty for an improbable z.
 * @typedef {{ state: LatentState, x: Float32Array, error: number, loss: number }} Candidate
 */

/**
 * A step of the search.
 * @typedef {object} Position
 * @property {number} start number of the descent, from 1
 * @property {number} starts descents at most
 * @property {boolean} hasFixedLabels false in the last descent, which moves the labels' weights too
 * @property {number} step of the descent, 0 at its start
 * @property {Candidate} best state so far
 * @property {number} nearest error of the nearest random state
 *
 * @typedef {Candidate & Position} SearchStep
 */

/**
 * A descent, and how the numbers that it moves become a state.
 * @typedef {{ descent: LevenbergMarquardt, toState: (numbers: Float32Array | Float64Array) => LatentState }} Descent
 */

/**
 * What a search needs. `readings` are label vectors to try, the most probable first; without any, labels are random.
 * @typedef {object} SearchOptions
 * @property {Pick<Space, "z_dim" | "labels">} space
 * @property {(states: LatentState[]) => Promise<Float32Array>} sample
 * @property {Float32Array} target
 * @property {readonly Float32Array[]} readings
 * @property {number} seed
 * @property {(seed: number) => Rng} rng
 */

/**
 * Yield every step of the search. Descents with fixed labels come first; unless one of them is good enough, a last one
 * goes on from the best state with the labels' weights free as well.
 * @param {SearchOptions} options
 * @returns {AsyncGenerator<SearchStep, void>}
 */
export async function* search(options) {
  const { space, readings, seed, rng } = options;
  const ordered = await nearestFirst(options, randomStates(space, readings, seed));
  const begun = startsOf(ordered, readings);
  const random = rng(seed ^ 0x5eed);
  const starts = begun.length + Number(space.labels.length > 0);
  const nearest = ordered[0].error;
  /** @type {Candidate | null} */
  let best = null;
  for (let k = 0; k < starts; k++) {
    if (best && best.error < GOOD_ERROR) return;
    const hasFixedLabels = k < begun.length;
    const { descent, toState } = hasFixedLabels
      ? descentOfZ(options, begun[k], random)
      : descentOfAll(options, best?.state ?? begun[0], random);
    await descent.begin();
    do {
      /** @type {Candidate} */
      const current = { state: toState(descent.z), x: descent.x, error: descent.error, loss: descent.loss };
      if (!best || current.loss < best.loss) best = current;
      yield { ...current, start: k + 1, starts, hasFixedLabels, step: descent.steps, best, nearest };
    } while (descent.steps < MAX_STEPS && (await descent.step()));
  }
}

// ---- where to start

/**
 * Return random states, most of them with the first reading's labels.
 * @param {SearchOptions["space"]} space
 * @param {readonly Float32Array[]} readings
 * @param {number} seed
 */
function randomStates(space, readings, seed) {
  return Array.from({ length: RANDOM_STATES }, (_, k) => {
    const isOther = readings.length > 1 && k % 4 === 3;
    const y = isOther ? readings[1 + ((k >> 2) % (readings.length - 1))] : readings[0];
    return randomState(space, (seed + Math.imul(k, SEED_STRIDE)) >>> 0, y ?? null);
  });
}

/**
 * Return the states with the errors of their samples, the nearest first.
 * @param {SearchOptions} options
 * @param {LatentState[]} states
 */
async function nearestFirst({ sample, target }, states) {
  const x = await sample(states);
  return states
    .map((each, k) => ({ state: each, error: meanSquaredError(x, target, k) }))
    .sort((a, b) => a.error - b.error);
}

/**
 * Return the nearest states, and at least one of every reading.
 * @param {readonly { state: LatentState }[]} ordered
 * @param {readonly Float32Array[]} readings
 */
function startsOf(ordered, readings) {
  const states = ordered.map(({ state }) => state);
  const others = readings.slice(1).flatMap((y) => states.find((each) => isEqual(each.y, y)) ?? []);
  const first = states.filter((each) => !others.includes(each)).slice(0, Math.max(1, MAX_STARTS - others.length));
  return [...first, ...others].slice(0, MAX_STARTS);
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function isEqual(a, b) {
  return a.every((value, k) => value === b[k]);
}

/**
 * Return what a classifier reads as label vectors: the most probable value of each field; of a single field also the
 * second, if it is probable enough.
 * @param {readonly Float32Array[]} probabilities of each field
 * @param {Pick<Space, "labels">} space
 */
export function readingsOf(probabilities, space) {
  const ranked = probabilities.map((p) => [...p.keys()].sort((a, b) => p[b] - p[a]));
  /** @param {readonly number[]} values of each field */
  const labels = (values) =>
    Float32Array.from(space.labels.flatMap((field, k) => [...oneHot(field.values.length, values[k])]));
  const readings = [labels(ranked.map(([first]) => first))];
  const [, second] = ranked[0];
  if (ranked.length === 1 && probabilities[0][second] > SECOND_PROBABILITY) readings.push(labels([second]));
  return readings;
}

// ---- descents

/**
 * Return a descent of z from a state, whose labels stay.
 * @param {SearchOptions} options
 * @param {LatentState} from
 * @param {Rng} random
 * @returns {Descent}
 */
function descentOfZ({ sample, target }, from, random) {
  /** @type {Descent["toState"]} */
  const toState = (numbers) => latentState(numbers, from.y);
  return { descent: new LevenbergMarquardt(drawing(sample, toState), target, from.z, { random }), toState };
}

/**
 * Return a descent of z and the labels' weights from a state.
 * @param {SearchOptions} options
 * @param {LatentState} from
 * @param {Rng} random
 * @returns {Descent}
 */
function descentOfAll({ space, sample, target }, from, random) {
  /** @type {Descent["toState"]} */
  const toState = (numbers) => latentState(numbers.subarray(0, space.z_dim), numbers.subarray(space.z_dim));
  const descent = new LevenbergMarquardt(drawing(sample, toState), target, [...from.z, ...from.y], {
    random,
    normal: space.z_dim,
    constrain: (numbers) => projectToShares(numbers.subarray(space.z_dim), space.labels),
  });
  return { descent, toState };
}

/**
 * Return how a descent draws the samples of rows of numbers, each a state.
 * @param {SearchOptions["sample"]} sample
 * @param {Descent["toState"]} toState
 * @returns {Draw}
 */
function drawing(sample, toState) {
  return (rows, n) => {
    const size = rows.length / n;
    return sample(Array.from({ length: n }, (_, k) => toState(rows.subarray(k * size, (k + 1) * size))));
  };
}

/**
 * Move each field's weights to the nearest shares, none below 0 and 1 in sum, in place (Duchi et al. 2008).
 * @param {Float64Array} y
 * @param {readonly Pick<LabelField, "values">[]} fields
 */
export function projectToShares(y, fields) {
  let start = 0;
  for (const { values } of fields) {
    const weights = y.subarray(start, start + values.length);
    start += values.length;
    let [sum, excess] = [0, 0];
    [...weights]
      .sort((a, b) => b - a)
      .forEach((weight, k) => {
        sum += weight;
        if (weight > (sum - 1) / (k + 1)) excess = (sum - 1) / (k + 1);
      });
    weights.forEach((weight, k) => {
      weights[k] = Math.max(0, weight - excess);
    });
  }
}
