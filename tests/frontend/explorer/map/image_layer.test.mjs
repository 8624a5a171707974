// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { latentState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { allAxes, createPlane } from "../../../../gan_demo/frontend/explorer/map/axes.mjs";
import { classColour, verdictColour } from "../../../../gan_demo/frontend/explorer/map/colours.mjs";
import { ImageLayer } from "../../../../gan_demo/frontend/explorer/map/image_layer.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { SampleReader } from "../../../../gan_demo/frontend/explorer/engine/classifiers.mjs" */
/** @import { Cell, Colouring, StoredTile } from "../../../../gan_demo/frontend/explorer/map/types" */
/** @import { App, LatentState } from "../../../../gan_demo/frontend/explorer/types" */

const SPACE = createSpace({ loss: "least_squares" });
const CELLS = /** @type {Cell[]} */ ([0, 1].map((i) => ({ level: 0, i, j: 0, key: `0/${i}/0` })));

/** @param {{ colouring?: Colouring, channels?: number }} [options] */
function createLayer({ colouring = "", channels = 1 } = {}) {
  const app = {
    space: SPACE,
    shape: [channels, 4, 4],
    state: latentState([0, 0, 0], [1, 0, 0, 1, 0]),
    samples: async (/** @type {LatentState[]} */ states) => new Float32Array(states.length),
    pixels: (/** @type {Float32Array} */ _, k = 0) => Uint8ClampedArray.of(k),
    go(/** @type {LatentState} */ state) {
      app.state = state;
    },
    t: (/** @type {string} */ key, values = {}) => [key, ...Object.values(values)].join(" "),
    fieldName: (/** @type {string} */ name) => name,
    valueName: (/** @type {string} */ _, /** @type {string} */ value) => value,
    formatNumber: (/** @type {number} */ value) => value.toFixed(0),
  };
  const reader = {
    fields: [{ name: "digit", values: ["0", "1", "2"] }],
    read: async (/** @type {unknown} */ _, /** @type {number} */ n) =>
      Array.from({ length: n }, (__, k) => [Float32Array.of(0.1, 0.2 + k, 0.7 - k)]),
    judge: async (/** @type {unknown} */ _, /** @type {LatentState[]} */ states) =>
      Float32Array.from(states, (__, k) => k / 4),
  };
  const [across, up] = allAxes(SPACE);
  const options = { plane: createPlane(app.state, across, up), colouring: () => colouring };
  const layer = new ImageLayer(/** @type {App} */ (/** @type {unknown} */ (app)), {
    ...options,
    reader: /** @type {SampleReader} */ (/** @type {unknown} */ (reader)),
  });
  return { app, layer };
}

/** @param {ImageLayer} layer */
async function tilesOf(layer) {
  const tiles = await layer.makeTiles(CELLS);
  return tiles.map((tile) => /** @type {StoredTile} */ (/** @type {unknown} */ ({ ...tile, x: 0, y: 0 })));
}

test("a tile has the colour of its most probable class, and says it", async () => {
  const { layer } = createLayer({ colouring: 0 });
  const tiles = await tilesOf(layer);
  assert.deepEqual(
    tiles.map((tile) => layer.colourOf(tile)),
    [classColour(2), classColour(1)],
  );
  assert.equal(layer.describe(tiles[0]), "map.reading digit 2 70");
});

test("a tile has the colour of D's verdict, and says it", async () => {
  const { layer } = createLayer({ colouring: "verdict" });
  const tiles = await tilesOf(layer);
  assert.equal(layer.colourOf(tiles[1]), `rgb(${verdictColour(0.25).join(" ")})`);
  assert.equal(layer.describe(tiles[1]), "map.verdict 25");
});

test("tiles made without a colour are asked for again once there is one to read", async () => {
  const tiles = await tilesOf(createLayer().layer);
  const isReady = (/** @type {Colouring} */ colouring) => createLayer({ colouring }).layer.isReady(tiles[0]);
  assert.deepEqual([isReady(""), isReady("verdict"), isReady(0)], [true, false, false]);
  assert.equal(createLayer({ colouring: 0 }).layer.colourOf(tiles[0]), "");
});

test("greys are tinted, colours get a frame alone", () => {
  assert.ok(createLayer({ channels: 1 }).layer.strength > 0);
  assert.equal(createLayer({ channels: 3 }).layer.strength, 0);
});

test("within a label's band the marker stays where the viewer went, until the state changes", () => {
  const { app, layer } = createLayer();
  layer.goTo(0.9, 3, false);
  const { s, t } = layer.position();
  assert.deepEqual([s, t], [0.9, 3]);
  app.go(latentState(app.state.z, [0, 1, 0, 1, 0]));
  assert.notEqual(layer.position().s, 0.9);
});
