// @ts-check
// Arithmetic of the moments at which runs are compared, and of the sizes of their sheets. A moment is a position on the
// axis: a step, seconds of training or images seen.

import { lowerBound, upperBound } from "../curves/series.mjs";

/** @import { Columns } from "../shared/types.js" */
/** @import { Axis } from "./types.js" */

const MS = 1000;
const SHORTEST_STOP_MS = 120; // while it plays
const PLAY_MS = 8000; // from the first moment to the last
const LARGEST_SHEET = 560; // CSS pixels
const LEAST_FILLED = 0.75; // of the width, for sheets in whole device pixels

/**
 * Return where a step lies on the axis: in the last row up to it. Null if that row does not say.
 * @param {Columns} columns
 * @param {number} step
 * @param {Axis} axis
 */
export function positionOf(columns, step, axis) {
  if (axis === "step") return step;
  const row = Math.max(0, upperBound(columns.step, step) - 1);
  return columns[axis]?.[row] ?? null;
}

/**
 * Return all positions in ascending order, each once.
 * @param {readonly (readonly (number | null)[])[]} positions of the sheets of each run
 */
export function stopsOf(positions) {
  const known = positions.flat().filter((position) => position !== null);
  return [...new Set(known)].sort((a, b) => a - b);
}

/**
 * Return the index of the stop nearest to a position, of two equally near ones the later; null is the last stop.
 * @param {number[]} stops in ascending order
 * @param {number | null} position
 */
export function nearestStop(stops, position) {
  if (position === null) return stops.length - 1;
  const right = Math.min(stops.length - 1, lowerBound(stops, position));
  return right > 0 && position - stops[right - 1] < stops[right] - position ? right - 1 : right;
}

/**
 * Return the index of a run's sheet at a moment, as it was then: the last one that is not later, else the first.
 * @param {readonly (number | null)[]} positions of the run's sheets
 * @param {number} moment
 */
export function sheetIndexAt(positions, moment) {
  return Math.max(0, positions.filter((position) => position !== null && position <= moment).length - 1);
}

/**
 * Return the steps between which a stretch of the axis lies, or null if there are no rows.
 * @param {Columns} columns
 * @param {Axis} axis
 * @param {number} from
 * @param {number} to
 * @returns {[first: number, last: number] | null}
 */
export function stepsBetween(columns, axis, from, to) {
  const positions = columns[axis] ?? [];
  const first = columns.step[Math.max(0, lowerBound(positions, from) - 1)];
  const last = columns.step[Math.min(positions.length - 1, upperBound(positions, to))];
  return typeof first === "number" && typeof last === "number" ? [first, last] : null;
}

/**
 * Return a moment as messages to a class have it, a whole number; null is the newest.
 * @param {number | null} moment
 * @param {Axis} axis
 */
export function sentMoment(moment, axis) {
  return moment === null ? null : Math.round(moment * (axis === "seconds" ? MS : 1));
}

/**
 * Return the moment of a message to a class.
 * @param {number | null} sent
 * @param {Axis} axis
 */
export function receivedMoment(sent, axis) {
  return sent === null ? null : sent / (axis === "seconds" ? MS : 1);
}

/**
 * Return how long each stop lasts while the moments play, in ms.
 * @param {number} stops
 */
export function stopDuration(stops) {
  return Math.max(SHORTEST_STOP_MS, PLAY_MS / stops);
}

/**
 * Return the widths of sheets beside each other, in CSS pixels, and whether images show their pixels as squares. They
 * do if all of them can be enlarged by a whole number of device pixels and still fill most of their place: then all
 * are drawn alike.
 * @param {readonly { naturalWidth: number, isPixelated: boolean }[]} sheets
 * @param {number} available CSS pixels for each
 * @param {number} pixelRatio device pixels in a CSS pixel
 */
export function sheetSizes(sheets, available, pixelRatio) {
  const most = Math.min(available, LARGEST_SHEET);
  const whole = sheets.map(
    ({ naturalWidth }) => (naturalWidth * Math.floor((most * pixelRatio) / naturalWidth)) / pixelRatio,
  );
  const fits = sheets.every(({ isPixelated }, index) => !isPixelated || whole[index] >= LEAST_FILLED * most);
  return sheets.map(({ isPixelated }, index) =>
    isPixelated && fits ? { width: whole[index], isPixelated: true } : { width: most, isPixelated: false },
  );
}
