// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { shareAfterKey } from "../../../gan_demo/frontend/film/compare_wipe.mjs";

test("keys move the line in small and large steps", () => {
  assert.equal(shareAfterKey(0.5, "ArrowLeft", false), 0.48);
  assert.equal(shareAfterKey(0.5, "ArrowUp", false), 0.52);
  assert.equal(shareAfterKey(0.5, "ArrowRight", true), 0.6);
  assert.equal(shareAfterKey(0.5, "PageDown", false), 0.4);
  assert.equal(shareAfterKey(0.5, "Home", false), 0);
  assert.equal(shareAfterKey(0.5, "End", false), 1);
});

test("the line stays within the picture", () => {
  assert.equal(shareAfterKey(0.01, "ArrowLeft", false), 0);
  assert.equal(shareAfterKey(0.95, "PageUp", false), 1);
});

test("other keys do not move it", () => {
  assert.equal(shareAfterKey(0.5, "a", false), null);
});
