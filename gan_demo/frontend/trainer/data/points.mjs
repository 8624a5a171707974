// @ts-check
/**
 * 2-D data sets, drawn by formula: clusters or curves with Gaussian noise; data/points.py has the same formulas.
 * @import { TrainingData } from "../types.js"
 */
import { Random } from "../random.mjs";

export const POINT_COUNT = 20_000;
const TURN = 2 * Math.PI;

/** @typedef {[x: number, y: number]} Point */

/** Deviation of the noise, cluster centres or points along the curve, and which of both they are. */
/** @type {Record<string, { sigma: number, isClusters: boolean, centres: () => Point[] }>} */
const SETS = {
  ring: {
    sigma: 0.05,
    isClusters: true,
    centres: () => evenly(0, 7, 8).map((k) => [1.5 * Math.cos((TURN * k) / 8), 1.5 * Math.sin((TURN * k) / 8)]),
  },
  grid: {
    sigma: 0.05,
    isClusters: true,
    centres: () => evenly(-1.5, 1.5, 5).flatMap((x) => evenly(-1.5, 1.5, 5).map((y) => /** @type {Point} */ ([x, y]))),
  },
  gaussians: {
    sigma: 0.2,
    isClusters: true,
    centres: () => [
      [-1, -0.5],
      [1, 0.5],
    ],
  },
  blobs: {
    sigma: 0.2,
    isClusters: true,
    centres: () => evenly(0, 2, 3).map((k) => [Math.sin((TURN * k) / 3), Math.cos((TURN * k) / 3)]),
  },
  line: { sigma: 0.05, isClusters: false, centres: () => evenly(-1.5, 1.5, 256).map((t) => [t, 0.6 * t]) },
  moons: {
    sigma: 0.08,
    isClusters: false,
    centres: () =>
      evenly(0, Math.PI, 256).flatMap((t) => [
        [Math.cos(t) - 0.5, Math.sin(t) - 0.25],
        [0.5 - Math.cos(t), 0.25 - Math.sin(t)],
      ]),
  },
  spiral: {
    sigma: 0.05,
    isClusters: false,
    centres: () =>
      evenly(0.1, 1, 512).map((share) => {
        const t = Math.sqrt(share);
        return [1.6 * t * Math.cos(2 * TURN * t), 1.6 * t * Math.sin(2 * TURN * t)];
      }),
  },
};

export const FORMULAS = Object.keys(SETS);

/**
 * Draw points (N, 2) of a set; the same for the same seed.
 * @param {string} name
 * @param {number} seed
 * @param {number} [count]
 */
export function formulaPoints(name, seed, count = POINT_COUNT) {
  if (!(name in SETS)) throw new Error(`no formula for the data ${name}`);
  const { sigma, centres } = SETS[name];
  const [all, random] = [centres(), new Random(seed, 1)];
  const values = random.fillNormal(new Float32Array(2 * count));
  for (let k = 0; k < count; k++) {
    const [x, y] = all[random.integer(all.length)];
    values[2 * k] = x + sigma * values[2 * k];
    values[2 * k + 1] = y + sigma * values[2 * k + 1];
  }
  return values;
}

/**
 * Return a set as data to learn from.
 * @param {string} name
 * @param {number} seed
 */
export function formulaData(name, seed) {
  return pointData(formulaPoints(name, seed));
}

/**
 * Return points (N, 2) as data to learn from.
 * @param {Float32Array} points
 * @returns {TrainingData}
 */
export function pointData(points) {
  return { values: points, size: 2, labels: null, labelWidth: 0 };
}

/**
 * Return the clusters of a set, or null if it has none.
 * @param {string} name
 */
export function clustersOf(name) {
  if (!SETS[name]?.isClusters) return null;
  return { centres: Float32Array.from(SETS[name].centres().flat()), sigma: SETS[name].sigma };
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} count
 */
function evenly(from, to, count) {
  return Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
}
