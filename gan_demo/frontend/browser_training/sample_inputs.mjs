// @ts-check
/**
 * Latents and labels of the samples that are shown or measured: the same at every step.
 * @import { ImageData as Images } from "../trainer/data/images.mjs"
 * @import { TrainerSettings } from "../trainer/types.js"
 */
import { drawLatents } from "../trainer/data/batches.mjs";
import { Random } from "../trainer/random.mjs";
import { COLUMNS } from "./sample_sheet.mjs";

/**
 * @param {TrainerSettings} settings
 * @param {Images} images
 * @param {number} count
 * @param {number} stream of random numbers
 */
export function sampleInputs(settings, images, count, stream) {
  const { noiseDim, noiseKind, seed } = settings;
  const latents = drawLatents(noiseKind, new Float32Array(count * noiseDim), new Random(seed, stream));
  return { latents, labels: settings.conditional ? sampleLabels(images, count) : undefined };
}

/**
 * Return the labels of samples: each class in a column, or those of the first images.
 * @param {Images} images
 * @param {number} count
 */
function sampleLabels({ labels, labelWidth }, count) {
  if (!labels) return undefined;
  if (labelWidth !== COLUMNS) return Float32Array.from(labels.subarray(0, count * labelWidth));
  return Float32Array.from({ length: count * COLUMNS }, (_, k) => {
    return Math.floor(k / COLUMNS) % COLUMNS === k % COLUMNS ? 1 : 0;
  });
}
