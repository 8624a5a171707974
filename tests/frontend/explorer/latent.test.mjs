// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  arithmetic,
  blend,
  coordinate,
  dot,
  fitsSpace,
  heaviestTwo,
  interpolate,
  labelWeights,
  latentState,
  lerp,
  neighbours,
  norm,
  oneHot,
  randomState,
  rng,
  sameState,
  slerp,
  withComponent,
  withCoordinate,
  withLabel,
  withPsi,
} from "../../../gan_demo/frontend/explorer/latent.mjs";

const LABELS = [
  { name: "digit", values: ["3", "4", "9"] },
  { name: "hat", values: ["no", "yes"] },
];

/**
 * @param {ArrayLike<number>} actual
 * @param {ArrayLike<number>} expected
 */
function assertClose(actual, expected, tolerance = 1e-6) {
  assert.equal(actual.length, expected.length);
  for (let k = 0; k < actual.length; k++)
    assert.ok(Math.abs(actual[k] - expected[k]) <= tolerance, `${actual} ${expected}`);
}

test("a quarter of a right angle is an eighth turn, and lengths change evenly", () => {
  const half = Math.SQRT1_2 * 1.5;
  assertClose(slerp([1, 0], [0, 2], 0.5), [half, half]);
  assertClose(slerp([1, 0], [0, 2], 0), [1, 0]);
  assertClose(slerp([1, 0], [0, 2], 1), [0, 2]);
});

test("vectors without an arc between them are joined by a straight line", () => {
  assertClose(slerp([1, 2], [2, 4], 0.5), [1.5, 3]);
  assertClose(slerp([1, 2], [-1, -2], 0.25), [0.5, 1]);
  assertClose(slerp([1, 2], [0, 0], 0.25), [0.75, 1.5]);
  assertClose(lerp([0, 1], [1, 3], 0.25), [0.25, 1.5]);
});

test("a − b + c has the length of a", () => {
  const sum = arithmetic([[3, 4]], [[1, 0]], [[0, 1]]);
  assertClose(sum, [2 * (5 / Math.sqrt(29)), 5 * (5 / Math.sqrt(29))]);
});

test("of several vectors the means are taken, and the mean length of a", () => {
  const sum = arithmetic(
    [
      [2, 0],
      [4, 0],
    ],
    [
      [1, 1],
      [1, -1],
    ],
    [[0, 0]],
  );
  assertClose(sum, [3, 0]);
});

test("between two states everything changes together, and the ends are the states themselves", () => {
  const [a, b] = [latentState([1, 0], [1, 0], 1), latentState([0, 1], [0, 1], 0.5)];
  assert.equal(interpolate(a, b, 0), a);
  assert.equal(interpolate(a, b, 1), b);
  const middle = interpolate(a, b, 0.5);
  assertClose(middle.z, [Math.SQRT1_2, Math.SQRT1_2]);
  assertClose(middle.y, [0.5, 0.5]);
  assert.equal(middle.psi, 0.75);
  assertClose(interpolate(a, b, 0.5, false).z, [0.5, 0.5]);
});

test("a coordinate along a direction is set without changing what is across it", () => {
  const state = withCoordinate(latentState([1, 2, 3], [1], 0.7), [0, 1, 0], -0.5);
  assertClose(state.z, [1, -0.5, 3]);
  assert.equal(coordinate(state, [0, 1, 0]), -0.5);
  assert.deepEqual([[...state.y], state.psi], [[1], 0.7]);
});

test("a state is never changed", () => {
  const state = latentState([1, 2], [1, 0]);
  withComponent(state, 0, 9);
  withPsi(state, 0.5);
  withLabel(state, [{ name: "arm", values: ["a", "b"] }], 0, [0, 1]);
  assert.ok(sameState(state, latentState([1, 2], [1, 0])));
  assert.ok(Object.isFrozen(state));
});

test("states are the same if all their numbers are", () => {
  const state = latentState([1, 2], [1, 0], 0.5);
  assert.ok(sameState(state, latentState([1, 2], [1, 0], 0.5)));
  for (const other of [withComponent(state, 1, 3), withPsi(state, 1), latentState([1, 2], [0, 1], 0.5)])
    assert.ok(!sameState(state, other));
});

test("a state fits a model with as many numbers and labels", () => {
  const space = { z_dim: 2, labels: LABELS };
  assert.ok(fitsSpace(latentState([1, 2], [1, 0, 0, 1, 0]), space));
  assert.ok(!fitsSpace(latentState([1], [1, 0, 0, 1, 0]), space));
  assert.ok(!fitsSpace(latentState([1, 2], [1, 0, 0]), space));
});

test("labels of one field are read and set without the others", () => {
  const state = withLabel(latentState([0], [1, 0, 0, 1, 0]), LABELS, 1, [0.25, 0.75]);
  assertClose(state.y, [1, 0, 0, 0.25, 0.75]);
  assertClose(labelWeights(state.y, LABELS, 1), [0.25, 0.75]);
  assertClose(labelWeights(state.y, LABELS, 0), [1, 0, 0]);
});

test("the two heaviest values and their share undo a blend", () => {
  assertClose(blend(10, 4, 9, 0.6), [0, 0, 0, 0, 0.4, 0, 0, 0, 0, 0.6]);
  const [first, second, share] = heaviestTwo(blend(10, 4, 9, 0.3));
  assert.deepEqual([first, second], [4, 9]);
  assertClose([share], [0.3]);
  assert.deepEqual(heaviestTwo(oneHot(3, 1)), [1, 0, 0]);
  assert.deepEqual(heaviestTwo(oneHot(1, 0)), [0, 0, 0]);
});

test("neighbours are turned away from a state by less than a right angle, and always the same", () => {
  const state = latentState(rng(1).normals(16), [1], 0.7);
  const near = neighbours(state, 3, 5, 0.3);
  for (const { z, y, psi } of near) {
    const cosine = dot(z, state.z) / norm(z) / norm(state.z);
    assert.ok(cosine > 0 && cosine < 1);
    assert.deepEqual([[...y], psi], [[1], 0.7]);
  }
  assert.deepEqual(near, neighbours(state, 3, 5, 0.3));
  assert.notDeepEqual(near, neighbours(state, 3, 6, 0.3));
});

test("neighbours of the centre are random ones at that distance", () => {
  const [near] = neighbours(latentState(new Float32Array(400)), 1, 5, 0.3);
  assert.ok(Math.abs(norm(near.z) / 20 - 0.3) < 0.05);
});

test("a random state has one value of each label, whatever the seed", () => {
  const space = { z_dim: 4, labels: LABELS };
  const states = Array.from({ length: 30 }, (_, seed) => randomState(space, seed));
  for (const { y } of states) {
    assert.deepEqual([...labelWeights(y, LABELS, 0)].sort(), [0, 0, 1]);
    assert.deepEqual([...labelWeights(y, LABELS, 1)].sort(), [0, 1]);
  }
  assert.equal(new Set(states.map(({ y }) => y.join())).size, 6);
  assert.deepEqual([...randomState(space, 3, [0, 0, 0, 0, 0]).y], [0, 0, 0, 0, 0]);
});
