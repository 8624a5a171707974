// @ts-check
/**
 * Embedded image sets, as lab/image_data.py packs them.
 * @import { TrainingData } from "../types.js"
 */
import { fetchPacked } from "../../shared/packed_files.mjs";

/** @typedef {TrainingData & { shape: number[] }} ImageData */

/**
 * @param {string} address
 * @param {(share: number) => void} [onProgress] called with the share (0 to 1) that has come
 * @param {number} [bytes] of the file, unpacked
 * @returns {Promise<ImageData>}
 */
export async function fetchImages(address, onProgress = () => {}, bytes = 0) {
  return unpackImages(await fetchPacked(address, onProgress, bytes));
}

/**
 * @param {ArrayBuffer} file
 * @returns {ImageData}
 */
export function unpackImages(file) {
  const length = new DataView(file).getUint32(0, true);
  /** @type {{ count: number, shape: number[], labels: number[] }} */
  const { count, shape, labels: widths } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
  const size = shape.reduce((product, side) => product * side, 1);
  const values = planes(new Uint8Array(file, 4 + length, count * size), size, shape[0]);
  const indices = new Uint8Array(file, 4 + length + count * size);
  return { values, size, shape, labels: oneHot(indices, widths, count), labelWidth: total(widths) };
}

/**
 * Return images (N, H, W, C) as (N, C, H, W).
 * @param {Uint8Array} pixels
 * @param {number} size of an image
 * @param {number} channels
 */
function planes(pixels, size, channels) {
  if (channels === 1) return pixels;
  const area = size / channels;
  const values = new Uint8Array(pixels.length);
  for (let start = 0, k = 0; start < pixels.length; start += size)
    for (let pixel = 0; pixel < area; pixel++)
      for (let channel = 0; channel < channels; channel++) values[start + channel * area + pixel] = pixels[k++];
  return values;
}

/**
 * Return one-hot vectors of all fields side by side (N, K).
 * @param {Uint8Array} indices (N, F)
 * @param {number[]} widths
 * @param {number} count
 */
function oneHot(indices, widths, count) {
  const labelWidth = total(widths);
  const hot = new Uint8Array(count * labelWidth);
  for (let row = 0; row < count; row++) {
    let start = row * labelWidth;
    widths.forEach((width, field) => {
      hot[start + indices[row * widths.length + field]] = 1;
      start += width;
    });
  }
  return hot;
}

/** @param {number[]} widths */
function total(widths) {
  return widths.reduce((sum, width) => sum + width, 0);
}
