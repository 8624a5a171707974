// @ts-check
// LRU cache of the map's tiles, drawn on sheets of many. One batch at a time is made.

/** @import { Cell, StoredTile, Tile } from "./types" */

const BATCH = 8;
const TILES_A_ROW = 16; // of a sheet
const TILES_A_SHEET = TILES_A_ROW * TILES_A_ROW;
const MAX_TILES = 8 * TILES_A_SHEET;

export class TileCache {
  /**
   * @param {object} options
   * @param {number} options.width pixels of a tile
   * @param {number} options.height
   * @param {(cells: Cell[]) => Promise<Tile[]>} options.make
   * @param {() => void} options.onMade called after each batch
   * @param {(error: unknown) => void} options.onFailed
   * @param {(width: number, height: number) => HTMLCanvasElement} [options.createSheet]
   */
  constructor({ width, height, make, onMade, onFailed, createSheet = createCanvas }) {
    this.width = width;
    this.height = height;
    this.make = make;
    this.onMade = onMade;
    this.onFailed = onFailed;
    this.createSheet = createSheet;
    /** @type {Map<string, StoredTile>} by the cell's key, the last used last */
    this.tiles = new Map();
    /** @type {HTMLCanvasElement[]} */
    this.sheets = [];
    this.usedPlaces = 0;
    /** @type {Cell[]} */
    this.wanted = [];
    this.busy = false;
    this.closed = false;
  }

  /**
   * Return the tile of a cell, which is then the last used.
   *
   * @param {string} key
   */
  get(key) {
    const tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key);
      this.tiles.set(key, tile);
    }
    return tile;
  }

  /**
   * Make these cells, the most urgent first, in place of those that were wanted before.
   *
   * @param {Cell[]} cells
   */
  want(cells) {
    this.wanted = cells;
    this.makeNext();
  }

  async makeNext() {
    if (this.busy || this.closed || !this.wanted.length) return;
    this.busy = true;
    const batch = this.wanted.splice(0, BATCH);
    try {
      const tiles = await this.make(batch);
      if (this.closed) return;
      batch.forEach(({ key }, k) => {
        this.put(key, tiles[k]);
      });
    } catch (error) {
      // The next move asks again. Calling onMade here would ask at once, and for ever.
      this.wanted = [];
      this.busy = false;
      this.onFailed(error);
      return;
    }
    this.busy = false;
    this.onMade();
    this.makeNext();
  }

  /**
   * @param {string} key
   * @param {Tile} tile
   */
  put(key, { pixels, ...readings }) {
    const known = this.tiles.get(key);
    const { sheet, x, y } = known ?? this.freePlace();
    this.tiles.delete(key);
    sheet.getContext("2d")?.putImageData(new ImageData(pixels, this.width, this.height), x, y);
    this.tiles.set(key, { ...known, sheet, x, y, ...readings });
  }

  /** Return a free place on a sheet; if all are taken, that of the tile used longest ago. */
  freePlace() {
    if (this.usedPlaces === MAX_TILES) {
      for (const [key, oldest] of this.tiles) {
        this.tiles.delete(key);
        return oldest;
      }
    }
    const k = this.usedPlaces++ % TILES_A_SHEET;
    if (k === 0) this.sheets.push(this.createSheet(TILES_A_ROW * this.width, TILES_A_ROW * this.height));
    const sheet = this.sheets[this.sheets.length - 1];
    return { sheet, x: (k % TILES_A_ROW) * this.width, y: Math.floor(k / TILES_A_ROW) * this.height };
  }

  close() {
    this.closed = true;
    this.wanted = [];
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function createCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
