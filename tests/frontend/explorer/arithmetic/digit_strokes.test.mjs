// @ts-check
// Closed forms; tests/frontend/test_digit_strokes.py compares with the measures in torch.
import assert from "node:assert/strict";
import test from "node:test";
import { MEASURES } from "../../../../gan_demo/frontend/explorer/arithmetic/digit_strokes.mjs";

const SIDE = 28;

/**
 * Return a picture of 28 by 28 pixels in [-1, 1] with ink where `isInk` says.
 * @param {(column: number, row: number) => boolean} isInk
 */
function picture(isInk) {
  return Float32Array.from({ length: SIDE * SIDE }, (_, k) => (isInk(k % SIDE, Math.floor(k / SIDE)) ? 1 : -1));
}

/** @param {string} name @param {Float32Array} x */
const measured = (name, x) => MEASURES[name](x, [1, SIDE, SIDE]);

test("a bar of W by H pixels is 2·W·H divided by its outline thick", () => {
  const [width, height] = [3, 20];
  const bar = picture((column, row) => column >= 10 && column < 10 + width && row >= 4 && row < 4 + height);
  // Each edge pixel counts 1; the one pixel where both differences fall together counts √2 in place of 2.
  const outline = 2 * (width + height) - (2 - Math.SQRT2);
  assert.ok(Math.abs(measured("thickness", bar) - (2 * width * height) / outline) < 1e-9);
});

test("a thicker stroke measures thicker", () => {
  const [thin, thick] = [2, 5].map((width) => picture((column) => column >= 10 && column < 10 + width));
  assert.ok(measured("thickness", thick) > measured("thickness", thin) + 2);
});

test("an upright bar leans by 0 degrees, a diagonal to the right by 45", () => {
  assert.ok(
    Math.abs(
      measured(
        "slant",
        picture((column) => column === 14),
      ),
    ) < 1e-9,
  );
  assert.ok(
    Math.abs(
      measured(
        "slant",
        picture((column, row) => column === SIDE - 1 - row),
      ) - 45,
    ) < 1e-9,
  );
  assert.ok(
    Math.abs(
      measured(
        "slant",
        picture((column, row) => column === row),
      ) + 45,
    ) < 1e-9,
  );
});

test("two pixels are half their distance large, wherever they are", () => {
  for (const shift of [0, 7]) {
    const x = picture((column, row) => row === 5 && (column === shift || column === shift + 12));
    assert.ok(Math.abs(measured("size", x) - 6) < 1e-9);
  }
});

test("a blank picture measures 0", () => {
  for (const name of Object.keys(MEASURES))
    assert.equal(
      measured(
        name,
        picture(() => false),
      ),
      0,
    );
});
