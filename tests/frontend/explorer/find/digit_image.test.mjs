// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { averagePool, boundsOf, centre } from "../../../../gan_demo/frontend/explorer/find/digit_image.mjs";
import { borderMean, stretch } from "../../../../gan_demo/frontend/explorer/find/image_input.mjs";

/**
 * Return a picture of these reds.
 * @param {number} width
 * @param {readonly number[]} reds
 */
function rgba(width, reds) {
  const data = Uint8ClampedArray.from(reds.flatMap((red) => [red, 0, 0, 255]));
  return { data, width, height: reds.length / width };
}

test("centring brings a dot in the corner to the middle", () => {
  const x = new Float32Array(81);
  x[0] = 200;
  const centred = [...centre(x, 9, 9)];
  assert.deepEqual(
    centred.flatMap((value, k) => (value ? [[k, value]] : [])),
    [[40, 200]],
  );
});

test("centring leaves an empty picture as it is", () => {
  assert.deepEqual(centre(new Float32Array(9), 3, 3), new Float32Array(9));
});

test("the box of a drawing is around what is bright", () => {
  const image = rgba(4, [0, 0, 0, 0, 0, 255, 200, 0, 0, 127, 0, 0]);
  assert.deepEqual(boundsOf(image), { left: 1, top: 1, width: 2, height: 1 });
  assert.equal(boundsOf(rgba(2, [0, 127])), null);
});

test("pooling takes the mean of each square", () => {
  const image = rgba(4, [0, 100, 8, 8, 100, 200, 8, 8]);
  assert.deepEqual([...averagePool(image, 2)], [100, 8]);
});

test("the border's mean leaves the inside out", () => {
  assert.equal(borderMean(Float32Array.of(8, 8, 8, 8, 255, 8, 8, 8, 8), 3, 3), 8);
});

test("grey levels are stretched from black to white, unless there is hardly a difference", () => {
  const paper = Float32Array.from({ length: 100 }, (_, k) => (k < 90 ? 75 : 215));
  const stretched = stretch(paper);
  assert.deepEqual([stretched[0], stretched[99]], [0, 255]);
  const plain = new Float32Array(100).fill(75);
  assert.equal(stretch(plain), plain);
});
