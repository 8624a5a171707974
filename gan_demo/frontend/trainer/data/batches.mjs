// @ts-check
/**
 * Batches: rows of the data drawn with replacement, latents, and positions for WGAN-GP, all from one random generator.
 * @import { Random } from "../random.mjs"
 * @import { TrainerSettings, TrainingData } from "../types.js"
 */

/** @typedef {{ x: Float32Array, z: Float32Array, y?: Float32Array, positions: Float32Array }} Batch */

/**
 * Draw the inputs of one update.
 * @param {TrainingData} data
 * @param {TrainerSettings} settings
 * @param {Random} random
 * @returns {Batch}
 */
export function drawBatch(data, settings, random) {
  const { batch, noiseDim, gp } = settings;
  const { values, size, labels, labelWidth } = data;
  const isLabelled = settings.conditional && labels !== null;
  const x = new Float32Array(batch * size);
  const y = isLabelled ? new Float32Array(batch * labelWidth) : undefined;
  const count = values.length / size;
  for (let row = 0; row < batch; row++) {
    const chosen = random.integer(count);
    copySample(x, row * size, values, chosen * size, size);
    if (y && labels) y.set(labels.subarray(chosen * labelWidth, (chosen + 1) * labelWidth), row * labelWidth);
  }
  const z = drawLatents(settings.noiseKind, new Float32Array(batch * noiseDim), random);
  const positions = new Float32Array(gp > 0 ? batch : 0);
  return { x, z, y, positions: random.fillUniform(positions, 0, 1) };
}

/**
 * Fill with latents: N(0, 1), or uniform in [-1, 1).
 * @param {string} kind
 * @param {Float32Array} values
 * @param {Random} random
 */
export function drawLatents(kind, values, random) {
  return kind === "uniform" ? random.fillUniform(values, -1, 1) : random.fillNormal(values);
}

/**
 * Return the first samples of the data as floats, filled up from the beginning where there are fewer.
 * @param {TrainingData} data
 * @param {number} count
 */
export function firstSamples({ values, size }, count) {
  const samples = new Float32Array(count * size);
  for (let row = 0; row < count; row++) copySample(samples, row * size, values, (row * size) % values.length, size);
  return samples;
}

/**
 * Copy a sample; bytes from 0 to 255 become -1 to 1.
 * @param {Float32Array} to
 * @param {number} start
 * @param {Float32Array | Uint8Array} from
 * @param {number} first
 * @param {number} size
 */
function copySample(to, start, from, first, size) {
  if (from instanceof Float32Array) return to.set(from.subarray(first, first + size), start);
  for (let k = 0; k < size; k++) to[start + k] = (from[first + k] - 127.5) / 127.5;
}
