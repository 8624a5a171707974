// @ts-check
/**
 * Points, and the trails of those that move.
 * @import { View } from "../types.js"
 */
import { faded } from "./colours.mjs";
import { toLeft, toTop } from "./plane.mjs";

const TRAIL_LENGTH = 14; // frames
const TRAIL_POINTS = 200;

/**
 * Draw points (N, 2) as squares with cut corners, which cost a third of circles and look like them when they are small.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Float32Array} points
 * @param {{ colour: string, size: number, opacity: number }} style size in canvas pixels
 */
export function drawPoints(context, view, points, { colour, size, opacity }) {
  context.fillStyle = faded(colour, opacity);
  const [half, inner] = [size / 2, size / 4];
  for (let k = 0; k + 1 < points.length; k += 2) {
    const left = toLeft(view, points[k]);
    const top = toTop(view, points[k + 1]);
    if (!(left > -size && left < view.side + size && top > -size && top < view.side + size)) continue;
    context.fillRect(left - half, top - inner, size, 2 * inner);
    context.fillRect(left - inner, top - half, 2 * inner, size);
  }
}

/** Where the first points were in the last frames. */
export class Trails {
  /** @type {Float32Array[]} the newest last */
  #frames = [];

  /** @param {Float32Array} points */
  add(points) {
    this.#frames.push(points.slice(0, 2 * TRAIL_POINTS));
    if (this.#frames.length > TRAIL_LENGTH) this.#frames.shift();
  }

  clear() {
    this.#frames = [];
  }

  /**
   * Draw the trails, the older the fainter.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {string} colour
   */
  draw(context, view, colour) {
    context.lineWidth = Math.max(1, view.side / 560);
    for (let age = 1; age < this.#frames.length; age++) {
      const [from, to] = [this.#frames[age - 1], this.#frames[age]];
      context.strokeStyle = faded(colour, (0.6 * age) / this.#frames.length);
      context.beginPath();
      for (let k = 0; k + 1 < to.length; k += 2) {
        context.moveTo(toLeft(view, from[k]), toTop(view, from[k + 1]));
        context.lineTo(toLeft(view, to[k]), toTop(view, to[k + 1]));
      }
      context.stroke();
    }
  }
}
