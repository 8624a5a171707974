// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { pictureSize, stageSize } from "../../../gan_demo/frontend/explorer/stage/stage_size.mjs";

const ROOM = { width: 500, containerWidth: 1100, windowHeight: 1000, ratio: 1 };

test("sixteen are four by four with a pixel between them", () => {
  assert.deepEqual(pictureSize([1, 28, 20], 1), [20, 28]);
  assert.deepEqual(pictureSize([1, 28, 20], 16), [83, 115]);
});

test("each pixel of a sample is a square of whole device pixels", () => {
  for (const ratio of [1, 1.25, 1.5, 2, 3]) {
    for (const count of [1, 16]) {
      const { width, pixel } = stageSize([3, 64, 64], false, count, { ...ROOM, ratio });
      assert.ok(Math.abs(pixel * ratio - Math.round(pixel * ratio)) < 1e-9);
      assert.ok(width <= ROOM.width);
    }
  }
});

test("the height for one and for sixteen is the same, so that nothing below jumps", () => {
  const heights = [1, 16].map((count) => stageSize([1, 28, 28], false, count, ROOM).reservedHeight);
  assert.equal(heights[0], heights[1]);
});

test("up to the width of an upright tablet it takes a third of the window's height", () => {
  const height = (/** @type {number} */ containerWidth) =>
    stageSize([1, 28, 28], false, 1, { ...ROOM, containerWidth }).height;
  assert.equal(height(736), 28 * 11); // of 768 pixels, with the page's margins
  assert.equal(height(737), 28 * 17);
});

test("points fill the room", () => {
  assert.equal(stageSize([1, 1, 2], true, 1, ROOM).width, 500);
});
