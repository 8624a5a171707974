// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { measurementAt, measurementText } from "../../../gan_demo/frontend/curves/measurement.mjs";

const TEXTS = {
  measured: "at {step}",
  "measured.ago": "at {step}, {age} ago",
  "measured.before": "at {step}, {age} before",
  "measured.old": "{sentence}: out of date",
  unmeasured: "not yet",
  "time.seconds": "{n} s",
  "time.minutes": "{m} min {s} s",
  "time.hours": "{h} h {m} min",
};
const DATA = { texts: TEXTS, language: "en" };

/** @param {number} seconds of the last of eight rows; three of them were evaluated, five seconds apart */
const columns = (seconds) => ({
  step: [10, 20, 30, 40, 50, 60, 1700, 1800],
  seconds: [1, 5, 7, 10, 12, 15, 17, seconds],
  fcd: [null, 9, null, 8, null, 7, null, null],
});

test("at a moment only what was measured up to then is known", () => {
  const measured = measurementAt(columns(18), "fcd", 50);
  assert.deepEqual(measured, { row: 3, step: 40, age: 2, isOld: false });
  assert.equal(measurementAt(columns(18), "fcd", 19), null);
  assert.equal(measurementAt(columns(18), "nothing", null), null);
});

test("a measurement is out of date after three of the usual intervals", () => {
  assert.equal(measurementAt(columns(29), "fcd", null)?.isOld, false);
  assert.equal(measurementAt(columns(31), "fcd", null)?.isOld, true);
});

test("a lone measurement is out of date after three times what it took to come", () => {
  const lone = { step: [18, 400], seconds: [9, 30], fcd: [5, null] };
  assert.equal(measurementAt(lone, "fcd", null)?.isOld, false);
  assert.equal(measurementAt({ ...lone, seconds: [9, 120] }, "fcd", null)?.isOld, true);
});

test("measurements that come all the time are not out of date within seconds", () => {
  const dense = { step: [1, 2, 3], seconds: [1, 1.5, 5], fcd: [5, 5, null] };
  assert.equal(measurementAt(dense, "fcd", null)?.isOld, false);
});

test("it is said at which step it was measured, and how long before the moment on show", () => {
  assert.equal(measurementText(measurementAt(columns(18), "fcd", null), DATA, true), "at 60, 3 s ago");
  assert.equal(
    measurementText(measurementAt(columns(90), "fcd", null), DATA, true),
    "at 60, 1 min 15 s ago: out of date",
  );
  assert.equal(measurementText(measurementAt(columns(18), "fcd", 50), DATA, false), "at 40, 2 s before");
  assert.equal(measurementText(measurementAt(columns(18), "fcd", 60), DATA, false), "at 60");
  assert.equal(measurementText(null, DATA, true), "not yet");
});
