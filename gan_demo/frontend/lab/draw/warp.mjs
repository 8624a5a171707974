// @ts-check
/**
 * The generator as a grid of noise that it bends: n × n nodes, rows from below, and where G puts each.
 * @import { View } from "../types.js"
 */
import { faded } from "./colours.mjs";
import { toLeft, toTop } from "./plane.mjs";

const MOST_OPAQUE = 0.5;
const LEAST_OPAQUE = 0.03;
const NEAR = 0.2; // units of the plane from a line at which the pointer means it

/**
 * Return the areas of the cells that nodes (n · n, 2) span, (n-1)² in all, whichever way they are turned.
 * @param {Float32Array} nodes
 * @param {number} n
 */
export function cellAreas(nodes, n) {
  return Float32Array.from({ length: (n - 1) ** 2 }, (_, cell) => {
    const corners = cornersOf(cell, n).map((node) => [nodes[2 * node], nodes[2 * node + 1]]);
    let twice = 0;
    corners.forEach(([x, y], k) => {
      const [nextX, nextY] = corners[(k + 1) % 4];
      twice += x * nextY - nextX * y;
    });
    return Math.abs(twice) / 2;
  });
}

/**
 * Return the nodes at the corners of a cell, in turn around it.
 * @param {number} cell
 * @param {number} n
 */
export function cornersOf(cell, n) {
  const node = Math.floor(cell / (n - 1)) * n + (cell % (n - 1));
  return [node, node + 1, node + n + 1, node + n];
}

/**
 * Return how opaque each cell is: the more, the denser its share of the noise lies.
 * @param {Float32Array} areas
 * @param {ArrayLike<number>} masses shares of the noise in each cell
 * @param {number} full density, per unit of area, that is drawn as the most opaque
 */
export function cellOpacities(areas, masses, full) {
  return areas.map((area, k) => {
    const density = area > 0 ? masses[k] / area : Infinity;
    return LEAST_OPAQUE + (MOST_OPAQUE - LEAST_OPAQUE) * Math.min(1, Math.sqrt(density / full));
  });
}

/**
 * Return nodes on their way from the noise (0) to G's output (1).
 * @param {Float32Array} noise
 * @param {Float32Array} output
 * @param {number} share
 */
export function between(noise, output, share) {
  return output.map((value, k) => noise[k] + share * (value - noise[k]));
}

/**
 * Return the cell that a point of the plane lies in, the last drawn first, or -1.
 * @param {Float32Array} nodes
 * @param {number} n
 * @param {number} x
 * @param {number} y
 */
export function cellAt(nodes, n, x, y) {
  for (let cell = (n - 1) ** 2 - 1; cell >= 0; cell--) {
    if (isInside(cornersOf(cell, n), nodes, x, y)) return cell;
  }
  return -1;
}

/**
 * Return the node of a line that is nearest to a point of the plane, or -1 where none is near.
 * @param {Float32Array} nodes
 * @param {number} x
 * @param {number} y
 */
export function nodeAt(nodes, x, y) {
  let [nearest, least] = [-1, NEAR ** 2];
  for (let node = 0; 2 * node < nodes.length; node++) {
    const square = (nodes[2 * node] - x) ** 2 + (nodes[2 * node + 1] - y) ** 2;
    if (square < least) [nearest, least] = [node, square];
  }
  return nearest;
}

/**
 * @param {number[]} corners
 * @param {Float32Array} nodes
 * @param {number} x
 * @param {number} y
 */
function isInside(corners, nodes, x, y) {
  let inside = false;
  corners.forEach((corner, k) => {
    const next = corners[(k + 1) % 4];
    const [x0, y0, x1, y1] = [nodes[2 * corner], nodes[2 * corner + 1], nodes[2 * next], nodes[2 * next + 1]];
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) inside = !inside;
  });
  return inside;
}

/**
 * Draw the cells and their edges.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {{ nodes: Float32Array, n: number, opacities: Float32Array, highlighted: number }} warp
 * @param {string} colour
 */
export function drawWarp(context, view, { nodes, n, opacities, highlighted }, colour) {
  for (let cell = 0; cell < opacities.length; cell++) {
    context.fillStyle = faded(colour, cell === highlighted ? 0.9 : opacities[cell]);
    trace(context, view, nodes, cornersOf(cell, n));
    context.fill();
  }
  drawEdges(context, view, nodes, n, faded(colour, 0.45));
}

/**
 * Draw the grid's lines, all in one stroke.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Float32Array} nodes
 * @param {number} n
 * @param {string} colour
 */
function drawEdges(context, view, nodes, n, colour) {
  context.lineWidth = Math.max(0.5, view.side / 1100);
  context.strokeStyle = colour;
  context.beginPath();
  for (let line = 0; line < n; line++) {
    for (const [start, stride] of [
      [line * n, 1],
      [line, n],
    ]) {
      for (let k = 0; k < n; k++) {
        const node = start + k * stride;
        const [left, top] = [toLeft(view, nodes[2 * node]), toTop(view, nodes[2 * node + 1])];
        if (k) context.lineTo(left, top);
        else context.moveTo(left, top);
      }
    }
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Float32Array} nodes
 * @param {number[]} corners
 */
function trace(context, view, nodes, corners) {
  context.beginPath();
  for (const corner of corners) context.lineTo(toLeft(view, nodes[2 * corner]), toTop(view, nodes[2 * corner + 1]));
  context.closePath();
}
