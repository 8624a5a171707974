// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  LevenbergMarquardt,
  meanSquaredError,
  solve,
} from "../../../../gan_demo/frontend/explorer/find/levenberg_marquardt.mjs";
import { rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";

/**
 * Return a network from Z numbers to P pixels: a random matrix times z + square·z².
 * @param {number} Z
 * @param {number} P
 * @param {number} seed
 */
function linearNetwork(Z, P, seed, square = 0) {
  const random = rng(seed);
  const matrix = random.normals(Z * P).map((value) => value / Math.sqrt(Z));
  /** @param {Float32Array} zs @param {number} n */
  const draw = async (zs, n) =>
    Float32Array.from({ length: n * P }, (_, at) => {
      const [sample, pixel] = [Math.floor(at / P), at % P];
      let sum = 0;
      for (let k = 0; k < Z; k++) {
        const z = zs[sample * Z + k];
        sum += matrix[pixel * Z + k] * (z + square * z ** 2);
      }
      return sum;
    });
  return { draw, random };
}

/**
 * Take steps until none helps, `most` at most.
 * @param {LevenbergMarquardt} descent
 * @param {number} most
 */
async function descend(descent, most) {
  const losses = [descent.loss];
  while (descent.steps < most && (await descent.step())) losses.push(descent.loss);
  return losses;
}

test("Cholesky's decomposition solves 2x + y = 5, x + 3y = 10", () => {
  const x = solve([2, 1, 1, 3], [5, 10]);
  assert.ok(x && Math.abs(x[0] - 1) < 1e-12 && Math.abs(x[1] - 3) < 1e-12);
});

test("Cholesky's decomposition refuses an indefinite matrix", () => {
  assert.equal(solve([1, 2, 2, 1], [1, 1]), null);
});

test("the error of one of several samples is the mean of its squared differences", () => {
  const x = Float32Array.of(0, 0, 1, 3);
  assert.equal(meanSquaredError(x, Float32Array.of(1, 1)), 1);
  assert.equal(meanSquaredError(x, Float32Array.of(1, 1), 1), 2);
});

test("a linear network is inverted in a few steps, from far away", async () => {
  const { draw, random } = linearNetwork(12, 40, 3);
  const truth = random.normals(12).map((value) => value / 2);
  const target = await draw(truth, 1);
  const descent = await new LevenbergMarquardt(draw, target, random.normals(12)).begin();
  assert.ok(descent.error > 0.1);
  await descend(descent, 12);
  assert.ok(descent.error < 1e-6);
  assert.ok(truth.every((value, k) => Math.abs(value - descent.z[k]) < 1e-2));
});

test("a curved network is inverted, and the loss never rises", async () => {
  const { draw, random } = linearNetwork(8, 60, 5, 0.15);
  const target = await draw(
    random.normals(8).map((value) => value / 2),
    1,
  );
  const descent = await new LevenbergMarquardt(draw, target, new Float32Array(8)).begin();
  const losses = await descend(descent, 25);
  assert.ok(descent.error < 1e-4);
  assert.ok(losses.every((loss, k) => k === 0 || loss <= losses[k - 1]));
});

test("a target out of reach does not blow up the norm", async () => {
  const { draw, random } = linearNetwork(10, 10, 7);
  const target = await draw(
    random.normals(10).map((value) => 10 * value),
    1,
  );
  const descent = await new LevenbergMarquardt(draw, target, random.normals(10)).begin();
  await descend(descent, 25);
  const meanSquare = descent.z.reduce((sum, value) => sum + value * value, 0) / 10;
  assert.ok(meanSquare > 1.2 && meanSquare < 50, `${meanSquare}`); // without the penalty: 100
});

test("constrained numbers arrive at their limit and are not drawn to the middle", async () => {
  const { draw, random } = linearNetwork(12, 40, 3);
  const truth = random.normals(12).map((value, k) => (k < 8 ? value / 2 : 3));
  const target = await draw(truth, 1);
  /** @param {Float64Array} z */
  const constrain = (z) => {
    for (let k = 8; k < 12; k++) z[k] = Math.min(3, z[k]);
  };
  const descent = await new LevenbergMarquardt(draw, target, new Float32Array(12), { normal: 8, constrain }).begin();
  await descend(descent, 12);
  assert.ok(descent.error < 1e-4);
  assert.ok(Math.max(...descent.z) <= 3);
  assert.ok(descent.z.subarray(8).every((value) => Math.abs(value - 3) < 0.05));
});

test("of 200 coordinates each step moves 128, and the error still comes down", async () => {
  const { draw, random } = linearNetwork(200, 60, 9);
  const target = await draw(random.normals(200), 1);
  const descent = await new LevenbergMarquardt(draw, target, random.normals(200), { random: rng(1) }).begin();
  const before = descent.error;
  await descend(descent, 6);
  assert.ok(descent.error < before / 100);
});

test("many coordinates without random numbers to choose among them are refused", async () => {
  const { draw } = linearNetwork(200, 10, 9);
  const descent = await new LevenbergMarquardt(draw, new Float32Array(10), new Float32Array(200)).begin();
  await assert.rejects(descent.step(), /need random numbers/);
});
