// @ts-check
/**
 * Inputs and outputs of the networks in an engine.
 * @import { Tensors } from "../types.js"
 */
import { fetchOk } from "../../shared/http.mjs";

/** @typedef {string | ArrayBuffer | Uint8Array} NetworkSource an address or bytes */

/**
 * @param {Float32Array} zs
 * @param {Float32Array | null} ys
 * @param {number} psi
 * @param {number} count
 * @returns {Tensors}
 */
export function generatorFeeds(zs, ys, psi, count) {
  const y = ys && { y: { data: ys, dims: [count, ys.length / count] } };
  return {
    z: { data: zs, dims: [count, zs.length / count] },
    ...y,
    psi: { data: new Float32Array([psi]), dims: [1] },
  };
}

/** @param {Tensors} outputs */
export function firstOutput(outputs) {
  return Object.values(outputs)[0].data;
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
