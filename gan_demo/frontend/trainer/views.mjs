// @ts-check
/**
 * What a page shows of a training's networks: samples, D's logits and the slopes of G's loss over the plane,
 * activations.
 * @import { Graphs } from "./bundle.mjs"
 * @import { Training } from "./training.mjs"
 * @import { NetworkName, Units, WatchRequest } from "./types.js"
 */
import { firstSamples } from "./data/batches.mjs";

const PLANE_EXTENT = 2;
const GAUSSIAN_EXTENT = 2.4; // standard deviations of noise that activations are shown for
const UNIT_NODES = 32; // nodes a side of activations

/**
 * Return the nodes (n · n, 2) of a grid over [-extent, extent]², rows from below.
 * @param {number} n
 * @param {number} extent
 */
export function planeGrid(n, extent) {
  const nodes = new Float32Array(2 * n * n);
  for (let k = 0; k < n * n; k++) {
    nodes[2 * k] = extent * ((2 * (k % n)) / (n - 1) - 1);
    nodes[2 * k + 1] = extent * ((2 * Math.floor(k / n)) / (n - 1) - 1);
  }
  return nodes;
}

/**
 * Return what is watched.
 * @param {Training} training
 * @param {WatchRequest | null} request
 */
export async function watched(training, request) {
  if (!request) return { samples: new Float32Array(), logits: null, slopes: null };
  const { latents, labels, surface, arrows, extent = PLANE_EXTENT, average = true } = request;
  const { state } = training;
  return {
    samples: await samples(training, state.g, latents, labels, average),
    logits: surface ? await logits(training, state.d, planeGrid(surface, extent)) : null,
    slopes: arrows ? await slopes(training, state.d, planeGrid(arrows, extent)) : null,
  };
}

/**
 * Return G's output for latents (N, Z).
 * @param {Training} training
 * @param {Float32Array} g vector of G
 * @param {Float32Array} z
 * @param {Float32Array} [y] labels (N, K)
 * @param {boolean} [average] from the moving average of the weights?
 */
export async function samples(training, g, z, y, average = false) {
  const { layout, graphs, settings } = training;
  const weights = g.subarray(...(average ? layout.g.parts.average : layout.g.parts.weights));
  const rows = z.length / settings.noiseDim;
  return inPieces(graphs, "samples", rows, { z, ...(y && { y }) }, { weights });
}

/**
 * Return D's logits (N) at points (N, 2).
 * @param {Training} training
 * @param {Float32Array} d vector of D
 * @param {Float32Array} x
 */
export async function logits(training, d, x) {
  const weights = d.subarray(...training.layout.d.parts.weights);
  return inPieces(training.graphs, "logits", x.length / 2, { x }, { weights });
}

/**
 * Return the slopes (N, 2) of G's loss at points (N, 2), as if each were one of as many samples.
 * @param {Training} training
 * @param {Float32Array} d vector of D
 * @param {Float32Array} x
 * @param {Float32Array} [real] samples (N, 2) that the relativistic loss compares with; if missing, the data's first
 */
export async function slopes(training, d, x, real = firstSamples(training.data, x.length / 2)) {
  const weights = d.subarray(...training.layout.d.parts.weights);
  return inPieces(training.graphs, "slopes", x.length / 2, { x, real }, { weights });
}

/**
 * Run a view's graph on any number of rows: it takes a fixed number at once, of which the last are filled up.
 * @param {Graphs} graphs
 * @param {string} name
 * @param {number} count rows in all
 * @param {Record<string, Float32Array>} byRow inputs with a row for each
 * @param {Record<string, Float32Array>} others
 */
async function inPieces(graphs, name, count, byRow, others) {
  if (!count) return new Float32Array();
  const rows = await graphs.rows(name);
  /** @type {Float32Array | null} */
  let whole = null;
  for (let start = 0; start < count; start += rows) {
    const size = Math.min(rows, count - start);
    /** @type {Record<string, Float32Array>} */
    const inputs = { ...others };
    for (const [input, values] of Object.entries(byRow)) {
      const width = values.length / count;
      inputs[input] = new Float32Array(rows * width);
      inputs[input].set(values.subarray(start * width, (start + size) * width));
    }
    const [{ data }] = Object.values(await graphs.run(name, inputs));
    const width = data.length / rows;
    whole ??= new Float32Array(count * width);
    whole.set(data.subarray(0, size * width), start * width);
  }
  return whole ?? new Float32Array();
}

/**
 * Return the activations of a network's layers over a grid, with the layers' weights.
 * @param {Training} training
 * @param {NetworkName} network
 * @returns {Promise<Units>}
 */
export async function units(training, network) {
  const { graphs, layout, settings, state } = training;
  const counts = graphs.header.units?.[network];
  if (!counts) throw new Error("activations are of networks for points");
  const isLine = network === "g" && settings.noiseDim === 1;
  const n = isLine ? UNIT_NODES ** 2 : UNIT_NODES;
  const weights = state[network].subarray(...layout[network].parts.weights);
  /** @type {Record<string, Float32Array>} */
  const inputs = network === "g" ? { z: noiseGrid(settings, isLine) } : { x: planeGrid(n, PLANE_EXTENT) };
  const values = await inPieces(graphs, `${network}_units`, UNIT_NODES ** 2, inputs, { weights });
  return { counts, values, n, weights: layerWeights(training, network) };
}

/**
 * Return noise over a grid: the first two dimensions vary, others are 0.
 * @param {{ noiseDim: number, noiseKind: string }} settings
 * @param {boolean} isLine
 */
function noiseGrid({ noiseDim, noiseKind }, isLine) {
  const extent = noiseKind === "uniform" ? 1 : GAUSSIAN_EXTENT;
  const count = UNIT_NODES ** 2;
  const z = new Float32Array(count * noiseDim);
  if (isLine) return z.map((_, k) => extent * ((2 * k) / (count - 1) - 1));
  const plane = planeGrid(UNIT_NODES, extent);
  for (let k = 0; k < count; k++) z.set(plane.subarray(2 * k, 2 * k + 2), k * noiseDim);
  return z;
}

/**
 * @param {Training} training
 * @param {NetworkName} network
 */
function layerWeights({ layout, state }, network) {
  const weights = state[network].subarray(...layout[network].parts.weights);
  const layers = layout[network].tensors.filter(({ name, shape }) => name.endsWith(".weight") && shape.length === 2);
  const ordered = [...layers.filter(({ name }) => name !== "head.weight"), ...layers.filter(isHead)];
  return ordered.map(({ offset, shape }) => weights.slice(offset, offset + shape[0] * shape[1]));
}

/** @param {{ name: string }} tensor */
function isHead({ name }) {
  return name === "head.weight";
}
