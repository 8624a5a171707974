// @ts-check
/**
 * Inputs and outputs of the networks in an engine.
 * @import { Tensors } from "../types.js"
 */
import { fetchOk } from "../../shared/http.mjs";

/** @typedef {string | ArrayBuffer | Uint8Array} NetworkSource an address or bytes */

/**
 * Return the feeds of `size` of `count` samples, from `start` on.
 * @param {Record<string, Float32Array>} rows inputs with a row for each sample
 * @param {Tensors} common inputs that all samples share
 * @param {number} start
 * @param {number} size
 * @param {number} count
 * @returns {Tensors}
 */
export function rowFeeds(rows, common, start, size, count) {
  const feeds = { ...common };
  for (const [name, data] of Object.entries(rows)) {
    const width = data.length / count;
    const part = size === count ? data : data.slice(start * width, (start + size) * width);
    feeds[name] = { data: part, dims: [size, width] };
  }
  return feeds;
}

/**
 * @param {NetworkSource} source
 * @returns {Promise<ArrayBuffer>}
 */
export async function bytesOf(source) {
  if (typeof source !== "string") return new Uint8Array(source).slice().buffer;
  return (await fetchOk(source)).arrayBuffer();
}

/** @param {Float32Array[]} parts */
export function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
