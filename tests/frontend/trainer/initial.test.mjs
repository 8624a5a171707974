// @ts-check
/** First states. */
import assert from "node:assert/strict";
import test from "node:test";
import { initialState, sameLayout } from "../../../gan_demo/frontend/trainer/initial.mjs";
import { LAYOUT, SETTINGS } from "./settings.mjs";

/** @param {Float32Array} values */
const largest = (values) => Math.max(...values.map(Math.abs));

test("layers begin uniform within one over the root of their inputs, moments at zero, the average as a copy", () => {
  const { g, d } = initialState(LAYOUT, SETTINGS);
  const linear = g.subarray(0, 16);
  assert.ok(largest(linear) <= 0.5 && largest(linear) > 0.3, `${largest(linear)}`);
  assert.ok(largest(d.subarray(0, 5)) <= 0.5);
  assert.equal(largest(g.subarray(63, 183)), 0);
  assert.deepEqual(g.subarray(183), g.subarray(0, 63));
});

test("batch norm begins with weight 1, variance 1 and all else 0, and what D adds for labels with 0", () => {
  const { g, d } = initialState(LAYOUT, SETTINGS);
  assert.deepEqual([...g.subarray(16, 20)], [1, 1, 0, 0]);
  assert.deepEqual([...g.subarray(60, 63)], [0, 1, 0]);
  assert.deepEqual([...d.subarray(5, 14)], Array(9).fill(0));
});

test("convolutions of a DCGAN begin normal with deviation 0.02, their biases as torch's", () => {
  const { g } = initialState(LAYOUT, { ...SETTINGS, arch: "dcgan" });
  const weights = g.subarray(20, 56);
  const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
  assert.ok(deviation > 0.012 && deviation < 0.03, `${deviation}`);
  const bias = largest(g.subarray(56, 60)); // within 1 / √(2 · 3 · 3)
  assert.ok(bias <= 0.236 && bias > 0.05, `${bias}`);
});

test("the seed decides, and each network has numbers of its own", () => {
  const [first, again] = [initialState(LAYOUT, SETTINGS), initialState(LAYOUT, SETTINGS)];
  assert.deepEqual(again, first);
  assert.notDeepEqual(initialState(LAYOUT, { ...SETTINGS, seed: 4 }).g, first.g);
  assert.notDeepEqual([...first.g.subarray(0, 4)], [...first.d.subarray(0, 4)]);
});

test("layouts are the same if their tensors are", () => {
  assert.ok(sameLayout(LAYOUT.g, structuredClone(LAYOUT.g)));
  assert.ok(!sameLayout(LAYOUT.g, LAYOUT.d));
});
