// @ts-check
/** Own points: tables, pictures, drawings, and their form in a link. */
import assert from "node:assert/strict";
import test from "node:test";
import { rng } from "../../../gan_demo/frontend/explorer/rng.mjs";
import { fitToPlane, parseTable, TableError } from "../../../gan_demo/frontend/lab/data/csv.mjs";
import { Drawing } from "../../../gan_demo/frontend/lab/data/drawing.mjs";
import {
  MAX_LINKED,
  packPoints,
  thinnedPoints,
  unpackPoints,
} from "../../../gan_demo/frontend/lab/data/packed_points.mjs";
import { darkness, samplePicture } from "../../../gan_demo/frontend/lab/data/picture_points.mjs";

const ROWS = Array.from({ length: 8 }, (_, k) => [k, 2 * k + 0.5]);
const POINTS = ROWS.flat();

for (const [name, separator] of /** @type {const} */ ([
  ["comma", ","],
  ["tab", "\t"],
  ["semicolon", ";"],
  ["space", "  "],
])) {
  test(`a table separated by ${name} is read, with heading, comments and empty lines`, () => {
    const lines = ["# made by hand", `x${separator}y`, "", ...ROWS.map((row) => row.join(separator)), ""];
    assert.deepEqual([...parseTable(lines.join("\r\n"))], POINTS);
  });
}

test("a decimal comma is read where semicolons separate", () => {
  assert.deepEqual([...parseTable(ROWS.map((row) => row.join(";").replaceAll(".", ",")).join("\n"))], POINTS);
});

for (const [key, text, values] of /** @type {[string, string, object][]} */ ([
  ["empty", "  \n x,y \n", {}],
  ["few", "1,2\n3,4", { rows: 2, least: 8 }],
  ["columns", `1,2\n\n1,2,3\n`, { line: 3, count: 3 }],
  ["columns", "1\n2", { line: 1, count: 1 }],
  ["number", "1,2\n3,four", { line: 2, cell: "four" }],
  ["number", "1,2\n3,", { line: 2, cell: "" }],
  ["number", "1,2\n3,1e999", { line: 2, cell: "1e999" }],
  ["many", "1,2\n".repeat(20_001), { rows: 20_001, most: 20_000 }],
])) {
  test(`a table is refused as "${key}": ${JSON.stringify(text.slice(0, 12))}`, () => {
    assert.throws(
      () => parseTable(text),
      (error) => {
        assert.ok(error instanceof TableError);
        assert.deepEqual([error.key, error.values], [key, values]);
        return true;
      },
    );
  });
}

test("points are fitted into the plane with their proportions, and equal ones are refused", () => {
  const fitted = fitToPlane(Float64Array.from([100, 10, 300, 10, 200, 60]));
  assert.deepEqual(
    [...fitted].map((value) => Number(value.toFixed(4))),
    [-1.7, -0.425, 1.7, -0.425, 0, 0.425],
  );
  assert.throws(() => fitToPlane(new Float64Array(20)), TableError);
  const corners = [-1.7, -1.7, 1.7, 1.7];
  const [huge, late] = [1.5e308, 1.7e9].map((start) => [start, start, start + start / 1e8, start + start / 1e8]);
  for (const pair of [[-1e308, -1e308, 1e308, 1e308], huge, late])
    assert.deepEqual(
      [...fitToPlane(Float64Array.from(pair))].map((value) => Number(value.toFixed(4))),
      corners,
    );
});

test("points survive a link to a thousandth of the plane, and other texts are no points", () => {
  const points = Float32Array.from([-2.5, 2.5, 0, 0.7312, -1.234, 9]);
  const read = unpackPoints(packPoints(points));
  assert.ok(read);
  points.forEach((value, k) => {
    assert.ok(Math.abs(read[k] - Math.min(2.5, value)) < 0.00062);
  });
  assert.deepEqual(packPoints(read), packPoints(points));
  for (const text of ["", "abc", "ab!d", "AAAA".repeat(MAX_LINKED + 1)]) assert.equal(unpackPoints(text), null);
});

test("thinned points are evenly chosen pairs", () => {
  const points = Float32Array.from({ length: 20 }, (_, k) => k);
  assert.deepEqual([...thinnedPoints(points, 2)], [0, 1, 10, 11]);
  assert.equal(thinnedPoints(points, 10), points);
});

test("points of a picture lie in its dark pixels, the right way up, and as often as they are dark", () => {
  const white = [255, 255, 255, 255];
  const rgba = Uint8ClampedArray.from([0, 0, 0, 255, ...white, ...white, 127, 127, 127, 255]);
  const points = samplePicture(darkness(rgba), 2, 3000, rng(1));
  assert.ok(points);
  let upperLeft = 0;
  for (let k = 0; k < points.length; k += 2) {
    assert.ok(points[k] < 0 === points[k + 1] > 0, "upper left or lower right");
    if (points[k] < 0) upperLeft++;
  }
  assert.ok(Math.abs(upperLeft / 3000 - 1 / 1.502) < 0.03);
  assert.equal(samplePicture(darkness(Uint8ClampedArray.from(white)), 1, 5, rng(1)), null);
  assert.equal(darkness(Uint8ClampedArray.from([0, 0, 0, 0]))[0], 0, "what is transparent is not dark");
});

test("a stroke adds and erases points, and each stroke is a step of undo", () => {
  const drawing = new Drawing(rng(2));
  drawing.begin();
  drawing.dab(-1, 0, { size: 0.1, density: 5, erases: false });
  drawing.dab(1, 0, { size: 0.1, density: 5, erases: false });
  assert.equal(drawing.points.length, 20);
  assert.ok(drawing.end());
  drawing.begin();
  drawing.dab(1, 0, { size: 0.9, density: 5, erases: true });
  assert.ok(drawing.end());
  assert.equal(drawing.points.length, 10);
  assert.ok(drawing.points.every((value, k) => k % 2 || value < 0));
  drawing.undo();
  assert.equal(drawing.points.length, 20);
  drawing.redo();
  assert.equal(drawing.points.length, 10);
  drawing.undo();
  drawing.undo();
  assert.deepEqual([drawing.points.length, drawing.canUndo, drawing.canRedo], [0, false, true]);
});

test("a stroke that changes nothing is no step of undo", () => {
  const drawing = new Drawing(rng(3));
  drawing.begin();
  drawing.dab(0, 0, { size: 0.5, density: 3, erases: true });
  assert.equal(drawing.end(), false);
  assert.equal(drawing.canUndo, false);
});
