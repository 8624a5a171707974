// @ts-check
// Colours to paint with: as "#rrggbb", as [r, g, b], and the ones most seen in some pictures.

const MIN_DISTANCE = 28; // in RGB, of two colours of a palette
const BITS = 4; // of each channel by which colours are counted

/** @typedef {number[]} Rgb [red, green, blue], each 0 to 255 */

/**
 * Return at most `count` of the colours most seen in some pictures (RGBA), from dark to light.
 * @param {readonly Uint8ClampedArray[]} pictures
 * @param {number} count
 */
export function palette(pictures, count) {
  /** @type {Rgb[]} */
  const chosen = [];
  for (const colour of commonColours(pictures)) {
    if (chosen.length < count && chosen.every((other) => distance(other, colour) > MIN_DISTANCE)) chosen.push(colour);
  }
  return chosen.sort((a, b) => brightness(a) - brightness(b)).map(toHex);
}

/**
 * Return the mean colours of the cells of a coarse grid in RGB, the fullest cells first.
 * @param {readonly Uint8ClampedArray[]} pictures
 */
function commonColours(pictures) {
  /** @type {Map<number, { count: number, sum: Rgb }>} */
  const cells = new Map();
  for (const pixels of pictures) {
    for (let k = 0; k < pixels.length; k += 4) {
      const colour = pixels.subarray(k, k + 3);
      const key = colour.reduce((sum, value) => sum * 2 ** BITS + (value >> (8 - BITS)), 0);
      const cell = cells.get(key) ?? { count: 0, sum: [0, 0, 0] };
      cell.count++;
      colour.forEach((value, channel) => {
        cell.sum[channel] += value;
      });
      cells.set(key, cell);
    }
  }
  return [...cells.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ count, sum }) => sum.map((value) => Math.round(value / count)));
}

/** @param {Rgb} a @param {Rgb} b */
function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** @param {Rgb} colour */
function brightness([red, green, blue]) {
  return red + green + blue;
}

/** @param {Rgb} colour */
export function toHex(colour) {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * @param {string} hex
 * @returns {Rgb}
 */
export function toRgb(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
