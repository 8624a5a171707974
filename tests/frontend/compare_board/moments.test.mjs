// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  nearestStop,
  positionOf,
  receivedMoment,
  sentMoment,
  sheetIndexAt,
  sheetSizes,
  stepsBetween,
  stopDuration,
  stopsOf,
} from "../../../gan_demo/frontend/compare_board/moments.mjs";

const COLUMNS = { step: [10, 20, 30], seconds: [1, 2.5, null], images: [640, 1280, 1920] };

test("a sheet lies where the last row up to its step is", () => {
  assert.equal(positionOf(COLUMNS, 25, "step"), 25);
  assert.equal(positionOf(COLUMNS, 25, "seconds"), 2.5);
  assert.equal(positionOf(COLUMNS, 20, "images"), 1280);
  assert.equal(positionOf(COLUMNS, 0, "images"), 640, "before the first row, in the first");
  assert.equal(positionOf(COLUMNS, 30, "seconds"), null);
  assert.equal(positionOf({ step: [] }, 0, "seconds"), null);
});

test("a class is told moments in whole numbers, seconds in thousandths", () => {
  assert.equal(sentMoment(2.5004, "seconds"), 2500);
  assert.equal(receivedMoment(2500, "seconds"), 2.5);
  for (const axis of /** @type {const} */ (["step", "images"]))
    assert.equal(receivedMoment(sentMoment(1280, axis), axis), 1280);
  assert.equal(sentMoment(null, "seconds"), null, "the newest");
  assert.equal(receivedMoment(null, "step"), null);
});

test("the scrubber stops at the sheets of all runs, at each once", () => {
  assert.deepEqual(stopsOf([[0, 100, 300], [0, 200, null], []]), [0, 100, 200, 300]);
});

test("the nearest stop is found, the later of two equally near", () => {
  const stops = [0, 100, 300];
  assert.equal(nearestStop(stops, 40), 0);
  assert.equal(nearestStop(stops, 50), 1);
  assert.equal(nearestStop(stops, 250), 2);
  assert.equal(nearestStop(stops, 9999), 2);
  assert.equal(nearestStop(stops, -1), 0);
  assert.equal(nearestStop(stops, null), 2, "null is the newest");
});

test("each run is shown as it was then", () => {
  assert.equal(sheetIndexAt([0, 100, 300], 299), 1);
  assert.equal(sheetIndexAt([0, 100, 300], 300), 2);
  assert.equal(sheetIndexAt([50, 100], 10), 0, "its first sheet, if it began later");
});

test("a stretch of the axis lies between the steps around it", () => {
  const columns = { step: [10, 20, 30, 40], seconds: [1, 2, 3, 4] };
  assert.deepEqual(stepsBetween(columns, "seconds", 2.5, 2.8), [20, 30]);
  assert.deepEqual(stepsBetween(columns, "seconds", 0, 99), [10, 40]);
  assert.equal(stepsBetween({ step: [] }, "seconds", 0, 1), null);
});

test("playing takes eight seconds, unless its stops would be too short", () => {
  assert.equal(stopDuration(10), 800);
  assert.equal(stopDuration(1000), 120);
});

/** @param {[naturalWidth: number, isPixelated: boolean][]} sheets */
const sizes = (sheets, available = 500, pixelRatio = 1) =>
  sheetSizes(
    sheets.map(([naturalWidth, isPixelated]) => ({ naturalWidth, isPixelated })),
    available,
    pixelRatio,
  ).map(({ width, isPixelated }) => [width, isPixelated]);

test("images are enlarged by whole device pixels where that fills their place", () => {
  assert.deepEqual(sizes([[120, true]]), [[480, true]]);
  assert.deepEqual(sizes([[120, true]], 500, 1.5), [[480, true]]);
  assert.deepEqual(sizes([[240, true]], 9999), [[480, true]], "no larger than the largest sheet");
});

test("if one of them cannot be, none is: all are drawn alike", () => {
  const expected = [
    [500, false],
    [500, false],
  ];
  assert.deepEqual(
    sizes([
      [298, true],
      [120, true],
    ]),
    expected,
  );
});

test("plots of points fill their place and decide nothing for images", () => {
  const expected = [
    [500, false],
    [480, true],
  ];
  assert.deepEqual(
    sizes([
      [298, false],
      [120, true],
    ]),
    expected,
  );
});
