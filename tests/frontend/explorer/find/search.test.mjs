// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { projectToShares, readingsOf, search } from "../../../../gan_demo/frontend/explorer/find/search.mjs";
import { latentState, oneHot, rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";

/**
 * @import { LatentState } from "../../../../gan_demo/frontend/explorer/types.js"
 * @import { SearchStep } from "../../../../gan_demo/frontend/explorer/find/search.mjs"
 */

const DIGIT = { name: "digit", values: ["0", "1", "2"] };
const SPACE = { z_dim: 4, labels: [DIGIT] };
const PIXELS = 12;
const MATRIX = rng(2).normals(PIXELS * 7);

/**
 * Draw samples of a linear network of z and labels.
 * @param {LatentState[]} states
 */
async function sample(states) {
  const rows = states.map(({ z, y }) => [...z, ...y]);
  return Float32Array.from(
    rows.flatMap((row) =>
      Array.from({ length: PIXELS }, (_, pixel) =>
        row.reduce((sum, value, k) => sum + MATRIX[pixel * row.length + k] * value, 0),
      ),
    ),
  );
}

/**
 * Return all steps of the search for the sample of a state.
 * @param {LatentState} truth
 * @param {Float32Array[]} readings
 */
async function stepsTo(truth, readings) {
  const target = await sample([truth]);
  /** @type {SearchStep[]} */
  const steps = [];
  for await (const step of search({ space: SPACE, sample, target, readings, seed: 3, rng })) steps.push(step);
  return steps;
}

for (const [y, expected] of [
  [
    [0.3, 0.7, 0.2, 0.3, 0.5],
    [0.3, 0.7, 0.2, 0.3, 0.5],
  ],
  [
    [2, 0, 0.5, 0.7, -0.4],
    [1, 0, 0.4, 0.6, 0],
  ],
  [
    [0, 0, 1, 1, 1],
    [0.5, 0.5, 1 / 3, 1 / 3, 1 / 3],
  ],
]) {
  test(`weights ${y} of two fields go to the nearest shares`, () => {
    const weights = Float64Array.from(y);
    projectToShares(weights, [{ values: ["a", "b"] }, { values: ["c", "d", "e"] }]);
    assert.ok(weights.every((weight, k) => Math.abs(weight - expected[k]) < 1e-12));
  });
}

test("the most probable labels are tried, and a probable second of a single field", () => {
  /** @param {number[][]} probabilities @param {number} fields */
  const readings = (probabilities, fields) =>
    readingsOf(
      probabilities.map((p) => Float32Array.from(p)),
      { labels: Array.from({ length: fields }, () => DIGIT) },
    ).map((y) => [...y]);
  const sure = [[0.95, 0.05, 0]];
  const unsure = [[0.3, 0.1, 0.6]];
  assert.deepEqual(readings(sure, 1), [[1, 0, 0]]);
  assert.deepEqual(readings(unsure, 1), [
    [0, 0, 1],
    [1, 0, 0],
  ]);
  assert.deepEqual(readings([...unsure, ...unsure], 2), [[0, 0, 1, 0, 0, 1]]);
});

test("a target of known labels is found in the first descent, which ends the search", async () => {
  const y = oneHot(3, 1);
  const steps = await stepsTo(latentState([0.5, -0.4, 0.2, 0.6], y), [y]);
  const last = steps[steps.length - 1];
  assert.equal(last.start, 1);
  assert.ok(last.best.error < 0.015);
  assert.deepEqual([...last.best.state.y], [0, 1, 0]);
  assert.equal(steps[0].step, 0);
  assert.equal(steps[0].error, last.nearest); // the search starts from the nearest random state
});

test("every reading is tried, and then the labels' weights move too", async () => {
  const mixture = latentState([0.5, -0.4, 0.2, 0.6], [0, 0.5, 0.5]);
  const steps = await stepsTo(mixture, [oneHot(3, 0), oneHot(3, 2)]);
  const fixed = steps.filter(({ hasFixedLabels }) => hasFixedLabels);
  assert.deepEqual(new Set(fixed.map(({ state }) => state.y.join())), new Set(["1,0,0", "0,0,1"]));
  const last = steps[steps.length - 1];
  assert.deepEqual([last.start, last.starts, last.hasFixedLabels], [4, 4, false]);
  const [sum, least] = [last.state.y.reduce((a, b) => a + b), Math.min(...last.state.y)];
  assert.ok(Math.abs(sum - 1) < 1e-5 && least >= 0);
  assert.ok(last.best.error < Math.min(...fixed.map(({ error }) => error)));
});

test("the best state is the one of the least loss so far", async () => {
  const steps = await stepsTo(latentState([0.5, -0.4, 0.2, 0.6], [0, 0.5, 0.5]), []);
  let least = Number.POSITIVE_INFINITY;
  for (const { loss, best } of steps) {
    least = Math.min(least, loss);
    assert.equal(best.loss, least);
  }
});

test("a seed decides the whole search", async () => {
  const truth = latentState([0.5, -0.4, 0.2, 0.6], oneHot(3, 1));
  const [first, again] = [await stepsTo(truth, []), await stepsTo(truth, [])];
  assert.deepEqual(again, first);
});
