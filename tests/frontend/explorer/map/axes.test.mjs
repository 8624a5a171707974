// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { latentState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import {
  allAxes,
  bandPosition,
  bandWeights,
  createPlane,
  defaultAxes,
  isSamePlane,
  positionOf,
  stateAt,
} from "../../../../gan_demo/frontend/explorer/map/axes.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { Axis, LabelAxis } from "../../../../gan_demo/frontend/explorer/map/types" */
/** @import { LatentState } from "../../../../gan_demo/frontend/explorer/types" */

const SPACE = createSpace({
  z_dim: 6,
  directions: [
    { key: "sefa-1", family: "sefa", name: "", u: [0, 0, 1, 0, 0, 0] },
    { key: "change-1", family: "change", name: "", u: [1, 0, 0, 0, 0, 0] },
    { key: "change-2", family: "change", name: "", u: [0.6, 0.8, 0, 0, 0, 0] },
  ],
});
const AXES = allAxes(SPACE);
const HERE = latentState([1, 2, 3, -1, 0.5, 2], [0, 1, 0, 0.3, 0.7], 0.8);

/** @param {string} key */
function axis(key) {
  const match = AXES.find((each) => each.key === key);
  assert.ok(match);
  return match;
}

/** @returns {LabelAxis} */
function digitAxis() {
  const digit = axis("label-digit");
  assert.ok(!digit.direction);
  return digit;
}

/**
 * @param {LatentState} a
 * @param {LatentState} b
 */
function assertClose(a, b) {
  const [first, second] = [a, b].map(({ z, y }) => [...z, ...y]);
  for (const [k, value] of first.entries()) assert.ok(Math.abs(value - second[k]) <= 1e-5, `${first}, not ${second}`);
}

for (const [across, up] of [
  ["change-1", "change-2"],
  ["label-digit", "change-2"],
  ["label-hat", "label-digit"],
  ["change-2", "label-hat"],
]) {
  test(`a position of the plane ${across}, ${up} is found again from its state`, () => {
    const plane = createPlane(HERE, axis(across), axis(up));
    for (const [s, t] of [
      [0.5, 1.3],
      [1.9, 2.2],
      [2.2, 0.7],
    ]) {
      const state = stateAt(plane, SPACE.labels, s, t);
      const position = positionOf(plane, SPACE.labels, state);
      const again = stateAt(plane, SPACE.labels, position.s, position.t);
      assert.equal(position.off, false);
      assert.ok(isSamePlane(createPlane(again, axis(across), axis(up)), plane, SPACE.labels));
      assertClose(state, again);
    }
  });
}

test("the plane goes through the current state, and other states are off it", () => {
  const plane = createPlane(HERE, axis("change-1"), axis("change-2"));
  const { s, t, off } = positionOf(plane, SPACE.labels, HERE);
  assert.equal(off, false);
  // Up is the part of change-2 at right angles to change-1.
  assert.ok(Math.abs(s - 1) < 1e-6 && Math.abs(t - 2) < 1e-6);
  const beside = latentState([1, 2, 3, -1, 0.5, 2.5], HERE.y, HERE.psi);
  const truncated = latentState(HERE.z, HERE.y, 0.7);
  for (const state of [beside, truncated]) assert.equal(positionOf(plane, SPACE.labels, state).off, true);
});

test("a direction with itself spans a plane nevertheless", () => {
  const plane = createPlane(HERE, axis("change-1"), axis("change-1"));
  assert.ok(plane.u && plane.v);
  const [u, v] = [plane.u, plane.v];
  assert.ok(Math.abs(u.reduce((sum, value, k) => sum + value * v[k], 0)) < 1e-6, "at right angles");
  assert.ok(Math.abs(Math.hypot(...v) - 1) < 1e-6);
});

test("planes with other axes, labels or truncation are not the same", () => {
  const plane = createPlane(HERE, axis("change-1"), axis("sefa-1"));
  const moved = createPlane(stateAt(plane, SPACE.labels, 2, -1), axis("change-1"), axis("sefa-1"));
  assert.ok(isSamePlane(plane, moved, SPACE.labels));
  const others = [
    createPlane(HERE, axis("sefa-1"), axis("change-1")),
    createPlane(latentState(HERE.z, [1, 0, 0, 0.3, 0.7], HERE.psi), axis("change-1"), axis("sefa-1")),
    createPlane(latentState(HERE.z, HERE.y, 1), axis("change-1"), axis("sefa-1")),
  ];
  for (const other of [...others, null]) assert.equal(isSamePlane(plane, other, SPACE.labels), false);
});

test("in the middle of its band a value is pure, and between two both are half", () => {
  const digit = digitAxis();
  assert.equal(digit.high, 3 * digit.width);
  const shares = [0.5, 1, 1.5, 2.5].map((k) => [...bandWeights(digit, k * digit.width)]);
  assert.deepEqual(shares, [
    [1, 0, 0],
    [0.5, 0.5, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  assert.equal(bandPosition(digit, Float32Array.of(0, 0.5, 0.5)) / digit.width, 2);
});

test("a mixture of values that are no neighbours is in the band of the strongest", () => {
  const digit = digitAxis();
  assert.equal(bandPosition(digit, Float32Array.of(0.4, 0, 0.6)) / digit.width, 2.5);
});

test("the first map has the labels with most values and the strongest change", () => {
  const keys = (/** @type {Axis[]} */ axes) => defaultAxes(axes).map(({ key }) => key);
  assert.deepEqual(keys(AXES), ["label-digit", "change-1"]);
  assert.deepEqual(keys(AXES.filter(({ direction }) => direction)), ["change-1", "change-2"]);
});

test("a label with a single value is no axis", () => {
  const space = createSpace({ labels: [{ name: "one", values: ["1"] }] });
  assert.deepEqual(allAxes(space), []);
});
