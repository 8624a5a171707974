// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { newestShares } from "../../../gan_demo/frontend/curves/bars.mjs";

test("the newest list of counts becomes shares with the panel's names", () => {
  const shares = newestShares({ names: ["cat", "dog"] }, [[1, 1], [3, 1], null]);
  assert.deepEqual(shares, { values: [0.75, 0.25], names: ["cat", "dog"] });
});

test("names that do not fit give way to numbers", () => {
  assert.deepEqual(newestShares({ names: ["cat"] }, [[1, 0, 3]]).names, ["0", "1", "2"]);
});

test("counts of nothing are shares of zero", () => {
  assert.deepEqual(newestShares({}, [[0, 0]]).values, [0, 0]);
});

test("without a count there are no bars", () => {
  assert.deepEqual(newestShares({}, [null]), { values: [], names: [] });
});
