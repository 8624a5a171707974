// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { positionText } from "../../../gan_demo/frontend/compare_board/sample_figure.mjs";

/** @import { CompareData } from "../../../gan_demo/frontend/compare_board/types.js" */

/** @type {CompareData} */
const DATA = {
  runs: [],
  metrics: [],
  axis: "step",
  across: 2,
  curves: {},
  language: "en",
  texts: {
    scrub: "",
    play: "",
    pause: "",
    alt: "",
    gone: "",
    waiting: "",
    step: "step {n}",
    images: "{n} images",
    duration: {
      seconds: "{n} s",
      minutes: "{m} min {s} s",
      hours: "{h} h {m} min",
      whole_minutes: "{n} min",
      whole_hours: "{n} h",
    },
  },
};

test("a position is said in the unit of its axis", () => {
  assert.equal(positionText("step", 1200, DATA), "step 1,200");
  assert.equal(positionText("images", 76_800, DATA), "76,800 images");
  assert.equal(positionText("seconds", 9.4, DATA), "9 s");
  assert.equal(positionText("seconds", 1001, DATA), "16 min 41 s");
});

test("an unknown position is not said", () => {
  assert.equal(positionText("seconds", null, DATA), "");
});
