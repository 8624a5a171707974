// @ts-check
/** Numbers of a training's steps. */
import assert from "node:assert/strict";
import test from "node:test";
import { initialState } from "../../../gan_demo/frontend/trainer/initial.mjs";
import { Log } from "../../../gan_demo/frontend/trainer/log.mjs";
import { meanShares } from "../../../gan_demo/frontend/trainer/shares.mjs";
import { LAYOUT, SETTINGS } from "./settings.mjs";

const STATE = initialState(LAYOUT, SETTINGS);

/** @param {number} iteration */
function report(iteration) {
  const numbers = { dLoss: iteration, gLoss: 1 / 3, penalty: 0, gradNormD: NaN, gradNormG: 1 };
  return { ...numbers, dReal: 0, dFake: 0, realShare: 0.5, fakeShare: 0.25 };
}

/**
 * @param {Log} log
 * @param {number} from
 * @param {number} to
 */
function add(log, from, to) {
  for (let k = from; k <= to; k++) log.add({ ...STATE, iteration: k, gUpdates: k, seconds: k / 10 }, report(k));
}

test("a long training has evenly thinned rows, whose numbers are those of the steps", () => {
  const log = new Log();
  add(log, 1, 10_000);
  const { iteration, d_loss, g_loss, d_grad, d_fake } = log.columns(9000);
  assert.ok(iteration.length > 300 && iteration.length <= 800, `${iteration.length}`);
  assert.equal(iteration[0], 1);
  assert.deepEqual(d_loss, iteration);
  assert.deepEqual([g_loss[0], d_grad[0], d_fake[0]], [0.333333, null, 0.25]);
  assert.ok(Number(iteration.at(-1)) > 8900 && Number(iteration.at(-1)) <= 9000);
});

test("a step from an earlier state drops the rows after it, and columns give back the log", () => {
  const log = new Log();
  add(log, 1, 50);
  add(log, 20, 21);
  assert.deepEqual(
    log.columns(100).iteration,
    Array.from({ length: 21 }, (_, k) => k + 1),
  );
  const again = new Log(log.columns(100));
  add(again, 22, 22);
  assert.equal(again.columns(100).step.at(-1), 22);
});

test("shares are the sigmoid of logits, their clamp, or the sigmoid of how far they are from the middle", () => {
  const [real, fake] = [Float32Array.of(2, 2), Float32Array.of(0, 0)];
  const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));
  assert.deepEqual(meanShares("hinge", real, fake), [sigmoid(2), 0.5]);
  assert.deepEqual(meanShares("least_squares", real, fake), [1, 0]);
  assert.deepEqual(meanShares("wasserstein", real, fake), [sigmoid(1), sigmoid(-1)]);
});
