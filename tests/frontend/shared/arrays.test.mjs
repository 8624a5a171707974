// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { lastIndex } from "../../../gan_demo/frontend/shared/arrays.mjs";

test("the last value that passes is found, with its index known", () => {
  assert.equal(
    lastIndex([5, 7, 5], (value) => value === 5),
    2,
  );
  assert.equal(
    lastIndex([5, 7, 5], (value, k) => value === 5 && k < 2),
    0,
  );
});

test("without such a value it is -1", () => {
  assert.equal(
    lastIndex([5, 7], (value) => value > 9),
    -1,
  );
  assert.equal(
    lastIndex([], () => true),
    -1,
  );
});
