// @ts-check
import { fetchOk } from "./http.mjs";

/**
 * Fetch a file from any host: where it does not compress, the file itself is gzipped, unless the host has undone that.
 * @param {string} address
 * @param {(share: number) => void} onProgress called with the share (0 to 1) that has come
 * @param {number} [unpacked] bytes of the file, for the progress where the host compresses
 */
export async function fetchPacked(address, onProgress, unpacked = 0) {
  const response = await fetchOk(address);
  const { headers } = response;
  const total = headers.has("Content-Encoding") ? unpacked : Number(headers.get("Content-Length"));
  /** @type {BlobPart[]} */
  const parts = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    parts.push(part.value);
    bytes += part.value.length;
    if (total) onProgress(Math.min(1, bytes / total));
  }
  const whole = new Blob(parts);
  const [first, second] = new Uint8Array(await whole.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b; // gzip's magic number
  if (!isPacked) return whole.arrayBuffer();
  return new Response(whole.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
