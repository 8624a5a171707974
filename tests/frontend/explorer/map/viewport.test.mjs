// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  allowedView,
  cellsInView,
  cellsToRequest,
  FINEST,
  heightFor,
  isWholeView,
  keyAt,
  levelOf,
  middleOf,
  rulerLength,
  toScreen,
  toWorld,
  viewFromText,
  viewToText,
  wholeView,
  zoomedView,
} from "../../../../gan_demo/frontend/explorer/map/viewport.mjs";

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function assertClose(a, b) {
  for (const [k, value] of a.entries()) assert.ok(Math.abs(value - b[k]) < 1e-9, `${a}, not ${b}`);
}

test("what is under the pointer stays there while the map zooms", () => {
  const view = { x: 1, y: -2, scale: 40 };
  const zoomed = zoomedView(view, 3.7, 100, 30, 600, 400);
  assertClose(toWorld(view, 100, 30, 600, 400), toWorld(zoomed, 100, 30, 600, 400));
  assert.equal(zoomed.scale, 148);
});

test("a point of the screen and its point of the map belong together", () => {
  const view = { x: 1, y: -2, scale: 40 };
  assertClose(toScreen(view, ...toWorld(view, 17, 250, 600, 400), 600, 400), [17, 250]);
});

test("cells cover the view from its middle outwards, and four of them make a coarser one", () => {
  const box = { left: -4, right: 4, bottom: -4, top: 4 };
  const view = { x: 0.4, y: 0.3, scale: 100 };
  const [fine, coarse] = [2, 1].map((level) => cellsInView(view, box, 450, 300, level));
  const coarseKeys = new Set(coarse.map(({ key }) => key));
  assert.deepEqual(coarseKeys, new Set(fine.map(({ i, j }) => `1/${Math.floor(i / 2)}/${Math.floor(j / 2)}`)));
  assert.ok(Math.min(...fine.map(({ i }) => i / 4)) <= 0.4 - 2.25);
  assert.ok(Math.max(...fine.map(({ i }) => (i + 1) / 4)) >= 0.4 + 2.25);
  const distances = fine.map((cell) => {
    const [x, y] = middleOf(cell);
    return Math.hypot(x - view.x, y - view.y);
  });
  for (const [k, distance] of distances.slice(1).entries()) assert.ok(distance >= distances[k] - 1e-9);
});

test("a margin adds cells around the view, within the map", () => {
  const box = { left: 0, right: 4, bottom: 0, top: 4 };
  const view = { x: 1, y: 1, scale: 100 };
  const keys = (/** @type {number} */ margin) => cellsInView(view, box, 200, 200, 0, margin).map(({ key }) => key);
  assert.equal(keys(0).length, 4);
  assert.equal(keys(1).length, 9, "there is nothing to the left of the map, nor below it");
});

test("the cell at a point is one of those in view", () => {
  const box = { left: -4, right: 4, bottom: -4, top: 4 };
  const view = { x: 0.4, y: 0.3, scale: 100 };
  const keys = cellsInView(view, box, 450, 300, 2).map(({ key }) => key);
  assert.equal(keyAt(2, 0.4, 0.3), "2/1/1");
  assert.equal(keys[0], "2/1/1");
  assert.ok(keys.includes(keyAt(2, -1.2, -0.9)));
});

test("no view is smaller than the map nor beside it", () => {
  const box = { left: 0, right: 10, bottom: -4, top: 4 };
  const whole = allowedView({ x: 99, y: 99, scale: 1 }, box, 500, 400);
  assert.deepEqual(whole, { x: 5, y: 0, scale: 50 });
  assert.deepEqual(whole, wholeView(box, 500, 400));
  assert.deepEqual(allowedView({ x: 99, y: -99, scale: 100 }, box, 500, 400), { x: 7.5, y: -2, scale: 100 });
  assert.ok(isWholeView(whole, box, 500, 400));
  assert.ok(!isWholeView({ ...whole, scale: 60 }, box, 500, 400));
});

test("a view is the same from the address, and on another screen as large", () => {
  const text = viewToText({ x: 1.25, y: -3.5, scale: 64 }, 600, 400);
  assert.deepEqual(viewFromText(text, 600, 400), { x: 1.25, y: -3.5, scale: 64 });
  assert.deepEqual(viewFromText(text, 300, 200), { x: 1.25, y: -3.5, scale: 32 });
  for (const damaged of ["", "1_a_2", "1_1_-2"]) assert.equal(viewFromText(damaged, 9, 9), null);
});

test("levels follow the scale, from the coarsest of the layer to the finest", () => {
  const level = (/** @type {number} */ scale) => levelOf({ x: 0, y: 0, scale }, -1);
  assert.deepEqual([48, 96, 65, 70, 1, 1e9].map(level), [0, 1, 0, 1, -1, FINEST]);
});

test("a ruler has a round length that fits", () => {
  assert.deepEqual(rulerLength(100, 120), { units: 1, pixels: 100 });
  assert.deepEqual(rulerLength(30, 120), { units: 2, pixels: 60 });
  assert.deepEqual(rulerLength(2400, 120), { units: 0.05, pixels: 120 });
});

test("missing cells in view are asked for from coarse to fine, and those around it only when none is missing", () => {
  /** @type {(there: (level: number) => boolean) => string[]} */
  const requested = (there) =>
    cellsToRequest(2, -1, (level, margin) => {
      if (there(level) && !margin) return [];
      return [{ level, i: 0, j: 0, key: `${level}+${margin}` }];
    }).map(({ key }) => key);
  assert.deepEqual(
    requested(() => false),
    ["-1+0", "0+0", "1+0", "2+0"],
  );
  assert.deepEqual(
    requested((level) => level < 1),
    ["1+0", "2+0"],
  );
  assert.deepEqual(
    requested(() => true),
    ["2+1", "1+2"],
  );
});

test("a map is as high as its box, as far as the window allows it, and no higher than wide", () => {
  const square = { left: -4, right: 4, bottom: -4, top: 4 };
  const flat = { left: 0, right: 16, bottom: -1, top: 1 };
  const tall = { left: 0, right: 8, bottom: 0, top: 16 };
  assert.deepEqual([heightFor(400, square, 900), heightFor(400, flat, 900), heightFor(400, tall, 900)], [400, 50, 400]);
  assert.deepEqual([heightFor(900, square, 1000), heightFor(900, square, 300)], [660, 280]);
});
