// @ts-check
/** Files of graphs made of the shipped templates. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { DEFAULTS } from "../../../gan_demo/frontend/lab/settings.mjs";
import { filled, makeBundle, NotShipped } from "../../../gan_demo/frontend/lab/shipped_graphs.mjs";
import { dimensions } from "../../../gan_demo/frontend/trainer/bundle.mjs";

/** @import { BundleHeader, TrainerSettings } from "../../../gan_demo/frontend/trainer/types.js" */

const bytes = readFileSync(new URL("../../../gan_demo/lab/graphs.bin", import.meta.url));
const FILE = /** @type {ArrayBuffer} */ (bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

/**
 * @param {Partial<TrainerSettings>} change
 * @returns {Promise<{ header: BundleHeader, content: Uint8Array }>}
 */
async function made(change) {
  const file = await makeBundle(FILE, { ...DEFAULTS, ...change });
  const length = new DataView(file).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
  return { header, content: new Uint8Array(file, 4 + length) };
}

test("a template's marks become what its formulas say", () => {
  const mark = (/** @type {string} */ text, /** @type {number} */ index) => [...new TextEncoder().encode(text), index];
  const template = Uint8Array.from([9, ...mark("gan:int", 1), 7, ...mark("g:f", 0), ...mark("gan:int", 1), 103]);
  const graph = filled(
    template,
    [
      [[0.5, ["1/batch"]]],
      [
        [2, ["width", "width"]],
        [3, []],
      ],
    ],
    { batch: 4, width: 5 },
  );
  const view = new DataView(graph.buffer);
  assert.deepEqual(
    [view.getBigInt64(1, true), view.getFloat32(10, true), view.getBigInt64(14, true)],
    [53n, 0.125, 53n],
  );
  assert.deepEqual([graph[0], graph[9], graph[22]], [9, 7, 103]);
  assert.equal(template[1], 103, "the template stays as it was");
});

test("a file for any width has all graphs, without a mark, and a layout that fits its networks", async () => {
  const { header, content } = await made({ gWidth: 5, dWidth: 48, batch: 100, noiseDim: 1 });
  const names = ["step", "d", "g", "step_plain", "d_plain", "samples", "logits", "slopes", "g_units", "d_units"];
  assert.deepEqual(Object.keys(header.graphs).sort(), names.sort());
  const text = Buffer.from(content).toString("latin1");
  assert.ok(!text.includes("gan:int") && !text.includes("g:f"));
  assert.deepEqual(header.units, { g: [5, 5, 2], d: [48, 48, 1] });
  const { g, d } = header.layout;
  assert.equal(g.parameters, 1 * 5 + 5 + 5 * 5 + 5 + 5 * 2 + 2);
  assert.equal(d.parameters, 2 * 48 + 48 + 48 * 48 + 48 + 48 + 1);
  assert.deepEqual(g.parts.average, [3 * g.parameters, 4 * g.parameters]);
  assert.equal(header.batch, 100);
});

test("without penalties there are no plain graphs", async () => {
  const { header } = await made({ r1: 0, r2: 0 });
  assert.ok(!("step_plain" in header.graphs) && "step" in header.graphs);
});

for (const [setting, change] of /** @type {[string, Partial<TrainerSettings>][]} */ ([
  ["pack", { pack: 2 }],
  ["dLayers", { dLayers: 5 }],
  ["activation", { activation: "softsign" }],
  ["optimizer", { optimizer: "rmsprop" }],
  ["gp", { r1: 1, gp: 1 }],
])) {
  test(`settings that are not shipped name ${setting}`, async () => {
    await assert.rejects(made(change), (error) => error instanceof NotShipped && error.setting === setting);
  });
}

test("dimensions that a template names follow from batch and number of values", () => {
  assert.deepEqual(dimensions(["g0"], 77, 10), [77]);
  assert.deepEqual(dimensions(["z0", "z1"], 20, 10), [10, 2]);
  assert.deepEqual(dimensions(["x0", 2], 20, 10), [10, 2]);
  assert.deepEqual(dimensions([1024, "z1"], 1024, 10), [1024, 1]);
  assert.deepEqual(dimensions([256, 2], 512, 256), [256, 2]);
});
