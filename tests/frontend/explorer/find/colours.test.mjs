// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { palette, toHex, toRgb } from "../../../../gan_demo/frontend/explorer/find/colours.mjs";

/** @param {readonly number[][]} colours */
function picture(colours) {
  return Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));
}

test("a palette has the colours most seen, from dark to light, none close to another", () => {
  const pixels = [
    [0, 0, 255],
    [200, 0, 0],
    [200, 0, 0],
    [201, 1, 0],
    [208, 2, 0],
  ];
  assert.deepEqual(palette([picture(pixels)], 5), ["#c80000", "#0000ff"]);
});

test("a palette has at most so many colours, the most seen ones", () => {
  const pixels = [...Array(3).fill([0, 0, 255]), ...Array(2).fill([255, 255, 255]), [0, 255, 0]];
  assert.deepEqual(palette([picture(pixels)], 2), ["#0000ff", "#ffffff"]);
});

test("a colour is the same as text and as numbers", () => {
  assert.equal(toHex([1, 128, 255]), "#0180ff");
  assert.deepEqual(toRgb("#0180ff"), [1, 128, 255]);
});
