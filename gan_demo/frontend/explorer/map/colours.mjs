// @ts-check
// What the map is coloured by: classes, and D's verdict. tests/ui/test_colours.py checks them for colour-blind eyes.

/** @import { Space } from "../types" */

// Found by a search that keeps the two most similar ones as far apart as possible, for any eyes.
export const CLASSES = [
  "#307890",
  "#f09060",
  "#4830a8",
  "#d83000",
  "#78c0c0",
  "#a878f0",
  "#d8d800",
  "#900000",
  "#9000f0",
  "#90f0f0",
  "#603060",
];
export const VERDICT = ["#c75a00", "#f0e9df", "#1f66b8"]; // surely generated, undecided, surely real

/** @param {number} k */
export function classColour(k) {
  return CLASSES[k % CLASSES.length];
}

/**
 * Return the red, green and blue of a verdict, 0 surely generated to 1 surely real.
 *
 * @param {number} share
 */
export function verdictColour(share) {
  const t = 2 * Math.min(1, Math.max(0, share));
  const [from, to] = t < 1 ? VERDICT : VERDICT.slice(1);
  const end = channels(to);
  return channels(from).map((value, k) => Math.round(value + (end[k] - value) * (t < 1 ? t : t - 1)));
}

/** @param {string} colour #rrggbb */
export function channels(colour) {
  return [1, 3, 5].map((k) => Number.parseInt(colour.slice(k, k + 2), 16));
}

/**
 * Return D's output as a share from 0, surely generated, to 1, surely real, as explorer/sample_explanation.py does.
 *
 * @param {number} logit
 * @param {Pick<Space, "loss" | "relative" | "real_logit" | "fake_logit">} space
 */
export function verdict(logit, { loss, relative, real_logit: real, fake_logit: fake }) {
  if (loss === "least_squares") return Math.min(1, Math.max(0, logit)); // D's output is the verdict
  const hasMeans = typeof real === "number" && typeof fake === "number";
  const middle = relative && hasMeans ? (real + fake) / 2 : 0;
  return 1 / (1 + Math.exp(middle - logit));
}
