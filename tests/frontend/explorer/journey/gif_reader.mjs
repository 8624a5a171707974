// @ts-check
// A reader of GIF files for tests (GIF89a: https://www.w3.org/Graphics/GIF/spec-gif89a.txt).

/**
 * @typedef {object} GifFrame
 * @property {number} width
 * @property {number} height
 * @property {number} delay in hundredths of a second
 * @property {Uint8Array} pixels indices of colours
 */

/**
 * Return size, repetitions (0: for ever, null: once), the global palette and the frames.
 *
 * @param {Uint8Array} bytes
 */
export function readGif(bytes) {
  const u16 = (/** @type {number} */ at) => bytes[at] | (bytes[at + 1] << 8);
  if (new TextDecoder().decode(bytes.subarray(0, 6)) !== "GIF89a") throw new Error("no GIF");
  const [width, height] = [u16(6), u16(8)];
  const colours = 2 << (bytes[10] & 7);
  const palette = Array.from({ length: colours }, (_, k) => [...bytes.subarray(13 + 3 * k, 16 + 3 * k)]);
  /** @type {GifFrame[]} */
  const frames = [];
  /** @type {number | null} */
  let repeat = null;
  let delay = 0;
  let at = 13 + 3 * colours;
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      if (bytes[at + 1] === 0xf9) delay = u16(at + 4);
      if (bytes[at + 1] === 0xff) repeat = u16(at + 16);
      [, at] = readBlocks(bytes, at + 2);
    } else {
      const [w, h] = [u16(at + 5), u16(at + 7)];
      if (bytes[at + 9] & 0x80) throw new Error("a palette of its own");
      const [data, end] = readBlocks(bytes, at + 11);
      frames.push({ width: w, height: h, delay, pixels: decompress(data, bytes[at + 10], w * h) });
      at = end;
    }
  }
  return { width, height, repeat, palette, frames };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at of the first sub-block
 * @returns {[data: number[], end: number]}
 */
function readBlocks(bytes, at) {
  const data = [];
  let next = at;
  while (bytes[next]) {
    data.push(...bytes.subarray(next + 1, next + 1 + bytes[next]));
    next += 1 + bytes[next];
  }
  return [data, next + 1];
}

/**
 * Decompress LZW codes of growing width.
 *
 * @param {number[]} data
 * @param {number} minBits
 * @param {number} length
 */
function decompress(data, minBits, length) {
  const [clear, end] = [1 << minBits, (1 << minBits) + 1];
  let table = startTable(clear);
  let bits = minBits + 1;
  let position = 0; // in bits
  /** @type {number[]} */
  let before = [];
  /** @type {number[]} */
  const pixels = [];
  while (position < 8 * data.length) {
    let code = 0;
    for (let k = 0; k < bits; k++) code |= ((data[(position + k) >> 3] >> ((position + k) & 7)) & 1) << k;
    position += bits;
    if (code === end) break;
    if (code === clear) {
      table = startTable(clear);
      bits = minBits + 1;
      before = [];
      continue;
    }
    const entry = table[code] ?? [...before, before[0]];
    pixels.push(...entry);
    if (before.length && table.length < 4096) table.push([...before, entry[0]]);
    if (table.length === 1 << bits && bits < 12) bits++;
    before = entry;
  }
  if (pixels.length !== length) throw new Error(`${pixels.length} pixels, not ${length}`);
  return Uint8Array.from(pixels);
}

/**
 * @param {number} clear
 * @returns {number[][]}
 */
function startTable(clear) {
  return Array.from({ length: clear + 2 }, (_, k) => (k < clear ? [k] : []));
}
