// @ts-check
/**
 * From the engine's frame to what the stage draws, and which noise the engine is asked for.
 * @import { EngineFrame, LabSettings, LabState, StageFrame, WarpFrame, WatchRequest } from "./types.js"
 */

export const SHOWN = 500; // samples that are drawn
const DENSE = 2000; // of which the density is computed, if it is drawn
export const SURFACE = 50; // nodes a side of D's surface
export const ARROWS = 15;
export const WARP = 21;
export const LINE_NODES = 200; // of noise with one dimension
const UNIFORM_EXTENT = 1; // uniform noise lies within [-1, 1]
const GAUSSIAN_EXTENT = 2.4; // standard deviations that the grid of Gaussian noise spans

/**
 * Return D's logits as shares from 0, surely generated, to 1, surely real, as gan/losses.py does: of losses in which
 * only differences of logits count, relative to the middle between the mean logits of real and fake samples.
 * @param {string} loss
 * @param {Float32Array} logits
 * @param {number} dReal mean logit of real samples
 * @param {number} dFake mean logit of fake samples
 */
export function realShares(loss, logits, dReal, dFake) {
  if (loss === "least_squares") return logits.map((value) => Math.min(1, Math.max(0, value)));
  const isRelative = loss === "relativistic" || loss === "wasserstein";
  const middle = isRelative && Number.isFinite(dReal + dFake) ? (dReal + dFake) / 2 : 0; // NaN before the first step
  return logits.map((value) => 1 / (1 + Math.exp(middle - value)));
}

/**
 * Return the nodes of a grid over the noise and the share of the noise in each cell. Null of noise that no plane shows.
 * @param {number} dim
 * @param {string} kind
 * @returns {Omit<WarpFrame, "output"> | null}
 */
export function noiseGrid(dim, kind) {
  const extent = kind === "uniform" ? UNIFORM_EXTENT : GAUSSIAN_EXTENT;
  if (dim === 1) return { dim, n: LINE_NODES, noise: evenly(LINE_NODES, extent), masses: new Float32Array() };
  if (dim !== 2) return null;
  const side = evenly(WARP, extent);
  const noise = Float32Array.from({ length: 2 * WARP * WARP }, (_, k) => {
    const node = Math.floor(k / 2);
    return side[k % 2 ? Math.floor(node / WARP) : node % WARP];
  });
  const slices = Array.from({ length: WARP - 1 }, (_, k) => mass(kind, side[k], side[k + 1]));
  const masses = Float32Array.from({ length: (WARP - 1) ** 2 }, (_, cell) => {
    return slices[cell % (WARP - 1)] * slices[Math.floor(cell / (WARP - 1))];
  });
  return { dim, n: WARP, noise, masses };
}

/**
 * @param {number} count
 * @param {number} extent
 */
function evenly(count, extent) {
  return Float32Array.from({ length: count }, (_, k) => extent * ((2 * k) / (count - 1) - 1));
}

/**
 * Return the share of one dimension of the noise between two values.
 * @param {string} kind
 * @param {number} from
 * @param {number} to
 */
function mass(kind, from, to) {
  return kind === "uniform" ? (to - from) / (2 * UNIFORM_EXTENT) : cumulative(to) - cumulative(from);
}

/**
 * Return the standard normal distribution function, within 1e-7 (Abramowitz and Stegun 26.2.17).
 * @param {number} x
 */
export function cumulative(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153].reduce((sum, c) => t * (c + sum), 0);
  const below = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
  return x < 0 ? below : 1 - below;
}

/**
 * Return the noise of the lab's views: that of the samples, then the grid's nodes, then more for measuring.
 * @param {Float32Array[]} parts each (N, dimension)
 */
export function joined(parts) {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/**
 * Return what the engine is asked to compute for each frame: what the layers show, and more samples to measure.
 * @param {Pick<LabState, "layers" | "settings">} state
 * @param {Float32Array} latents
 * @param {Omit<WarpFrame, "output"> | null} grid that is drawn
 * @param {number} measured samples that a measurement needs; 0 for none
 * @returns {WatchRequest}
 */
export function watchRequest({ layers, settings }, latents, grid, measured) {
  const many = measured || (layers.includes("density") ? DENSE : SHOWN);
  /** @type {(from: number, to: number) => Float32Array} */
  const part = (from, to) => latents.subarray(from * settings.noiseDim, to * settings.noiseDim);
  return {
    latents: joined([part(0, SHOWN), grid?.noise ?? new Float32Array(), part(SHOWN, many)]),
    surface: layers.includes("surface") ? SURFACE : 0,
    arrows: layers.includes("arrows") ? ARROWS : 0,
  };
}

/**
 * Return the nodes (n · n, 2) of a grid over [-extent, extent]², rows from below.
 * @param {number} n
 * @param {number} extent
 */
export function planeGrid(n, extent) {
  const side = evenly(n, extent);
  return Float32Array.from({ length: 2 * n * n }, (_, k) => {
    const node = Math.floor(k / 2);
    return side[k % 2 ? Math.floor(node / n) : node % n];
  });
}

/**
 * Return D's mean logits of real and generated points: those of the last step or, before any, those over the plane.
 * @param {EngineFrame} frame
 * @param {Float32Array} real
 * @param {Float32Array} fake
 * @param {number} extent
 * @returns {[real: number, fake: number]}
 */
function meanLogits({ dReal, dFake, logits }, real, fake, extent) {
  if (!logits || Number.isFinite(dReal + dFake)) return [dReal, dFake];
  return [meanOver(logits, real, extent), meanOver(logits, fake, extent)];
}

/**
 * Return the mean of values over the plane at some points, each from its nearest node.
 * @param {Float32Array} values (n · n), rows from below
 * @param {Float32Array} points (N, 2)
 * @param {number} extent
 */
function meanOver(values, points, extent) {
  const n = Math.round(Math.sqrt(values.length));
  /** @param {number} x */
  const node = (x) => Math.min(n - 1, Math.max(0, Math.round(((x / extent + 1) / 2) * (n - 1))));
  let sum = 0;
  for (let k = 0; k < points.length; k += 2) sum += values[node(points[k + 1]) * n + node(points[k])];
  return (2 * sum) / points.length;
}

/**
 * @typedef {object} StageViews
 * @property {number} shown how many samples are drawn; they come first
 * @property {Omit<WarpFrame, "output"> | null} grid
 * @property {number} extent of the plane
 * @property {Float32Array} real points of the data
 */

/**
 * Return what the stage draws of an engine's frame.
 * @param {EngineFrame} frame
 * @param {LabSettings} settings
 * @param {StageViews} views
 * @returns {StageFrame}
 */
export function stageFrame(frame, settings, { shown, grid, extent, real }) {
  const { samples, logits, slopes } = frame;
  const nodes = grid ? (grid.dim === 1 ? grid.n : grid.n * grid.n) : 0;
  const output = samples.subarray(2 * shown, 2 * (shown + nodes));
  const more = samples.subarray(2 * (shown + nodes));
  return {
    iteration: frame.iteration,
    samples: samples.subarray(0, 2 * shown),
    densitySamples: more.length ? more : undefined,
    surface: logits && {
      values: realShares(settings.loss, logits, ...meanLogits(frame, real, samples.subarray(0, 2 * shown), extent)),
      n: Math.round(Math.sqrt(logits.length)),
    },
    warp: grid && output.length === 2 * nodes ? { ...grid, noise: shownNoise(grid), output } : null,
    arrows: slopes && { points: planeGrid(Math.round(Math.sqrt(slopes.length / 2)), extent), gradients: slopes },
  };
}

/**
 * Return where the nodes of the noise are drawn in the plane: a line of noise lies on the x axis.
 * @param {Omit<WarpFrame, "output">} grid
 */
export function shownNoise({ dim, noise }) {
  return dim === 1 ? Float32Array.from({ length: 2 * noise.length }, (_, k) => (k % 2 ? 0 : noise[k / 2])) : noise;
}
