// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  compactRows,
  downsampled,
  indexUpTo,
  isSingleValue,
  joinTables,
  lastValue,
  lowerBound,
  refined,
  smallestValue,
  smoothed,
  upperBound,
} from "../../../gan_demo/frontend/curves/series.mjs";

/** @param {number} length */
const steps = (length) => Array.from({ length }, (_, k) => k);

/** @param {(number | null)[]} values */
function limits(values) {
  const known = values.filter((value) => value !== null);
  return known.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

for (const count of [10, 5_001, 100_000]) {
  test(`downsampling ${count} rows keeps extremes and bounds the points`, () => {
    const x = steps(count);
    const curve = x.map((k) => Math.sin(k * k));
    const points = downsampled({ x, curves: [curve] }, 0, count, 1000);
    assert.ok(points.x.length <= 2_000);
    assert.deepEqual(limits(points.curves[0]), limits(curve));
    assert.ok(points.x.every((value, i) => i === 0 || value >= points.x[i - 1]));
  });
}

test("downsampling keeps a row on either side of the view, so that lines run to its edges", () => {
  const x = steps(100);
  const points = downsampled({ x, curves: [x] }, 39.5, 60.5, 1000);
  assert.deepEqual([points.x[0], points.x.at(-1)], [39, 61]);
  assert.deepEqual(points.curves[0], points.x);
});

test("a stretch without values is downsampled to nulls", () => {
  const points = downsampled({ x: steps(30), curves: [new Array(30).fill(null)] }, 0, 30, 5);
  assert.deepEqual(new Set(points.curves[0]), new Set([null]));
});

test("a step and its evaluation become one row, and empty rows none", () => {
  const rows = compactRows(
    [1, 1, 2, 3, 3],
    [
      [5, null, null, 7, 8],
      [null, 6, null, null, null],
    ],
  );
  assert.deepEqual(rows, {
    x: [1, 3],
    curves: [
      [5, 8],
      [6, null],
    ],
  });
});

test("rows without x are dropped", () => {
  assert.deepEqual(compactRows([null, 2], [[1, 3]]), { x: [2], curves: [[3]] });
});

test("smoothing moves no turn", () => {
  const x = steps(101);
  const hill = x.map((k) => 50 - Math.abs(k - 50));
  const smooth = smoothed(x, hill, 8).map(Number);
  assert.equal(smooth.indexOf(Math.max(...smooth)), 50);
});

test("smoothing leaves a flat curve flat, and gaps where they are", () => {
  const flat = smoothed(steps(101), new Array(101).fill(3), 8);
  assert.ok(flat.every((value) => Math.abs(Number(value) - 3) < 1e-12));
  assert.deepEqual(smoothed([1, 2, 3], [1, null, 1], 8), [1, null, 1]);
});

test("a width of zero smooths nothing", () => {
  const values = [1, 5, null];
  assert.equal(smoothed([0, 1, 2], values, 0), values);
});

test("logarithmic smoothing is a weighted geometric mean", () => {
  // two neighbours at a distance of `width`: weights 1 and exp(-1)
  const [first] = smoothed([0, 8], [1, 100], 8, true);
  const share = Math.exp(-1) / (1 + Math.exp(-1));
  assert.ok(Math.abs(Number(first) - 100 ** share) < 1e-9);
});

test("finer rows take the place of the coarse ones in their stretch", () => {
  const columns = { step: [0, 10, 20, 30], loss: [0, 1, 2, 3], lr: [5, 5, 5, 5] };
  const detail = { from: 10, to: 20, columns: { step: [10, 15, 20], loss: [1, 1.5, 2] } };
  assert.deepEqual(refined(columns, detail), {
    step: [0, 10, 15, 20, 30],
    loss: [0, 1, 1.5, 2, 3],
    lr: [5, null, null, null, 5],
  });
});

test("without finer rows the columns stay the same object", () => {
  const columns = { step: [0, 10] };
  assert.equal(refined(columns, null), columns);
  assert.equal(refined(columns, { from: 0, to: 5, columns: { step: [] } }), columns);
});

test("bounds are the first index at and the first after a value", () => {
  const x = [1, 3, 3, 5];
  assert.deepEqual([lowerBound(x, 3), upperBound(x, 3)], [1, 3]);
  assert.deepEqual([lowerBound(x, 0), upperBound(x, 9)], [0, 4]);
  assert.deepEqual([lowerBound([], 3), upperBound([], 3)], [0, 0]);
});

test("tables of different x are joined over all of them", () => {
  assert.deepEqual(
    joinTables([
      [
        [1, 3],
        [10, 30],
        [null, 31],
      ],
      [
        [2, 3],
        [20, 33],
      ],
    ]),
    [
      [1, 2, 3],
      [10, null, 30],
      [null, null, 31],
      [null, 20, 33],
    ],
  );
});

test("a single table is not copied", () => {
  /** @type {[number[], ...(number | null)[][]]} */
  const table = [[1], [2]];
  assert.equal(joinTables([table]), table);
});

test("at a row the last value up to it is known, and none that came later", () => {
  assert.equal(indexUpTo([1, null, null, 4], 2), 0);
  assert.equal(indexUpTo([1, null, null, 4], 9), 3);
  assert.equal(indexUpTo([null, null, 4], 1), null);
  assert.equal(indexUpTo([1], -1), null);
});

test("a single value, the last and the smallest are found among gaps", () => {
  assert.deepEqual(
    [isSingleValue([null, 2, null]), isSingleValue([1, 2]), isSingleValue([null])],
    [true, false, false],
  );
  assert.deepEqual([lastValue([1, 2, null]), lastValue([null])], [2, null]);
  assert.deepEqual(
    [
      smallestValue([
        [3, null],
        [null, -1],
      ]),
      smallestValue([[null]]),
    ],
    [-1, Infinity],
  );
});
