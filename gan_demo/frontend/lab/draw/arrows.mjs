// @ts-check
/**
 * Arrows along which G's loss falls at points of the plane.
 * @import { View } from "../types.js"
 */
import { toLeft, toTop } from "./plane.mjs";

const LONGEST = 0.075; // of the side
const HEAD = 0.35; // of an arrow's length

/**
 * Return the lengths that arrows are drawn with: the square root of their share of the longest, so that weak ones are
 * seen too; `longest` is what the largest slope of all is drawn as.
 * @param {Float32Array} slopes (N, 2)
 * @param {number} longest
 */
export function arrowLengths(slopes, longest) {
  const norms = Float32Array.from({ length: slopes.length / 2 }, (_, k) =>
    Math.hypot(slopes[2 * k], slopes[2 * k + 1]),
  );
  const largest = norms.reduce((most, norm) => Math.max(norm, most), 0);
  return norms.map((norm) => (largest > 0 ? longest * Math.sqrt(norm / largest) : 0));
}

/**
 * Draw the steepest descent at points: against `gradients`.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Float32Array} points (N, 2)
 * @param {Float32Array} gradients (N, 2)
 * @param {string} colour
 */
export function drawArrows(context, view, points, gradients, colour) {
  const lengths = arrowLengths(gradients, LONGEST * view.side);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, view.side / 420);
  context.beginPath();
  for (let k = 0; k < lengths.length; k++) {
    const norm = Math.hypot(gradients[2 * k], gradients[2 * k + 1]);
    if (!(norm > 0) || lengths[k] < 1) continue;
    const [across, down] = [-gradients[2 * k] / norm, gradients[2 * k + 1] / norm];
    const [left, top] = [toLeft(view, points[2 * k]), toTop(view, points[2 * k + 1])];
    arrow(context, left, top, across * lengths[k], down * lengths[k]);
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} left
 * @param {number} top
 * @param {number} across
 * @param {number} down
 */
function arrow(context, left, top, across, down) {
  const [tipLeft, tipTop] = [left + across, top + down];
  context.moveTo(left, top);
  context.lineTo(tipLeft, tipTop);
  for (const turn of [-1, 1]) {
    context.moveTo(tipLeft, tipTop);
    context.lineTo(tipLeft - HEAD * (across + turn * 0.6 * down), tipTop - HEAD * (down - turn * 0.6 * across));
  }
}
