// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { latentState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { verdict, verdictColour } from "../../../../gan_demo/frontend/explorer/map/colours.mjs";
import { PointLayer, verdictPixels } from "../../../../gan_demo/frontend/explorer/map/point_layer.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { Cell } from "../../../../gan_demo/frontend/explorer/map/types" */
/** @import { App, LatentState } from "../../../../gan_demo/frontend/explorer/types" */

const SIDE = 32; // pixels of a tile
const SPACE = createSpace({ shape: [2], labels: [], loss: "non_saturating" });
const CELL = /** @type {Cell} */ ({ level: 1, i: 1, j: -1, key: "1/1/-1" }); // x from 0.5 to 1, y from -0.5 to 0

/** An app whose generator draws the first two numbers of z. */
function createApp() {
  const calls = { samples: 0, went: /** @type {LatentState[]} */ ([]) };
  const app = {
    space: SPACE,
    state: latentState([0.5, -1, 0]),
    destroyed: false,
    samples: async (/** @type {readonly LatentState[]} */ states) => {
      calls.samples++;
      return Float32Array.from(states.flatMap(({ z }) => [z[0], z[1]]));
    },
    go: (/** @type {LatentState} */ state) => calls.went.push(state),
    formatNumber: (/** @type {number} */ value) => value.toFixed(0),
    t: (/** @type {string} */ key, values = {}) => `${key} ${JSON.stringify(values)}`,
    drawingFailed: (/** @type {unknown} */ error) => assert.fail(String(error)),
  };
  return { app: /** @type {App} */ (/** @type {unknown} */ (app)), calls };
}

/** A discriminator whose output is 4x + y. */
function createReader(hasDiscriminator = true) {
  const judge = async (/** @type {Float32Array} */ x) =>
    Float32Array.from({ length: x.length / 2 }, (_, k) => 4 * x[2 * k] + x[2 * k + 1]);
  return { hasDiscriminator, judge };
}

/**
 * @param {Uint8ClampedArray} pixels
 * @param {number} column
 * @param {number} row
 */
function colourAt(pixels, column, row) {
  return [...pixels.subarray(4 * (row * SIDE + column), 4 * (row * SIDE + column) + 3)];
}

test("each pixel has the colour of D's verdict at its point", async () => {
  const layer = new PointLayer(createApp().app, { reader: createReader(), onChange: () => {} });
  const [{ pixels }] = await layer.makeTiles([CELL]);
  for (const [column, row] of [
    [0, 0],
    [17, 5],
    [31, 31],
  ]) {
    const [x, y] = [0.5 + (column + 0.5) / SIDE / 2, -(row + 0.5) / SIDE / 2];
    const wanted = verdictColour(verdict(4 * x + y, SPACE));
    const colour = colourAt(pixels, column, row);
    for (const [k, value] of colour.entries()) assert.ok(Math.abs(value - wanted[k]) <= 1, `${colour}, not ${wanted}`);
  }
});

test("interpolation between nodes is linear both ways", () => {
  const shares = Array.from({ length: 81 }, (_, k) => ((k % 9) + Math.floor(k / 9)) / 16);
  const pixels = verdictPixels(shares);
  const share = (/** @type {number} */ column, /** @type {number} */ row) => (column + 0.5 + row + 0.5) / (2 * SIDE);
  for (const [column, row] of [
    [0, 0],
    [9, 22],
    [31, 31],
  ]) {
    assert.deepEqual(colourAt(pixels, column, row), verdictColour(share(column, row)));
  }
});

test("what is said of a cell is the mean of its verdicts", async () => {
  const layer = new PointLayer(createApp().app, { reader: createReader(), onChange: () => {} });
  const sheet = /** @type {HTMLCanvasElement} */ ({});
  assert.equal(layer.describe({ sheet, x: 0, y: 0, shares: [0.25, 0.75] }), 'map.verdict {"share":"50"}');
  assert.equal(layer.describe(undefined), "");
});

test("without a discriminator the map has no colours", async () => {
  const layer = new PointLayer(createApp().app, { reader: createReader(false), onChange: () => {} });
  const [tile] = await layer.makeTiles([CELL]);
  assert.ok(tile.pixels.every((value) => value === 0));
  assert.equal(tile.shares, undefined);
});

test("a click goes to the nearest sample, and the marker is at the current one", async () => {
  const { app, calls } = createApp();
  let changes = 0;
  const layer = new PointLayer(app, { reader: createReader(), onChange: () => changes++ });
  assert.equal(layer.position(), null);
  layer.goTo(0, 0, false);
  assert.equal(calls.went.length, 0, "there are no samples yet");
  await layer.refresh();
  assert.deepEqual([layer.position(), changes], [{ s: 0.5, t: -1, off: false }, 1]);
  const wanted = layer.states[7];
  layer.goTo(wanted.z[0] + 1e-6, wanted.z[1], false);
  assert.deepEqual(calls.went[0], wanted);
  await layer.refresh();
  assert.equal(calls.samples, 3, "the samples are drawn once for a truncation");
});
