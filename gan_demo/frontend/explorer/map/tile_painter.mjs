// @ts-check
// Draws the tiles of a map on a canvas: those of the wanted level, and coarser or finer ones where it has gaps.

/** @import { TileCache } from "./tile_cache.mjs" */
/** @import { Cell, Layer } from "./types" */

const MAX_COARSER = 5; // levels that are looked through for a gap
const TINT_FRAME = { widest: 2.5, share: 1 / 14 }; // of a tinted tile: CSS pixels, and share of its width
const PLAIN_FRAME_SHARE = 1 / 11; // of a tile that is not tinted

/**
 * @typedef {object} TileView what is to be drawn
 * @property {number} level
 * @property {number} ratio device pixels of a CSS pixel
 * @property {(level: number) => Cell[]} visible returns the cells of a level that are in view
 * @property {(x: number, y: number) => [number, number]} toScreen
 */

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {TileView} view
 * @param {Layer} layer
 * @param {TileCache} cache
 */
export function paintTiles(pen, view, layer, cache) {
  pen.imageSmoothingEnabled = false;
  const { level, visible } = view;
  const levels = [level];
  if (visible(level).some(({ key }) => !cache.tiles.has(key))) {
    levels.unshift(level + 1);
    for (let k = level - 1; k >= Math.max(layer.coarsest, level - MAX_COARSER); k--) levels.unshift(k);
  }
  for (const each of levels) for (const cell of visible(each)) paintTile(pen, view, cell, layer, cache);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {TileView} view
 * @param {Cell} cell
 * @param {Layer} layer
 * @param {TileCache} cache
 */
function paintTile(pen, { toScreen, ratio }, { level, i, j, key }, layer, cache) {
  const tile = cache.get(key);
  if (!tile) return;
  const size = 2 ** -level;
  const [left, top] = toScreen(i * size, (j + 1) * size).map((value) => Math.round(value * ratio));
  const [right, bottom] = toScreen((i + 1) * size, j * size).map((value) => Math.round(value * ratio));
  const [width, height] = layer.tileSize;
  pen.drawImage(tile.sheet, tile.x, tile.y, width, height, left, top, right - left, bottom - top);
  const colour = layer.colourOf(tile);
  if (colour) tint(pen, colour, { left, top, width: right - left, height: bottom - top }, layer.strength, ratio);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} colour
 * @param {{ left: number, top: number, width: number, height: number }} area
 * @param {number} strength
 * @param {number} ratio
 */
function tint(pen, colour, { left, top, width, height }, strength, ratio) {
  const frame = strength ? Math.min(TINT_FRAME.widest * ratio, width * TINT_FRAME.share) : width * PLAIN_FRAME_SHARE;
  const line = Math.max(1, Math.round(frame));
  pen.fillStyle = colour;
  pen.globalAlpha = strength;
  pen.fillRect(left, top, width, height);
  pen.globalAlpha = 1;
  pen.lineWidth = line;
  pen.strokeStyle = colour;
  pen.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
}
