// @ts-check
/** The lab's measurements against closed forms. */
import assert from "node:assert/strict";
import test from "node:test";
import { rng } from "../../../gan_demo/frontend/explorer/rng.mjs";
import {
  BINS,
  histogram,
  jsDivergence,
  klDivergence,
  slicedWasserstein,
} from "../../../gan_demo/frontend/lab/measure/divergence.mjs";
import { coverage } from "../../../gan_demo/frontend/lab/measure/modes.mjs";

/**
 * @param {number} count
 * @param {number} seed
 * @param {number} deviation
 */
function gaussian(count, seed, deviation = 1, centre = 0) {
  return rng(seed)
    .normals(2 * count)
    .map((value) => centre + deviation * value);
}

test("a histogram puts each point into its bin, and those outside into the last", () => {
  const counts = histogram(Float32Array.from([-2.49, -2.49, 2.49, 2.49, 9, 0, NaN, 0]), 2.5);
  assert.equal(counts[0], 1);
  assert.equal(counts[BINS * BINS - 1], 1);
  assert.equal(counts[BINS * BINS], 2);
});

test("JS is 0 of equal histograms, log 2 of disjoint ones, and of two bins what the formula says", () => {
  const [left, right] = [Float64Array.from([8, 0]), Float64Array.from([0, 5])];
  assert.equal(jsDivergence(left, left), 0);
  assert.ok(Math.abs(jsDivergence(left, right) - Math.log(2)) < 1e-12);
  const even = Float64Array.from([5, 5]);
  const expected = (Math.log(1 / 0.75) + 0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25)) / 2;
  assert.ok(Math.abs(jsDivergence(left, even) - expected) < 1e-12);
});

test("KL of two bins is what the formula says, with half a point in each bin of the generated ones", () => {
  const kl = klDivergence(Float64Array.from([3, 1]), Float64Array.from([4, 0]));
  const expected = 0.75 * Math.log(0.75 / (4.5 / 5)) + 0.25 * Math.log(0.25 / (0.5 / 5));
  assert.ok(Math.abs(kl - expected) < 1e-12);
});

test("KL of two Gaussians of different width comes near its closed form", () => {
  const [narrow, wide] = [gaussian(100_000, 1, 0.5), gaussian(100_000, 2, 0.7)];
  const ratio = (0.5 / 0.7) ** 2;
  const expected = ratio - 1 - Math.log(ratio); // of two dimensions
  const kl = klDivergence(histogram(narrow, 2.5), histogram(wide, 2.5));
  assert.ok(Math.abs(kl - expected) < 0.02, `${kl} instead of ${expected}`);
});

test("the sliced distance of a shifted set is the mean shift along all directions, 2/π of it", () => {
  const points = gaussian(2048, 3);
  const shifted = points.map((value, k) => (k % 2 ? value : value + 0.6));
  assert.ok(Math.abs(slicedWasserstein(points, shifted) - (0.6 * 2) / Math.PI) < 1e-4);
  assert.equal(slicedWasserstein(points, points), 0);
});

test("the sliced distance of a scaled set is the scale's mean distance, and order does not matter", () => {
  const points = gaussian(2048, 4);
  const reversed = points.map((_, k) => points[points.length - 2 - (k - (k % 2)) + (k % 2)]);
  assert.ok(slicedWasserstein(points, reversed) < 1e-6);
  const scaled = points.map((value) => 2 * value);
  assert.ok(Math.abs(slicedWasserstein(points, scaled) - Math.sqrt(2 / Math.PI)) < 0.03); // E|N(0, 1)|
  assert.throws(() => slicedWasserstein(points, points.slice(2)), RangeError);
});

test("a mode counts from its first good point, and as fair from half of its share", () => {
  const centres = Float32Array.from([-1, 0, 1, 0, 0, 1]);
  const points = Float32Array.from([-1, 0, -1, 0.1, -1, 0, 1.29, 0, 0, 5, 0, -5, -1, 0, -1, 0, 1.31, 0]);
  assert.deepEqual(coverage(points, centres, 0.1), { reached: 2, fair: 1, highQuality: 6 / 9 });
});

test("98.9 % of a perfect ring's points lie within three deviations", () => {
  const centres = Float32Array.from({ length: 16 }, (_, k) => {
    const angle = (Math.PI * Math.floor(k / 2)) / 4;
    return k % 2 ? Math.sin(angle) : Math.cos(angle);
  });
  const random = rng(5);
  const points = new Float32Array(40_000);
  for (let k = 0; k < points.length; k += 2) {
    const mode = random.integer(8);
    points[k] = centres[2 * mode] + 0.01 * random.normal();
    points[k + 1] = centres[2 * mode + 1] + 0.01 * random.normal();
  }
  const { reached, fair, highQuality } = coverage(points, centres, 0.01);
  assert.deepEqual([reached, fair], [8, 8]);
  assert.ok(Math.abs(highQuality - (1 - Math.exp(-4.5))) < 0.003);
});

test("points that are not numbers reach nothing", () => {
  const result = coverage(Float32Array.from([NaN, 0]), Float32Array.from([0, 0]), 1);
  assert.deepEqual(result, { reached: 0, fair: 0, highQuality: 0 });
});
