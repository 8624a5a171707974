// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { nearestIndex, pictureWidth, trackShare } from "../../../gan_demo/frontend/film/moments.mjs";

test("the nearest step is found, the later of two equally near", () => {
  assert.equal(nearestIndex([0, 10, 20], 12), 1);
  assert.equal(nearestIndex([0, 10, 20], 15), 2);
  assert.equal(nearestIndex([0, 10, 20], 99), 2);
  assert.equal(nearestIndex([0, 10, 20], -5), 0);
});

test("a mark lies between the steps that are kept", () => {
  assert.equal(trackShare([0, 10, 110], 5), 0.25);
  assert.equal(trackShare([0, 10, 110], 60), 0.75);
  const steps = Array.from({ length: 60 }, (_, k) => 10 * k);
  assert.equal(trackShare(steps, 295), 0.5);
});

test("a mark outside the kept steps lies at an end", () => {
  assert.equal(trackShare([10, 20], 3), 0);
  assert.equal(trackShare([10, 20], 30), 1);
  assert.equal(trackShare([10], 10), 0);
  assert.equal(trackShare([], 10), 1);
});

test("pixel art is enlarged by whole device pixels, other pictures fill the width", () => {
  assert.equal(pictureWidth(300, 640, 1, true), 600);
  assert.equal(pictureWidth(300, 640, 1.5, true), 600);
  assert.equal(pictureWidth(300, 640, 2, true), 600);
  assert.equal(pictureWidth(300, 640, 3, true), 600);
  assert.equal(pictureWidth(300, 500, 2, true), 450);
  assert.equal(pictureWidth(300, 640, 1, false), 640);
});

test("pixel art that is too large is made to fit", () => {
  assert.equal(pictureWidth(900, 640, 1, true), 640);
});
