// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { hasEnded } from "../../../gan_demo/frontend/curves/legend.mjs";
import { markGroups } from "../../../gan_demo/frontend/curves/overlay.mjs";
import { rangeFromZero } from "../../../gan_demo/frontend/curves/uplot_options.mjs";

/** @param {number[]} steps */
const marks = (...steps) => steps.map((step, k) => ({ number: k + 1, step, text: "" }));

test("marks whose numbers would lie on each other stand together, and none is lost", () => {
  const groups = markGroups(marks(10, 15, 60), (step) => step, 100);
  assert.deepEqual(
    groups.map(({ left, marks: group }) => [left, group.map(({ number }) => number)]),
    [
      [10, [1, 2]],
      [60, [3]],
    ],
  );
});

test("marks outside the stretch in view are left out", () => {
  assert.deepEqual(markGroups(marks(1, 5, 9), (step) => (step - 4) * 10, 20).length, 1);
});

test("a learning rate that hardly falls looks so", () => {
  const [from, to] = rangeFromZero(0.00199, 0.002);
  assert.equal(from, 0);
  assert.ok(to > 0.002 && to < 0.0025);
  assert.deepEqual(rangeFromZero(null, null), [0, 1]);
  assert.deepEqual(rangeFromZero(0, 0), [0, 1]);
  assert.equal(rangeFromZero(-1, 1)[0], -1);
});

test("a run that was over before the moment on show is told from those that went on", () => {
  const series = { name: "A", color: 0, x: [1, 5, 100] };
  assert.equal(hasEnded(series, 101), true);
  assert.equal(hasEnded(series, 100), false);
  assert.equal(hasEnded(series, null), false);
  assert.equal(hasEnded({ name: "fcd", color: 0 }, 101), false);
});
