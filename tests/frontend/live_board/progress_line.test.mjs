// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { describeProgress } from "../../../gan_demo/frontend/live_board/progress_line.mjs";
import { effectText } from "../../../gan_demo/frontend/live_board/update_effect.mjs";

/** @import { LiveBoardTexts } from "../../../gan_demo/frontend/live_board/types.js" */
/** @import { Progress, UpdateEffect } from "../../../gan_demo/frontend/shared/types.js" */

const TEXTS = /** @type {LiveBoardTexts} */ (
  /** @type {unknown} */ ({
    preparing: "Preparing.",
    pace: "Step {step} of {steps} · {rate} images/s · {time} so far · {left} left",
    pace_begin: "Step {step} · {rate} images/s · {time} of {budget} so far",
    pace_unknown: "Step {step} of {steps} · {rate} images/s · {time} so far",
    turns_one: "in turns with one other",
    turns: "in turns with {n} others",
    was: "Step {step} of {steps} · {time} of training",
    was_begin: "Step {step} · {time} of {budget} of training",
    seconds: "{n} s",
    minutes: "{m} min {s} s",
    effect_both: "",
    effect_d: "D: {d_real}, {d_fake}, {d_loss}, {g_loss}",
    effect_g: "G moved by {moved} %",
    hours: "{h} h {m} min",
    whole_minutes: "{n} min",
    whole_hours: "{n} h",
    loading: { download: "Loading: {done} of {total} MB" },
  })
);
/** @type {Progress} */
const PROGRESS = {
  step: 500,
  steps: 2000,
  images: 32_000,
  seconds: 75,
  images_per_second: 1234.4,
  seconds_left: 3700,
  budget: null,
  loading: null,
  effect: null,
};

test("a run that trains says its pace and what is left", () => {
  const { share, text } = describeProgress(PROGRESS, "running", TEXTS, "en");
  assert.equal(share, 0.25);
  assert.equal(text, "Step 500 of 2,000 · 1,234 images/s · 1 min 15 s so far · 1 h 1 min left");
});

test("no time left is said before the pace has settled, and no steps before they are known", () => {
  const unknown = { ...PROGRESS, seconds_left: null };
  assert.equal(
    describeProgress(unknown, "running", TEXTS, "en").text,
    "Step 500 of 2,000 · 1,234 images/s · 1 min 15 s so far",
  );
  const begin = { ...unknown, seconds: 15, budget: 60 };
  const { share, text } = describeProgress(begin, "running", TEXTS, "en");
  assert.equal(share, 0.25);
  assert.equal(text, "Step 500 · 1,234 images/s · 15 s of 1 min so far");
  assert.equal(describeProgress(begin, "stopped", TEXTS, "en").text, "Step 500 · 15 s of 1 min of training");
});

test("a run that shares the processor says with how many, unless it is paused", () => {
  const line = (/** @type {number} */ sharing, /** @type {"running" | "paused"} */ status) =>
    describeProgress(PROGRESS, status, TEXTS, "en", sharing).text;
  const alone = line(0, "running");
  assert.equal(line(1, "running"), `${alone} · in turns with one other`);
  assert.equal(line(3, "running"), `${alone} · in turns with 3 others`);
  assert.equal(line(3, "paused"), alone);
});

test("a run that is over says how long it took", () => {
  const { text } = describeProgress(PROGRESS, "done", TEXTS, "en");
  assert.equal(text, "Step 500 of 2,000 · 1 min 15 s of training");
});

test("before the first step the networks are prepared", () => {
  const begin = { ...PROGRESS, step: 0, images_per_second: 0, seconds_left: null };
  assert.deepEqual(describeProgress(begin, "running", TEXTS, "en"), { share: 0, text: TEXTS.preparing });
});

test("while data is loaded the bar shows that, in megabytes", () => {
  const loading = { what: "download", done: 3e6, total: 12e6 };
  const { share, text } = describeProgress({ ...PROGRESS, loading }, "running", TEXTS, "en");
  assert.equal(share, 0.25);
  assert.equal(text, "Loading: 3 of 12 MB");
});

test("the bar never overflows", () => {
  assert.equal(describeProgress({ ...PROGRESS, step: 3000 }, "running", TEXTS, "en").share, 1);
  assert.equal(describeProgress({ ...PROGRESS, step: 0, steps: 0 }, "done", TEXTS, "en").share, 0);
});

// ---- single updates

/** @type {UpdateEffect} */
const EFFECT = {
  order: "d",
  before: { d_real: 0.62, d_fake: 0.41, d_loss: 1.2, g_loss: 0.9 },
  after: { d_real: 0.66, d_fake: 0.41, d_loss: 1.1, g_loss: 0.95 },
  moved: 0.0123,
};

test("a single update says its numbers before and after, and one number where nothing changed", () => {
  assert.equal(effectText(EFFECT, "paused", TEXTS, "en"), "D: 0.62 → 0.66, 0.41, 1.2 → 1.1, 0.9 → 0.95");
  assert.equal(effectText({ ...EFFECT, order: "g" }, "paused", TEXTS, "en"), "G moved by 1.23 %");
});

test("once it trains on, the effect of an update is no longer said", () => {
  assert.equal(effectText(EFFECT, "running", TEXTS, "en"), "");
  assert.equal(effectText(null, "paused", TEXTS, "en"), "");
});
