// @ts-check
/**
 * States to go back to.
 * @import { StepKind } from "../../../gan_demo/frontend/trainer/types.js"
 */
import assert from "node:assert/strict";
import test from "node:test";
import { Snapshots } from "../../../gan_demo/frontend/trainer/snapshots.mjs";
import { NO_REPORT } from "../../../gan_demo/frontend/trainer/training.mjs";
import { SETTINGS } from "./settings.mjs";

const BYTES = 400; // of a state below

/** @param {number} iteration */
function snapshot(iteration) {
  const counts = { iteration, gUpdates: 0, dUpdates: 0, gOptimizerSteps: 0, dOptimizerSteps: 0, seconds: 0 };
  const random = /** @type {[number, number, number, number]} */ ([0, 0, 0, iteration]);
  const state = { g: new Float32Array(50), d: new Float32Array(50), ...counts, random };
  return {
    state,
    report: NO_REPORT,
    settings: SETTINGS,
    data: { values: new Float32Array(), size: 2, labels: null, labelWidth: 0 },
  };
}

/**
 * @param {number} count
 * @param {number} [budget]
 */
function filled(count, budget = 1000 * BYTES) {
  const snapshots = new Snapshots(budget);
  snapshots.add(snapshot(0), null);
  for (let k = 1; k <= count; k++) snapshots.add(snapshot(k), "both");
  return snapshots;
}

test("what is kept stays within its bytes, holds the first and the newest states, and thins evenly before", () => {
  const snapshots = filled(20_000);
  const iterations = snapshots.all.map(({ state }) => state.iteration);
  assert.ok(iterations.length <= 1000 && iterations.length > 400, `${iterations.length}`);
  assert.equal(iterations[0], 0);
  assert.deepEqual(
    iterations.slice(-64),
    Array.from({ length: 64 }, (_, k) => 19_937 + k),
  );
  const gaps = iterations.slice(1).map((iteration, k) => iteration - iterations[k]);
  assert.ok(Math.max(...gaps) <= 64, `${Math.max(...gaps)}`);
});

test("large states leave at least the newest and the first", () => {
  const iterations = filled(100, 3 * BYTES).all.map(({ state }) => state.iteration);
  assert.equal(iterations[0], 0);
  assert.equal(iterations.at(-1), 100);
  assert.ok(iterations.length <= 3);
});

test("the way to an iteration begins at the newest state before it and repeats the kinds of its steps", () => {
  const snapshots = new Snapshots(8 * BYTES);
  snapshots.add(snapshot(0), null);
  const kinds = /** @type {StepKind[]} */ ([
    "both",
    "d",
    "g",
    "both",
    "d",
    "both",
    "both",
    "both",
    "both",
    "both",
    "g",
    "d",
  ]);
  kinds.forEach((kind, k) => {
    snapshots.add(snapshot(k + 1), kind);
  });
  for (let wanted = 0; wanted <= 12; wanted++) {
    const { from, kinds: steps } = snapshots.routeTo(wanted);
    assert.deepEqual(steps, kinds.slice(from.state.iteration, wanted));
  }
  assert.ok(snapshots.routeTo(5).kinds.length > 0, "nothing was thinned");
});

test("a step from an earlier state drops what came after it, and a change keeps its state for good", () => {
  const snapshots = filled(50);
  snapshots.add(snapshot(20), null);
  assert.deepEqual(snapshots.span, [0, 20]);
  for (let k = 21; k <= 30_000; k++) snapshots.add(snapshot(k), "both");
  assert.ok(snapshots.all.some(({ state }) => state.iteration === 20));
});
