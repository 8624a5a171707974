// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  rowAndColumn,
  sampleAfterKey,
  sampleAt,
  sampleBox,
  sheetSize,
} from "../../../gan_demo/frontend/film/sheet_geometry.mjs";

const SHEET = { columns: 10, width: 28, height: 28, gap: 2, count: 57 };

test("the gaps lie between the samples only", () => {
  assert.deepEqual(sheetSize(SHEET), { width: 298, height: 178 });
});

test("the sample at the centre of a sample's box is that sample", () => {
  for (let index = 0; index < SHEET.count; index++) {
    const box = sampleBox(SHEET, index);
    const [x, y] = [(box.left + box.width / 2) / 100, (box.top + box.height / 2) / 100];
    assert.equal(sampleAt(SHEET, x, y), index);
  }
});

test("a box is in percent of the sheet", () => {
  const box = sampleBox(SHEET, 12);
  assert.ok(Math.abs(box.left - (100 * 60) / 298) < 1e-9);
  assert.ok(Math.abs(box.top - (100 * 30) / 178) < 1e-9);
  assert.ok(Math.abs(box.width - (100 * 28) / 298) < 1e-9);
  assert.ok(Math.abs(box.height - (100 * 28) / 178) < 1e-9);
});

test("there is no sample outside the sheet and in its empty cells", () => {
  assert.equal(sampleAt(SHEET, -0.01, 0.5), null);
  assert.equal(sampleAt(SHEET, 0.5, -0.01), null);
  assert.equal(sampleAt(SHEET, 1.02, 0.05), null);
  assert.equal(sampleAt(SHEET, 0.5, 1.05), null);
  assert.equal(sampleAt(SHEET, 0.99, 0.99), null, "the last row has seven samples");
});

test("keys move between samples and stop at the ends", () => {
  const expected = { ArrowLeft: 11, ArrowRight: 13, ArrowUp: 2, ArrowDown: 22, Home: 0, End: 56, Enter: null };
  for (const [key, index] of Object.entries(expected)) assert.equal(sampleAfterKey(SHEET, 12, key), index, key);
  assert.equal(sampleAfterKey(SHEET, 0, "ArrowLeft"), 0);
  assert.equal(sampleAfterKey(SHEET, 55, "ArrowDown"), 56);
});

test("rows and columns are counted from one", () => {
  assert.deepEqual(rowAndColumn(SHEET, 0), { row: 1, column: 1 });
  assert.deepEqual(rowAndColumn(SHEET, 23), { row: 3, column: 4 });
});
