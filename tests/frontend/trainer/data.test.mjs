// @ts-check
/** Data and batches. */
import assert from "node:assert/strict";
import test from "node:test";
import { drawBatch, firstSamples } from "../../../gan_demo/frontend/trainer/data/batches.mjs";
import { unpackImages } from "../../../gan_demo/frontend/trainer/data/images.mjs";
import { clustersOf, FORMULAS, formulaPoints } from "../../../gan_demo/frontend/trainer/data/points.mjs";
import { Random } from "../../../gan_demo/frontend/trainer/random.mjs";
import { SETTINGS } from "./settings.mjs";

test("points of a set are the same for the same seed, and stay within the plane", () => {
  for (const name of FORMULAS) {
    const points = formulaPoints(name, 3, 500);
    assert.deepEqual(formulaPoints(name, 3, 500), points);
    assert.notDeepEqual(formulaPoints(name, 4, 500), points);
    assert.ok(
      points.every((value) => Math.abs(value) < 2.5),
      name,
    );
  }
});

test("each cluster has its share of the points, at its centre, with its deviation", () => {
  const clusters = clustersOf("ring");
  assert.ok(clusters);
  const points = formulaPoints("ring", 0, 8000);
  const counts = Array(8).fill(0);
  let squares = 0;
  for (let k = 0; k < 8000; k++) {
    const distances = counts.map((_, c) =>
      Math.hypot(points[2 * k] - clusters.centres[2 * c], points[2 * k + 1] - clusters.centres[2 * c + 1]),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    counts[nearest]++;
    squares += distances[nearest] ** 2;
  }
  assert.ok(
    counts.every((count) => Math.abs(count - 1000) < 150),
    `${counts}`,
  );
  assert.ok(Math.abs(Math.sqrt(squares / 16000) - clusters.sigma) < 0.002);
  assert.equal(clustersOf("spiral"), null);
});

test("a batch holds rows of the data with their labels, bytes as -1 to 1", () => {
  const data = { values: Uint8Array.of(0, 0, 255, 255), size: 2, labels: Uint8Array.of(1, 0, 0, 1), labelWidth: 2 };
  const { x, y, z } = drawBatch(data, { ...SETTINGS, conditional: true, batch: 64 }, new Random(1));
  assert.equal(z.length, 128);
  assert.ok(y);
  for (let row = 0; row < 64; row++)
    assert.deepEqual([...y.subarray(2 * row, 2 * row + 2)], x[2 * row] < 0 ? [1, 0] : [0, 1]);
  assert.deepEqual(new Set(x), new Set([-1, 1]));
  assert.deepEqual([...firstSamples(data, 3)], [-1, -1, 1, 1, -1, -1]);
});

test("uniform noise lies in [-1, 1), and only WGAN-GP draws positions", () => {
  const data = { values: new Float32Array(4), size: 2, labels: null, labelWidth: 0 };
  const uniform = drawBatch(data, { ...SETTINGS, noiseKind: "uniform", batch: 512, gp: 1 }, new Random(1));
  assert.ok(uniform.z.every((value) => value >= -1 && value < 1));
  assert.ok(Math.min(...uniform.z) < -0.95 && Math.max(...uniform.z) > 0.95);
  assert.ok(uniform.positions.length === 512 && uniform.positions.every((value) => value >= 0 && value < 1));
  assert.equal(drawBatch(data, SETTINGS, new Random(1)).positions.length, 0);
});

test("images come with the one-hot vectors of all their labels side by side", () => {
  const head = new TextEncoder().encode(JSON.stringify({ count: 2, shape: [2, 1, 2], labels: [2, 3] }));
  const file = new Uint8Array([head.length, 0, 0, 0, ...head, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 0, 0]);
  const { values, size, shape, labels, labelWidth } = unpackImages(file.buffer);
  assert.deepEqual([[...values], size, shape, labelWidth], [[1, 3, 2, 4, 5, 7, 6, 8], 4, [2, 1, 2], 5]);
  assert.deepEqual([...(labels ?? [])], [0, 1, 0, 0, 1, 1, 0, 1, 0, 0]);
});
