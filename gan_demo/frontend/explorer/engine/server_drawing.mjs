// @ts-check
/**
 * Samples that the server draws, with networks that are too large or too slow for a browser
 * (server/api/upload_samples.py).
 * @import { Tensors } from "../types.js"
 */
import { fetchOk } from "../../shared/http.mjs";

/**
 * Draw samples; resolves to "x" as a generator's output, from pixels: in 256 steps.
 * @param {string} address that rows of latents and labels are posted to
 * @param {number[]} shape [channels, height, width] of the samples
 * @param {Tensors} feeds "z", "psi" and perhaps "y", "style", "noise_seed"
 * @returns {Promise<Tensors>}
 */
export async function drawOnServer(address, shape, { z, y, psi, style, noise_seed }) {
  const headers = { "Content-Type": "application/octet-stream" };
  const url = new URL(address, document.baseURI);
  url.searchParams.set("psi", String(psi.data[0]));
  if (noise_seed) url.searchParams.set("noise", String(noise_seed.data[0]));
  const response = await fetchOk(url, { method: "POST", headers, body: joinedRows([z, y, style]) });
  const pixels = new Uint8Array(await response.arrayBuffer());
  return { x: { data: toSamples(pixels, shape), dims: [z.dims[0], ...shape] } };
}

/**
 * Return the rows of several inputs side by side, such as [z, y] (N, Z + K), in little endian.
 * @param {(Tensors[string] | undefined)[]} inputs
 */
export function joinedRows(inputs) {
  const parts = inputs.filter((part) => part !== undefined);
  const [count] = parts[0].dims;
  const rows = new DataView(new ArrayBuffer(4 * parts.reduce((sum, { data }) => sum + data.length, 0)));
  for (let n = 0, at = 0; n < count; n++)
    for (const { data, dims } of parts)
      for (let k = 0; k < dims[1]; k++, at += 4) rows.setFloat32(at, data[n * dims[1] + k], true);
  return rows.buffer;
}

/**
 * Return samples (N·C·H·W) in [-1, 1] of pixels (N·H·W·C).
 * @param {Uint8Array} pixels
 * @param {number[]} shape
 */
export function toSamples(pixels, [channels, height, width]) {
  const area = height * width;
  const size = channels * area;
  const x = new Float32Array(pixels.length);
  for (let start = 0; start < pixels.length; start += size)
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < area; k++) x[start + c * area + k] = (pixels[start + k * channels + c] - 127.5) / 127.5;
  return x;
}
