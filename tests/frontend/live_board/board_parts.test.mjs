// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { findingSentence } from "../../../gan_demo/frontend/live_board/findings.mjs";
import { forkNote, forkStep } from "../../../gan_demo/frontend/live_board/fork_offer.mjs";
import { settingMarks, warningBands } from "../../../gan_demo/frontend/live_board/marks.mjs";
import { ParentCurves } from "../../../gan_demo/frontend/live_board/parent_curves.mjs";
import { ZoomDetail } from "../../../gan_demo/frontend/live_board/zoom_detail.mjs";

/** @import { LiveBoardTexts } from "../../../gan_demo/frontend/live_board/types.js" */
/** @import { Columns, Finding } from "../../../gan_demo/frontend/shared/types.js" */

/** @type {LiveBoardTexts} */
const TEXTS = {
  more: "",
  progress: "",
  evaluation: "",
  fork: "",
  fork_note: "from there",
  fork_newest: "the newest saved",
  fork_before: "the nearest saved before {shown}",
  fork_first: "the first saved, after {shown}",
  go_to: "",
  effect_both: "",
  effect_d: "D: {d_real}, {d_fake}, {d_loss}, {g_loss}",
  effect_g: "G moved by {moved} %",
  now: "",
  changes: "",
  and: ", ",
  changed_to: "{setting}: {change}",
  off_at_zero: ["r1", "r2"],
  gone: "",
  parent: "",
  reconnecting: "",
  preparing: "Preparing.",
  pace: "Step {step} of {steps} · {rate} images/s · {time} so far · {left} left",
  pace_begin: "Step {step} · {rate} images/s · {time} of {budget} so far",
  pace_unknown: "Step {step} of {steps} · {rate} images/s · {time} so far",
  turns_one: "in turns with one other",
  turns: "in turns with {n} others",
  was: "Step {step} of {steps} · {time} of training",
  was_begin: "Step {step} · {time} of {budget} of training",
  change: "changed",
  forked: "forked here",
  seconds: "{n} s",
  minutes: "{m} min {s} s",
  hours: "{h} h {m} min",
  whole_minutes: "{n} min",
  whole_hours: "{n} h",
  on: "on",
  off: "off",
  loading: { download: "Loading: {done} of {total} MB" },
  changed: { g_lr: "Learning rate", loss: "Loss", evaluate: "Measure quality", r1: "R1", r2: "R2" },
  choices: { loss: { hinge: "Hinge" } },
};

// ---- forks

test("the state offered for a fork is the last before the step on show", () => {
  assert.equal(forkStep([100, 200, 300], 250), 200);
  assert.equal(forkStep([100, 200, 300], 200), 200);
  assert.equal(forkStep([100, 200, 300], null), 300);
  assert.equal(forkStep([100, 200, 300], 50), 100);
  assert.equal(forkStep([], null), null);
});

test("a fork from another step than the one on show says so", () => {
  /** @type {[number, number | null][]} */
  const offers = [
    [400, 400],
    [400, null],
    [400, 437],
    [400, 18],
  ];
  const notes = offers.map(([step, shown]) => forkNote(step, shown, 450, TEXTS, "en"));
  assert.deepEqual(notes, [
    "from there",
    "the newest saved",
    "the nearest saved before 437",
    "the first saved, after 18",
  ]);
  assert.equal(forkNote(450, null, 450, TEXTS, "en"), "from there");
});

// ---- marks

/** @typedef {Record<string, string | number | boolean | null>} Values */

/**
 * @param {number} step
 * @param {Values} before
 * @param {Values} after
 */
const change = (step, before, after) => ({ step, seconds: 3, was: before, now: after });

test("changed settings are listed by number, from one value to the next, in the words of the settings form", () => {
  const before = { g_lr: 0.002, loss: "hinge", evaluate: true };
  const changes = [
    change(700, before, { g_lr: 0.000123456, loss: "other", evaluate: false }),
    change(900, {}, { unknown: "raw" }),
  ];
  assert.deepEqual(settingMarks({ changes, parent: "" }, TEXTS, "en"), [
    {
      number: 1,
      step: 700,
      text: "Learning rate: 0.002 → 0.000123, Loss: Hinge → other, Measure quality: on → off",
    },
    { number: 2, step: 900, text: "changed: raw" },
  ]);
});

test("of several changes at one step all values are said, the one in effect last", () => {
  const changes = [
    change(700, { r1: 0 }, { r1: 0.5 }),
    change(700, { g_lr: 0.1 }, { g_lr: 0.2 }),
    change(700, { r1: 0.5 }, { r1: 1 }),
  ];
  assert.deepEqual(settingMarks({ changes, parent: "" }, TEXTS, "en"), [
    { number: 1, step: 700, text: "R1: off → 0.5 → 1, Learning rate: 0.1 → 0.2" },
  ]);
});

test("settings that change alike share their words", () => {
  const changes = [change(5, { r1: 0, r2: 0 }, { r1: 0.05, r2: 0.05 })];
  assert.equal(settingMarks({ changes, parent: "" }, TEXTS, "en")[0].text, "R1 = R2: off → 0.05");
});

test("the begin of a fork is listed with what it changes", () => {
  const changes = [change(400, { r1: 0 }, { r1: 1 })];
  assert.deepEqual(settingMarks({ changes, parent: "ring-1@400" }, TEXTS, "en"), [
    { number: 1, step: 400, text: "forked here, R1: off → 1" },
  ]);
});

/** @type {Finding} */
const FINDING = {
  key: "collapse",
  kind: "warning",
  step: 500,
  panel: "modes",
  from: 300,
  to: null,
  remedy: {},
  changes: {},
  evidence: "modes",
  numbers: { n: 2.34567, all: 1234.5 },
};

test("only warnings are drawn as bands", () => {
  assert.deepEqual(warningBands([FINDING, { ...FINDING, kind: "good" }]), [
    { panel: "modes", from: 300, to: null, kind: "warning" },
  ]);
});

test("a finding's sentence is that of its evidence, with numbers one can read", () => {
  const texts = { text: "All.", modes: "{n} of {all}" };
  assert.equal(findingSentence(FINDING, texts, "en"), "2.35 of 1,235");
  assert.equal(findingSentence({ ...FINDING, evidence: "" }, texts, "en"), "All.");
  assert.equal(findingSentence(FINDING, {}, "en"), "");
});

// ---- the parent's curves and finer rows

/** @type {Columns} */
const ROWS = { step: [1, 2] };

test("the parent's curves are loaded once, up to the fork", async () => {
  /** @type {unknown[][]} */
  const requests = [];
  const parent = new ParentCurves(async (...stretch) => {
    requests.push(stretch);
    return ROWS;
  });
  assert.equal(await parent.load("ring-1@400"), true);
  assert.equal(await parent.load("ring-1@400"), false);
  assert.deepEqual(requests, [["ring-1", undefined, 400]]);
  assert.equal(parent.columns, ROWS);
  assert.equal(parent.step, 400);
});

test("a run that is no fork loads nothing", async () => {
  const parent = new ParentCurves(() => assert.fail());
  assert.equal(await parent.load(""), false);
  assert.equal(parent.columns, null);
});

test("curves that did not come are loaded with the next update", async () => {
  const answers = [null, ROWS];
  const parent = new ParentCurves(async () => answers.shift() ?? null);
  assert.equal(await parent.load("ring-1@400"), false);
  assert.equal(await parent.load("ring-1@400"), true);
});

test("a zoomed stretch is loaded up to the last step there is", async () => {
  /** @type {unknown[]} */
  const requests = [];
  const zoom = new ZoomDetail(async (...request) => {
    requests.push(request);
    return ROWS;
  });
  assert.equal(await zoom.zoom("ring-1", 100, 900, 20, 500), true);
  assert.deepEqual(requests, [["ring-1", 100, 500]]);
  assert.deepEqual(zoom.detail, { from: 100, to: 500, columns: ROWS });
  assert.equal(await zoom.zoom("ring-1", 200, 300, 20, 500), false, "that is covered");
  assert.equal(await zoom.zoom("ring-1", null, null, 20, 500), true);
  assert.equal(zoom.detail, null);
});

test("a stretch with enough points is not loaded", async () => {
  const zoom = new ZoomDetail(() => assert.fail());
  assert.equal(await zoom.zoom("ring-1", 100, 900, 250, 5000), false);
});

test("rows that come after the charts were zoomed out are dropped", async () => {
  /** @type {(rows: Columns) => void} */
  let answer = () => {};
  const zoom = new ZoomDetail(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const zoomed = zoom.zoom("ring-1", 100, 200, 5, 500);
  await zoom.zoom("ring-1", null, null, 100, 500);
  answer(ROWS);
  assert.equal(await zoomed, false);
  assert.equal(zoom.detail, null);
});
