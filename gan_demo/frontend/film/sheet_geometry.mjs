// @ts-check
// Geometry of a sheet of samples: the sample at a position, the position of a sample, the sample that a key moves to.

/** @import { SheetLayout } from "./types.js" */

/**
 * Return the width and height of a sheet, in its own pixels.
 * @param {SheetLayout} sheet
 */
export function sheetSize({ columns, width, height, gap, count }) {
  return { width: columns * (width + gap) - gap, height: Math.ceil(count / columns) * (height + gap) - gap };
}

/**
 * Return the index of the sample at (x, y), both from 0 to 1; null on an empty cell and outside. The gap right of and
 * below a sample belongs to it.
 * @param {SheetLayout} sheet
 * @param {number} x
 * @param {number} y
 */
export function sampleAt(sheet, x, y) {
  const { columns, width, height, gap, count } = sheet;
  const size = sheetSize(sheet);
  const column = Math.floor((x * size.width) / (width + gap));
  const row = Math.floor((y * size.height) / (height + gap));
  const index = row * columns + column;
  return x >= 0 && y >= 0 && column < columns && index < count ? index : null;
}

/**
 * Return where a sample lies on its sheet, in percent of the sheet's width and height.
 * @param {SheetLayout} sheet
 * @param {number} index
 */
export function sampleBox(sheet, index) {
  const { columns, width, height, gap } = sheet;
  const size = sheetSize(sheet);
  return {
    left: (100 * (index % columns) * (width + gap)) / size.width,
    top: (100 * Math.floor(index / columns) * (height + gap)) / size.height,
    width: (100 * width) / size.width,
    height: (100 * height) / size.height,
  };
}

/**
 * Return the sample that a key moves to from `index`, or null for a key that moves nowhere.
 * @param {SheetLayout} sheet
 * @param {number} index
 * @param {string} key
 */
export function sampleAfterKey({ columns, count }, index, key) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const offsets = new Map([
    ["ArrowLeft", -1],
    ["ArrowRight", 1],
    ["ArrowUp", -columns],
    ["ArrowDown", columns],
  ]);
  const offset = offsets.get(key);
  return offset === undefined ? null : Math.max(0, Math.min(count - 1, index + offset));
}

/**
 * Return the row and column of a sample, counted from 1.
 * @param {SheetLayout} sheet
 * @param {number} index
 */
export function rowAndColumn({ columns }, index) {
  return { row: 1 + Math.floor(index / columns), column: 1 + (index % columns) };
}

/**
 * Return the width to height of a sheet of samples; a plot of points is square.
 * @param {SheetLayout | null | undefined} sheet
 */
export function aspectRatio(sheet) {
  if (!sheet) return 1;
  const { width, height } = sheetSize(sheet);
  return width / height;
}
