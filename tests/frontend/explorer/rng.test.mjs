// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { newSeed, rng } from "../../../gan_demo/frontend/explorer/rng.mjs";

test("numbers of a seed are always the same, and others of another seed", () => {
  assert.deepEqual(rng(7).normals(3), rng(7).normals(3));
  assert.notDeepEqual(rng(7).normals(3), rng(8).normals(3));
});

test("normals have mean 0, deviation 1, and 68 % of them within one deviation", () => {
  const count = 20_000;
  const numbers = rng(7).normals(count);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  const within = numbers.filter((value) => Math.abs(value) < 1).length / count;
  assert.ok(Math.abs(mean) < 0.03);
  assert.ok(Math.abs(deviation - 1) < 0.03);
  assert.ok(Math.abs(within - 0.6827) < 0.015);
});

test("integers are below the bound, and each of them comes", () => {
  const random = rng(1);
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(5)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4]);
});

test("a new seed is an integer of 32 bits", () => {
  const seed = newSeed();
  assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
});
