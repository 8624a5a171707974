// @ts-check
/** What the stage draws, as far as it needs no canvas: contours, the surface's colours, densities, the warped grid. */
import assert from "node:assert/strict";
import test from "node:test";
import { arrowLengths } from "../../../gan_demo/frontend/lab/draw/arrows.mjs";
import { rgb, surfaceRamp } from "../../../gan_demo/frontend/lab/draw/colours.mjs";
import { contour } from "../../../gan_demo/frontend/lab/draw/contour.mjs";
import { density, densityBalance } from "../../../gan_demo/frontend/lab/draw/density.mjs";
import { fillPixels } from "../../../gan_demo/frontend/lab/draw/heat_map.mjs";
import { toLeft, toPlane, toTop } from "../../../gan_demo/frontend/lab/draw/plane.mjs";
import { between, cellAreas, cellAt, cellOpacities, nodeAt } from "../../../gan_demo/frontend/lab/draw/warp.mjs";

test("a contour of a plane is straight and lies where the plane has the level", () => {
  const n = 9;
  const values = Array.from({ length: n * n }, (_, k) => (k % n) * 2 + Math.floor(k / n));
  const segments = contour(values, n, n, 7.3);
  assert.ok(segments.length >= 4 * (n - 2));
  for (let k = 0; k < segments.length; k += 2) {
    assert.ok(Math.abs(2 * segments[k] + segments[k + 1] - 7.3) < 1e-9);
  }
});

test("a contour around a peak is closed: each end is the end of two segments", () => {
  const n = 21;
  const values = Array.from({ length: n * n }, (_, k) => Math.hypot((k % n) - 10, Math.floor(k / n) - 10));
  const segments = contour(values, n, n, 6.2);
  /** @type {Map<string, number>} */
  const ends = new Map();
  for (let k = 0; k < segments.length; k += 2) {
    const end = `${segments[k].toFixed(6)} ${segments[k + 1].toFixed(6)}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    assert.ok(Math.abs(Math.hypot(segments[k] - 10, segments[k + 1] - 10) - 6.2) < 0.1);
  }
  assert.ok(ends.size > 20);
  assert.deepEqual(new Set(ends.values()), new Set([2]));
});

test("a saddle joins the corners on the side of its mean, and a cell without a number has no line", () => {
  assert.deepEqual(contour([1, 0, 0, 0.9], 2, 2, 0.5).length, 8);
  const joined = contour([1, 0.2, 0.2, 1], 2, 2, 0.5);
  assert.deepEqual(
    joined.slice(0, 4).map((value) => Number(value.toFixed(6))),
    [0.625, 0, 1, 0.375],
    "the line cuts off the low corner at the top right",
  );
  assert.deepEqual(contour([1, 0, NaN, 0], 2, 2, 0.5), []);
});

test("the surface is the ground's colour at one half and turns to fake and real on either side", () => {
  const colours = {
    ground: "#ffffff",
    text: "#000000",
    line: "#cccccc",
    fake: "#ff0000",
    real: "#0000ff",
    accent: "#00ff00",
  };
  const ramp = surfaceRamp(colours);
  const pixels = new Uint8ClampedArray(16);
  fillPixels(pixels, [0, 1, NaN, 0.5], 2, ramp);
  assert.equal(pixels[3], 0, "NaN is transparent");
  assert.ok(pixels[4] > 250 && pixels[5] > 250 && pixels[6] > 250, "one half, in the row above");
  assert.ok(pixels[8] > 250 && pixels[9] < 120, "0 is fake's red, in the lowest row");
  assert.ok(pixels[14] > 250 && pixels[13] < 120, "1 is real's blue");
  assert.deepEqual(rgb("rgb(22 24 33)"), [22, 24, 33]);
});

test("a position on the canvas leads back to the point it shows", () => {
  const view = { extent: 2.5, side: 600 };
  assert.deepEqual(toPlane(view, toLeft(view, 1.25), toTop(view, -2)), [1.25, -2]);
  assert.equal(toTop(view, 2.5), 0);
});

test("a density sums to one and equal densities balance", () => {
  const points = Float32Array.from([0, 0, 0.5, 0.5, -1, 1, 0.4, -0.3]);
  const first = density(points, 2.5);
  assert.ok(Math.abs(first.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
  const balance = densityBalance(first, first);
  assert.ok(balance.some((value) => value === 0.5));
  assert.ok(balance.every((value) => Number.isNaN(value) || value === 0.5));
  const apart = densityBalance(density(Float32Array.from([-1, -1]), 2.5), density(Float32Array.from([1, 1]), 2.5));
  const shown = apart.filter((value) => !Number.isNaN(value));
  assert.ok(Math.min(...shown) < 0.1 && Math.max(...shown) > 0.9);
});

test("a line of noise knows which of its nodes is near", () => {
  const nodes = Float32Array.from([0, 0, 1, 0, 1, 1]);
  assert.deepEqual([nodeAt(nodes, 0.9, 0.1), nodeAt(nodes, 1, 0.95), nodeAt(nodes, -0.5, 0)], [1, 2, -1]);
});

test("the warped grid knows its areas, its cells, and that narrow cells are denser", () => {
  const nodes = Float32Array.from([0, 0, 1, 0, 3, 0, 0, 2, 1, 2, 3, 2, 0, 3, 1, 3, 3, 3]); // 3 × 3 nodes, four cells
  assert.deepEqual([...cellAreas(nodes, 3)], [2, 4, 1, 2]);
  assert.deepEqual([cellAt(nodes, 3, 2, 1), cellAt(nodes, 3, 0.5, 2.5), cellAt(nodes, 3, 5, 5)], [1, 2, -1]);
  const opacities = cellOpacities(cellAreas(nodes, 3), [0.25, 0.25, 0.25, 0.25], 1);
  assert.ok(opacities[2] > opacities[0] && opacities[0] > opacities[1]);
  assert.deepEqual([...between(Float32Array.from([0, 2]), Float32Array.from([4, 0]), 0.25)], [1, 1.5]);
});

test("the longest arrow has the full length and a slope a quarter as steep half of it", () => {
  assert.deepEqual([...arrowLengths(Float32Array.from([4, 0, 0, -1, 0, 0]), 10)], [10, 5, 0]);
  assert.deepEqual([...arrowLengths(new Float32Array(2), 10)], [0]);
});
