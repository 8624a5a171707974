// @ts-check
// The part of the map in view, and its cells: at level L a cell is 2^-L units wide and shows the sample of its
// middle; pure.

/** @import { Box, Cell, View } from "./types" */

const CELL_SIDE = 48; // CSS pixels of a cell, about: between 34 and 68
export const FINEST = 9;
const WHOLE_TOLERANCE = 1.001;
const WINDOW_SHARE = 0.66; // of the window's height, at most
const MIN_HEIGHT = 280; // CSS pixels, if box and width allow it
const COARSER_LEVELS = 3; // that are asked for before the wanted one

/**
 * Return the height of a map of a width: that of its box, as far as the window allows it, and no more than a square.
 *
 * @param {number} width
 * @param {Box} box
 * @param {number} windowHeight
 */
export function heightFor(width, { left, right, bottom, top }, windowHeight) {
  const natural = (width * (top - bottom)) / (right - left);
  return Math.round(Math.min(natural, Math.max(MIN_HEIGHT, WINDOW_SHARE * windowHeight), width));
}

/**
 * Return the view of the whole map.
 *
 * @param {Box} box
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
export function wholeView(box, width, height) {
  const scale = Math.min(width / (box.right - box.left), height / (box.top - box.bottom));
  return { x: (box.left + box.right) / 2, y: (box.bottom + box.top) / 2, scale };
}

/**
 * Return whether a view shows the whole map.
 *
 * @param {View} view
 * @param {Box} box
 * @param {number} width
 * @param {number} height
 */
export function isWholeView(view, box, width, height) {
  return view.scale <= wholeView(box, width, height).scale * WHOLE_TOLERANCE;
}

/**
 * Return the nearest view that is allowed: not smaller than the whole, not finer than FINEST, its middle on the map.
 *
 * @param {View} view
 * @param {Box} box
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
export function allowedView(view, box, width, height) {
  const scale = Math.min(Math.max(view.scale, wholeView(box, width, height).scale), CELL_SIDE * 2 ** FINEST);
  /** @type {(value: number, low: number, high: number, half: number) => number} */
  const within = (value, low, high, half) =>
    high - low <= 2 * half ? (low + high) / 2 : Math.min(high - half, Math.max(low + half, value));
  return {
    x: within(view.x, box.left, box.right, width / 2 / scale),
    y: within(view.y, box.bottom, box.top, height / 2 / scale),
    scale,
  };
}

/**
 * Return the view enlarged by a factor, with what is at (px, py), pixels from the top left, still there.
 *
 * @param {View} view
 * @param {number} factor
 * @param {number} px
 * @param {number} py
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
export function zoomedView(view, factor, px, py, width, height) {
  const [x, y] = toWorld(view, px, py, width, height);
  const scale = view.scale * factor;
  return { x: x - (px - width / 2) / scale, y: y + (py - height / 2) / scale, scale };
}

/**
 * @param {View} view
 * @param {number} px
 * @param {number} py
 * @param {number} width
 * @param {number} height
 * @returns {[x: number, y: number]}
 */
export function toWorld(view, px, py, width, height) {
  return [view.x + (px - width / 2) / view.scale, view.y - (py - height / 2) / view.scale];
}

/**
 * @param {View} view
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @returns {[px: number, py: number]}
 */
export function toScreen(view, x, y, width, height) {
  return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
}

/**
 * Return the level whose cells have about CELL_SIDE pixels.
 *
 * @param {View} view
 * @param {number} coarsest
 */
export function levelOf(view, coarsest) {
  return Math.min(FINEST, Math.max(coarsest, Math.round(Math.log2(view.scale / CELL_SIDE))));
}

/**
 * Return the cells of a level in view, and `margin` more around them, from the middle outwards.
 *
 * @param {View} view
 * @param {Box} box
 * @param {number} width
 * @param {number} height
 * @param {number} level
 * @returns {Cell[]}
 */
export function cellsInView(view, box, width, height, level, margin = 0) {
  const times = 2 ** level;
  const [left, top] = toWorld(view, 0, 0, width, height);
  const [right, bottom] = toWorld(view, width, height, width, height);
  /** @type {(low: number, high: number, least: number, most: number) => [number, number]} */
  const range = (low, high, least, most) => [
    Math.max(Math.floor(low * times) - margin, Math.floor(least * times)),
    Math.min(Math.ceil(high * times) + margin, Math.ceil(most * times)),
  ];
  const [firstColumn, endColumn] = range(left, right, box.left, box.right);
  const [firstRow, endRow] = range(bottom, top, box.bottom, box.top);
  /** @type {Cell[]} */
  const cells = [];
  for (let j = firstRow; j < endRow; j++) {
    for (let i = firstColumn; i < endColumn; i++) cells.push({ level, i, j, key: cellKey(level, i, j) });
  }
  /** @type {(cell: Cell) => number} */
  const distance = ({ i, j }) => ((i + 0.5) / times - view.x) ** 2 + ((j + 0.5) / times - view.y) ** 2;
  return cells.sort((a, b) => distance(a) - distance(b));
}

/**
 * Return the cells to ask for: those missing in view, coarser levels first so that something is there early; if none is
 * missing, those around the view.
 *
 * @param {number} level the wanted one
 * @param {number} coarsest
 * @param {(level: number, margin: number) => Cell[]} missing returns the cells of a level, and around it, that are
 *   missing
 */
export function cellsToRequest(level, coarsest, missing) {
  const inView = [];
  for (let k = Math.max(coarsest, level - COARSER_LEVELS); k <= level; k++) inView.push(...missing(k, 0));
  if (inView.length) return inView;
  return [...missing(level, 1), ...(level > coarsest ? missing(level - 1, 2) : [])];
}

/**
 * Return the key of the cell of a level that holds a point.
 *
 * @param {number} level
 * @param {number} x
 * @param {number} y
 */
export function keyAt(level, x, y) {
  return cellKey(level, Math.floor(x * 2 ** level), Math.floor(y * 2 ** level));
}

/**
 * @param {number} level
 * @param {number} i
 * @param {number} j
 */
function cellKey(level, i, j) {
  return `${level}/${i}/${j}`;
}

/**
 * @param {Pick<Cell, "level" | "i" | "j">} cell
 * @returns {[x: number, y: number]}
 */
export function middleOf({ level, i, j }) {
  return [(i + 0.5) / 2 ** level, (j + 0.5) / 2 ** level];
}

/**
 * Return a view as text for the address: its middle and the units across the shorter side, the same on every screen.
 *
 * @param {View} view
 * @param {number} width
 * @param {number} height
 */
export function viewToText(view, width, height) {
  return [view.x, view.y, Math.min(width, height) / view.scale]
    .map((value) => String(Number(value.toPrecision(7))))
    .join("_");
}

/**
 * Return the view of such a text; null if it is empty or damaged.
 *
 * @param {string} text
 * @param {number} width
 * @param {number} height
 * @returns {View | null}
 */
export function viewFromText(text, width, height) {
  const [x, y, span] = text.split("_").map(Number);
  return text && [x, y, span].every(Number.isFinite) && span > 0
    ? { x, y, scale: Math.min(width, height) / span }
    : null;
}

/**
 * Return a round length for a scale, 1, 2 or 5 times a power of ten, that is at most `maxPixels` long.
 *
 * @param {number} scale
 * @param {number} maxPixels
 */
export function rulerLength(scale, maxPixels) {
  const power = 10 ** Math.floor(Math.log10(maxPixels / scale));
  const units = [5 * power, 2 * power, power].find((length) => length * scale <= maxPixels) ?? power;
  return { units, pixels: units * scale };
}
