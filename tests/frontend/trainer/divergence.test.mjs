// @ts-check
/**
 * What a training that came to NaN says.
 * @import { TrainerSettings } from "../../../gan_demo/frontend/trainer/types.js"
 */
import assert from "node:assert/strict";
import test from "node:test";
import { diverged } from "../../../gan_demo/frontend/trainer/divergence.mjs";
import { initialState } from "../../../gan_demo/frontend/trainer/initial.mjs";
import { NO_REPORT } from "../../../gan_demo/frontend/trainer/training.mjs";
import { LAYOUT, SETTINGS } from "./settings.mjs";

const STATE = initialState(LAYOUT, SETTINGS);
const CALM = {
  dLoss: 1,
  gLoss: 1,
  penalty: 0.1,
  gradNormD: 0.5,
  gradNormG: 0.5,
  dReal: 0,
  dFake: 0,
  realShare: 0.5,
  fakeShare: 0.5,
};
const BROKEN = { ...CALM, gLoss: NaN };

/**
 * Ten calm iterations, then three in which numbers grow.
 * @param {Partial<typeof CALM>} growth
 * @param {Partial<TrainerSettings>} [settings]
 */
function snapshots(growth, settings = {}) {
  const data = { values: new Float32Array(), size: 2, labels: null, labelWidth: 0 };
  return Array.from({ length: 14 }, (_, iteration) => {
    const report = iteration === 0 ? NO_REPORT : { ...CALM, ...(iteration > 10 && growth) };
    return { state: { ...STATE, iteration }, report, settings: { ...SETTINGS, ...settings }, data };
  });
}

test("it names what is not finite and goes back to where numbers were of their usual size", () => {
  const what = diverged(BROKEN, 14, snapshots({ gLoss: 1e6, gradNormG: 1e9 }), null);
  assert.deepEqual(what, { iteration: 14, part: "gLoss", setting: "gLr", back: 10 });
});

test("a change shortly before is the cause, and the state before it the way back", () => {
  const what = diverged(BROKEN, 14, snapshots({ gradNormG: 1e9 }), { key: "r1", iteration: 9 });
  assert.deepEqual([what.setting, what.back], ["r1", 9]);
  const later = diverged(BROKEN, 900, snapshots({ gradNormG: 1e9 }), { key: "r1", iteration: 9 });
  assert.equal(later.setting, "gLr");
});

test("a penalty that is nearly all of D's loss is the cause, or a loss without a bound, or the faster network", () => {
  assert.equal(diverged(BROKEN, 14, snapshots({ penalty: 1e9, gradNormD: 1e9 }), null).setting, "r2");
  const free = { loss: "wasserstein", r1: 0, r2: 0 };
  assert.equal(diverged(BROKEN, 14, snapshots({ dLoss: -1e9, gradNormD: 1e9 }, free), null).setting, "loss");
  assert.equal(diverged(BROKEN, 14, snapshots({ gradNormD: 1e9 }), null).setting, "dLr");
});
