// @ts-check
/**
 * Colours of the stage: the theme's, and the ramp of D's surface.
 * @import { StageColours } from "../types.js"
 */

const STRONGEST = 0.62; // how far the surface's ends are from the ground towards the colours of fake and real
const RAMP_SIZE = 256;

/** @typedef {[red: number, green: number, blue: number]} Rgb 0 to 255 */

/**
 * Read the colours of the page, which change with its theme.
 * @param {Element} element
 * @returns {StageColours}
 */
export function readColours(element) {
  const style = getComputedStyle(element);
  /** @type {(name: string, fallback: string) => string} */
  const property = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const chart = property("--st-chart-categorical-colors", "#c43d0c, #1368b3, #124a2a")
    .split(",")
    .map((colour) => colour.trim());
  return {
    ground: property("--st-background-color", "#ffffff"),
    text: property("--st-text-color", "#000000"),
    line: property("--st-border-color", "#888888"),
    fake: chart[0],
    real: chart[1],
    accent: chart[2],
  };
}

/**
 * Return red, green and blue of #rrggbb or rgb(…).
 * @param {string} colour
 * @returns {Rgb}
 */
export function rgb(colour) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour);
  if (hex) return [parseInt(hex[1], 16), parseInt(hex[2], 16), parseInt(hex[3], 16)];
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/**
 * Return a colour with an opacity.
 * @param {string} colour
 * @param {number} opacity
 */
export function faded(colour, opacity) {
  return `rgb(${rgb(colour).join(" ")} / ${opacity})`;
}

/**
 * Return RAMP_SIZE RGBA colours from surely fake through the ground to surely real.
 * @param {StageColours} colours
 */
export function surfaceRamp({ ground, fake, real }) {
  const [middle, low, high] = [rgb(ground), rgb(fake), rgb(real)];
  const ramp = new Uint8ClampedArray(4 * RAMP_SIZE);
  for (let k = 0; k < RAMP_SIZE; k++) {
    const side = (2 * k) / (RAMP_SIZE - 1) - 1;
    const end = side < 0 ? low : high;
    const weight = STRONGEST * Math.abs(side);
    for (let channel = 0; channel < 3; channel++) {
      ramp[4 * k + channel] = middle[channel] + weight * (end[channel] - middle[channel]);
    }
    ramp[4 * k + 3] = 255;
  }
  return ramp;
}
