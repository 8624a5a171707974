// @ts-check
import assert from "node:assert/strict";
import test, { before } from "node:test";
import { TileCache } from "../../../../gan_demo/frontend/explorer/map/tile_cache.mjs";

/** @import { Cell, Tile } from "../../../../gan_demo/frontend/explorer/map/types" */

const MAX_TILES = 2048;

before(() => {
  // Browsers have it, node does not. The sheets of these tests draw nothing.
  globalThis.ImageData ??= /** @type {typeof ImageData} */ (/** @type {unknown} */ (class {}));
});

/** @param {string} key */
function cell(key) {
  return { level: 0, i: 0, j: 0, key };
}

/**
 * Create a cache of tiles of 2 × 2 pixels; `state` counts what it calls.
 *
 * @param {(cells: Cell[]) => Promise<Tile[]>} make
 * @param {{ onMade?: () => void, onFailed?: (error: unknown) => void }} [calls]
 */
function createCache(make, { onMade = () => {}, onFailed = () => {} } = {}) {
  const sheet = { getContext: () => null };
  const createSheet = () => /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ ({ ...sheet }));
  return new TileCache({ width: 2, height: 2, make, onMade, onFailed, createSheet });
}

/** @returns {Tile} */
function blankTile() {
  return { pixels: new Uint8ClampedArray(16) };
}

/** @param {TileCache} cache */
async function untilIdle(cache) {
  while (cache.busy) await new Promise((resolve) => setImmediate(resolve));
}

test("tiles that fail are made again by the next move alone", async () => {
  const counts = { made: 0, told: 0, failed: 0 };
  const cache = createCache(
    async () => {
      counts.made++;
      throw new Error("gone");
    },
    { onMade: () => counts.told++, onFailed: () => counts.failed++ },
  );
  cache.want([cell("a")]);
  await untilIdle(cache);
  assert.deepEqual(counts, { made: 1, told: 0, failed: 1 });
  cache.want([cell("a")]);
  await untilIdle(cache);
  assert.deepEqual(counts, { made: 2, told: 0, failed: 2 });
});

test("the cache keeps a bounded number of tiles, those used last", async () => {
  let largestBatch = 0;
  /** @type {TileCache} */
  const cache = createCache(
    async (cells) => {
      largestBatch = Math.max(largestBatch, cells.length);
      return cells.map(blankTile);
    },
    { onMade: () => cache.get("0") },
  );
  cache.want(Array.from({ length: 3000 }, (_, k) => cell(String(k))));
  await untilIdle(cache);
  assert.equal(cache.tiles.size, MAX_TILES);
  assert.deepEqual(
    ["0", "2999", "500"].map((key) => cache.tiles.has(key)),
    [true, true, false],
  );
  const places = [...cache.tiles.values()].map(({ sheet, x, y }) => `${cache.sheets.indexOf(sheet)} ${x} ${y}`);
  assert.equal(new Set(places).size, MAX_TILES, "no two tiles have the same place");
  assert.equal(largestBatch, 8);
});

test("cells that are no longer wanted are not made", async () => {
  /** @type {string[]} */
  const begun = [];
  const cache = createCache(async (cells) => {
    begun.push(...cells.map(({ key }) => key));
    return cells.map(blankTile);
  });
  cache.want(Array.from({ length: 100 }, (_, k) => cell(`a${k}`)));
  cache.want([cell("b")]);
  await untilIdle(cache);
  assert.deepEqual(begun, [...Array.from({ length: 8 }, (_, k) => `a${k}`), "b"]);
});

test("a tile that is made again keeps what was read from it before", async () => {
  let tile = { ...blankTile(), real: 0.5 };
  const cache = createCache(async () => [tile]);
  cache.want([cell("a")]);
  await untilIdle(cache);
  tile = /** @type {typeof tile} */ ({ ...blankTile(), classes: [Float32Array.of(1)] });
  cache.want([cell("a")]);
  await untilIdle(cache);
  const { real, classes } = cache.tiles.get("a") ?? {};
  assert.deepEqual([real, classes, cache.usedPlaces], [0.5, [Float32Array.of(1)], 1]);
});
