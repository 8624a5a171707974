// @ts-check
/** The shipped moments that are drawn before the engine is there. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import test from "node:test";
import { readAddress } from "../../../gan_demo/frontend/lab/address.mjs";
import { realShares } from "../../../gan_demo/frontend/lab/frames.mjs";
import { packSnapshot, snapshotFrame, snapshotOf } from "../../../gan_demo/frontend/lab/snapshots.mjs";

import { clustersOf } from "../../../gan_demo/frontend/trainer/data/points.mjs";

const FILE = new URL("../../../gan_demo/frontend/lab/snapshots.json", import.meta.url);
/** @type {import("../../../gan_demo/frontend/lab/snapshots.mjs").Snapshot[]} */
const SNAPSHOTS = JSON.parse(readFileSync(FILE, "utf-8"));
const HASHES = ["", ...["best_d", "vanishing", "hopping", "wgan", "r1", "nan"].map((id) => `#lesson=${id}`)];

// scripts/make_lab_snapshots.py makes those that are missing
test("the lab's address and those of lessons have a moment each", () => {
  assert.ok(statSync(FILE).size < 100_000);
  const fitting = HASHES.map((hash) => snapshotOf(SNAPSHOTS, readAddress(hash)));
  for (const [k, snapshot] of fitting.entries()) {
    assert.ok(snapshot, HASHES[k]);
    assert.ok(snapshot.iteration > 0);
    const { samples, surface, warp } = snapshotFrame(snapshot);
    assert.deepEqual([samples.length, surface?.values.length, warp?.output.length], [1000, 2500, 882], HASHES[k]);
    assert.ok(surface?.values.every((value) => value >= 0 && value <= 1));
  }
  assert.equal(new Set(fitting).size, HASHES.length);
  assert.equal(snapshotOf(SNAPSHOTS, readAddress("#lesson=dirac")), fitting[0], "its lab is the usual one");
  assert.equal(snapshotOf(SNAPSHOTS, readAddress("#lesson=trained")), fitting[0], "it begins where that moment is");
});

test("the default's moment is trained: most samples lie near the ring", () => {
  const snapshot = snapshotOf(SNAPSHOTS, readAddress(""));
  assert.ok(snapshot);
  const { samples } = snapshotFrame(snapshot);
  const { centres } = clustersOf("ring") ?? { centres: [] };
  const centre = Math.hypot(centres[0], centres[1]);
  const radii = Array.from({ length: 500 }, (_, k) => Math.hypot(samples[2 * k], samples[2 * k + 1]));
  assert.ok(radii.filter((radius) => Math.abs(radius - centre) < 0.3).length > 400, `median ${radii.sort()[250]}`);
});

test("other settings, own points and another iteration have none", () => {
  const state = readAddress("");
  assert.equal(snapshotOf(SNAPSHOTS, { ...state, settings: { ...state.settings, seed: 5 } }), null);
  assert.equal(snapshotOf(SNAPSHOTS, { ...state, points: new Float32Array(2) }), null);
  assert.equal(snapshotOf(SNAPSHOTS, { ...state, at: 7 }), null);
});

test("packing keeps a moment within a thousandth", () => {
  const { settings } = readAddress("");
  const samples = Float32Array.from({ length: 1000 }, (_, k) => 2 * Math.sin(k));
  const logits = Float32Array.from({ length: 2500 }, (_, k) => 4 * Math.cos(k));
  const values = realShares("hinge", logits, 0, 0);
  const frame = { iteration: 3, samples, surface: { values, n: 50 }, warp: null, arrows: null };
  const again = snapshotFrame(packSnapshot(settings, frame));
  assert.equal(again.iteration, 3);
  assert.ok(again.samples.every((value, k) => Math.abs(value - samples[k]) < 1e-3));
  assert.ok(again.surface?.values.every((value, k) => Math.abs(value - values[k]) < 1e-3));
});
