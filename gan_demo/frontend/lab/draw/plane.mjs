// @ts-check
/**
 * Between the plane and the canvas: the middle of the canvas is the origin, and y points upwards.
 * @import { View } from "../types.js"
 */

/**
 * @param {View} view
 * @param {number} x
 */
export function toLeft({ extent, side }, x) {
  return ((x + extent) * side) / (2 * extent);
}

/**
 * @param {View} view
 * @param {number} y
 */
export function toTop({ extent, side }, y) {
  return ((extent - y) * side) / (2 * extent);
}

/**
 * Return the point of the plane at a position in canvas pixels.
 * @param {View} view
 * @param {number} left
 * @param {number} top
 * @returns {[x: number, y: number]}
 */
export function toPlane({ extent, side }, left, top) {
  return [(left / side) * 2 * extent - extent, extent - (top / side) * 2 * extent];
}
