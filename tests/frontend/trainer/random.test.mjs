// @ts-check
/** Random numbers of a training. */
import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../../gan_demo/frontend/trainer/random.mjs";

test("the generator gives the numbers of the reference code of xoshiro128**", () => {
  const random = new Random(0);
  random.state = [1, 2, 3, 4];
  const bits = Array.from({ length: 4 }, () => random.uniform() * 2 ** 32);
  assert.deepEqual(bits, [11520, 0, 5927040, 70819200]);
});

test("normal numbers have mean 0, variance 1 and the fourth moment 3", () => {
  const values = new Random(5).fillNormal(new Float32Array(200_001));
  /** @param {number} power */
  const moment = (power) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.01, `${moment(1)}`);
  assert.ok(Math.abs(moment(2) - 1) < 0.015, `${moment(2)}`);
  assert.ok(Math.abs(moment(3)) < 0.05, `${moment(3)}`);
  assert.ok(Math.abs(moment(4) - 3) < 0.1, `${moment(4)}`);
});

test("a state that is put back gives the same numbers again, and another stream or seed others", () => {
  const random = new Random(7);
  random.uniform();
  const { state } = random;
  const first = random.fillNormal(new Float32Array(5));
  random.state = state;
  assert.deepEqual(random.fillNormal(new Float32Array(5)), first);
  const others = [new Random(7, 1), new Random(8)].map((other) => other.uniform());
  assert.notEqual(others[0], new Random(7).uniform());
  assert.notEqual(others[1], new Random(7).uniform());
  assert.notEqual(others[0], others[1]);
});
