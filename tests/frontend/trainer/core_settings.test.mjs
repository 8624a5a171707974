// @ts-check
/** Settings by the core's names. */
import assert from "node:assert/strict";
import test from "node:test";
import { fromCore, graphQuery, toCore } from "../../../gan_demo/frontend/trainer/core_settings.mjs";
import { SETTINGS } from "./settings.mjs";

test("settings go to the core's names and back", () => {
  const settings = { ...SETTINGS, arch: "points", noiseKind: "gaussian", penaltyEvery: 2, steps: 500 };
  const values = toCore(settings);
  assert.deepEqual([values.z_dim, values.noise, values.d_depth, values.penalty_every], [2, "normal", 1, 2]);
  assert.deepEqual(fromCore(values), settings);
  assert.equal(fromCore({ ...values, d_depth: -1, depth: 3 }).dLayers, 3);
});

test("settings that one file of graphs serves ask for the same", () => {
  const query = graphQuery(SETTINGS);
  const alike = [
    { seed: 9 },
    { data: "drawn" },
    { gLr: 1 },
    { r1: 0 },
    { r2: 5 },
    { noiseKind: "uniform" },
    { ema: 0.9 },
  ];
  for (const change of alike) assert.equal(graphQuery({ ...SETTINGS, ...change }), query, JSON.stringify(change));
  const others = [
    { loss: "hinge" },
    { r1: 0, r2: 0 },
    { gp: 1 },
    { dLayers: 2 },
    { activation: "tanh" },
    { batch: 8 },
    { pack: 2 },
  ];
  for (const change of others) assert.notEqual(graphQuery({ ...SETTINGS, ...change }), query, JSON.stringify(change));
});

test("images ask for the graphs of their own set", () => {
  const query = new URLSearchParams(graphQuery({ ...SETTINGS, arch: "dcgan", data: "faces", conditional: true }));
  assert.deepEqual([query.get("name"), query.get("arch"), query.get("conditional")], ["faces", "dcgan", "true"]);
});
