// @ts-check
/** A picture file as points by its darkness. */
import { darkness, samplePicture } from "./picture_points.mjs";

const SIDE = 96; // pixels of the longer side that are looked at
const POINTS = 4000;

/**
 * Return points (N, 2) of a picture file; null if it is no picture, or has nothing dark.
 * @param {Blob} file
 * @param {{ uniform: () => number }} random
 */
export async function pictureFilePoints(file, random) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = SIDE / Math.max(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return samplePicture(withoutGround(darkness(data)), canvas.width, POINTS, random);
}

/**
 * Return the weights without what is as light as most of the picture, so that a grey sheet of paper is no data.
 * @param {Float32Array} weights
 */
function withoutGround(weights) {
  const sorted = weights.slice().sort();
  const ground = sorted[Math.floor(sorted.length / 4)];
  return weights.map((weight) => Math.max(0, weight - ground - 0.05));
}
