// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { shares } from "../../../gan_demo/frontend/curves/bars.mjs";

test("counts become shares with the panel's names", () => {
  assert.deepEqual(shares({ names: ["cat", "dog"] }, [3, 1]), { values: [0.75, 0.25], names: ["cat", "dog"] });
});

test("names that do not fit give way to numbers", () => {
  assert.deepEqual(shares({ names: ["cat"] }, [1, 0, 3]).names, ["0", "1", "2"]);
});

test("counts of nothing are shares of zero", () => {
  assert.deepEqual(shares({}, [0, 0]).values, [0, 0]);
});

test("without a count there are no bars", () => {
  assert.deepEqual(shares({}, null), { values: [], names: [] });
});
