// @ts-check
/** @import { RunUpdate } from "../../../gan_demo/frontend/shared/types.js" */
import assert from "node:assert/strict";
import test from "node:test";
import { RunStore } from "../../../gan_demo/frontend/shared/run_store.mjs";

/**
 * Return an update with these fields; the store reads no others.
 * @param {Partial<RunUpdate>} fields
 */
function update(fields) {
  return /** @type {RunUpdate} */ ({ epoch: "a", seq: 1, reset: false, rows: {}, grids: [], ...fields });
}

test("rows are appended, and columns missing on either side are filled with null", () => {
  const store = new RunStore();
  store.apply(update({ reset: true, rows: { step: [1, 2], loss: [5, 6] } }));
  store.apply(update({ rows: { step: [3], fcd: [9] }, grids: [3] }));
  assert.deepEqual(store.columns, { step: [1, 2, 3], loss: [5, 6, null], fcd: [null, null, 9] });
  assert.deepEqual(store.grids, [3]);
});

test("an update without rows keeps the columns and becomes the newest", () => {
  const store = new RunStore();
  store.apply(update({ reset: true, rows: { step: [1] } }));
  const paused = update({ status: "paused" });
  store.apply(paused);
  assert.deepEqual(store.columns, { step: [1] });
  assert.equal(store.update, paused);
});

test("a summary replaces rows and grids", () => {
  const store = new RunStore();
  store.apply(update({ reset: true, rows: { step: [1, 2], loss: [5, 6] }, grids: [1, 2] }));
  store.apply(update({ reset: true, rows: { step: [7] }, grids: [7] }));
  assert.deepEqual(store.columns, { step: [7] });
  assert.deepEqual(store.grids, [7]);
});

test("more than 2,000 rows ask for a summary", () => {
  const store = new RunStore();
  const rows = { step: Array.from({ length: 2000 }, (_, k) => k) };
  assert.equal(store.apply(update({ reset: true, rows })), false);
  assert.equal(store.apply(update({ rows: { step: [2000] } })), true);
});

test("the newest value of a column is the last that is not null", () => {
  const store = new RunStore();
  store.apply(update({ reset: true, rows: { step: [1, 2, 3], fcd: [8, 0, null], nothing: [null, null, null] } }));
  assert.deepEqual([store.newest("fcd"), store.newest("nothing"), store.newest("unknown")], [0, null, null]);
});
