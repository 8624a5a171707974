// @ts-check
/** The numbers that a compiled step takes. */
import assert from "node:assert/strict";
import test from "node:test";
import { controls, isPenalised } from "../../../gan_demo/frontend/trainer/controls.mjs";
import { initialState } from "../../../gan_demo/frontend/trainer/initial.mjs";
import { rateFactor } from "../../../gan_demo/frontend/trainer/schedule.mjs";
import { LAYOUT, SETTINGS } from "./settings.mjs";

const STATE = initialState(LAYOUT, SETTINGS);

test("corrections count the updates since the moments were zero, the average those of G", () => {
  const state = { ...STATE, gUpdates: 89, gOptimizerSteps: 2, dOptimizerSteps: 0 };
  const values = controls({ ...SETTINGS, ema: 0.999 }, state);
  assert.equal(values.length, 22);
  assert.deepEqual(
    [...values.subarray(0, 8)],
    [...Float32Array.of(1e-3, 0.5, 0.99, 0.5, 0.01, 1 / 0.875, 1 / Math.sqrt(1 - 0.99 ** 3), 1e-8)],
  );
  assert.deepEqual([values[8], values[13]], [Math.fround(2e-3), 2]);
  assert.equal(values[21], Math.fround(1 - 90 / 99));
  assert.equal(controls(SETTINGS, state)[21], 1);
});

test("learning rates climb while they warm up and fall as their schedule says", () => {
  const settings = { ...SETTINGS, steps: 100, warmup: 10 };
  assert.equal(rateFactor({ ...settings, schedule: "constant" }, 4), 0.5);
  assert.equal(rateFactor({ ...settings, schedule: "linear" }, 75), 0.25);
  assert.ok(Math.abs(rateFactor({ ...settings, schedule: "cosine" }, 50) - 0.5) < 1e-12);
  assert.equal(rateFactor({ ...settings, schedule: "cosine" }, 200), 0);
  assert.equal(rateFactor(SETTINGS, 10_000), 1);
});

test("lazy penalties come in every n-th update of D", () => {
  const due = [0, 1, 2, 3, 4].map((dUpdates) => isPenalised({ ...SETTINGS, penaltyEvery: 2 }, { ...STATE, dUpdates }));
  assert.deepEqual(due, [true, false, true, false, true]);
  assert.equal(isPenalised({ ...SETTINGS, r1: 0, r2: 0 }, STATE), false);
});
