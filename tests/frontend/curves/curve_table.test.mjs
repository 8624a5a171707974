// @ts-check
/** @import { CurvesData, LinesSpec } from "../../../gan_demo/frontend/curves/types.js" */
import assert from "node:assert/strict";
import test from "node:test";
import { CurveTable } from "../../../gan_demo/frontend/curves/curve_table.mjs";

/** @type {LinesSpec} */
const LOSSES = {
  id: "losses",
  kind: "lines",
  title: "Losses",
  series: [
    { name: "Generator", tag: "G", color: 0, column: "g_loss" },
    { name: "Discriminator", tag: "D", color: 1, column: "d_loss" },
  ],
};
const COLUMNS = { step: [1, 2, 3], g_loss: [5, 6, 7], d_loss: [null, 8, null] };

/**
 * @param {Partial<CurvesData>} data
 * @param {LinesSpec} [spec]
 */
function tableOf(data, spec = LOSSES) {
  const table = new CurveTable();
  table.update(spec, { panels: [spec], texts: {}, language: "en", ...data });
  return table;
}

/** @param {CurveTable} table */
function lines(table, smoothing = 0) {
  return table.lines({ view: [0, 10], span: 10, smoothing, log: false });
}

test("each curve is a raw and a smoothed line over the rows that have values", () => {
  const { lines: drawn, table } = lines(tableOf({ columns: COLUMNS }));
  assert.deepEqual(table[0], [1, 2, 3]);
  assert.deepEqual(table[1], [5, 6, 7]);
  assert.deepEqual(
    drawn.map(({ name, isSmoothed, isHidden }) => [name, isSmoothed, isHidden]),
    [
      ["Generator", false, false],
      ["Generator", true, true],
      ["Discriminator", false, false],
      ["Discriminator", true, true],
    ],
  );
});

test("while it is smoothed, the raw line is faint behind", () => {
  const { lines: drawn } = lines(tableOf({ columns: COLUMNS }), 1);
  assert.deepEqual(drawn.map(({ isFaint, isHidden }) => [isFaint, isHidden]).slice(0, 2), [
    [true, false],
    [false, false],
  ]);
});

test("a single value is a dot", () => {
  const { lines: drawn } = lines(tableOf({ columns: COLUMNS }));
  assert.deepEqual(
    drawn.map(({ isDot }) => isDot),
    [false, false, true, false],
  );
});

test("the parent's curves come first, and count neither as rows nor as newest values of the run", () => {
  const parentCurves = { columns: { step: [0, 1], g_loss: [9, 9] }, name: "parent" };
  const table = tableOf({ columns: COLUMNS, parentCurves });
  const { lines: drawn } = lines(table);
  assert.deepEqual(drawn.map(({ name, isParent }) => [name, isParent])[0], ["Generator", true]);
  assert.equal(drawn.filter(({ isParent }) => isParent).length, 2, "the curve that it has, raw and smoothed");
  assert.deepEqual(table.extent, [0, 3]);
  assert.equal(table.rowsIn([0, 3]), 3);
  assert.ok(table.hasParent);
});

test("a series may bring its own x", () => {
  /** @type {LinesSpec} */
  const spec = {
    ...LOSSES,
    series: [
      { name: "A", color: 0, x: [0, 5], values: [1, 2] },
      { name: "B", color: 1, x: [1, 20], values: [4, 6] },
    ],
  };
  const table = tableOf({}, spec);
  assert.deepEqual(table.extent, [0, 20]);
  assert.deepEqual(
    lines(table)
      .lines.filter(({ isSmoothed }) => !isSmoothed)
      .map(({ newest }) => newest),
    [2, 6],
  );
});

test("rows that were appended in place are taken in", () => {
  const columns = { step: [1], g_loss: [5], d_loss: [6] };
  const table = tableOf({ columns });
  columns.step.push(2);
  columns.g_loss.push(7);
  columns.d_loss.push(8);
  table.update(LOSSES, { panels: [LOSSES], texts: {}, language: "en", columns });
  assert.equal(table.rowCount, 2);
});

test("without columns there is nothing to draw", () => {
  const table = tableOf({ columns: null });
  assert.deepEqual([table.isFilled, table.extent, table.rowCount, table.hasParent], [false, null, 0, false]);
});
