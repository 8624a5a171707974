// @ts-check
/** The lab's state in the address. */
import assert from "node:assert/strict";
import test from "node:test";
import { readAddress, writeAddress } from "../../../gan_demo/frontend/lab/address.mjs";
import { DEFAULT_LAYERS } from "../../../gan_demo/frontend/lab/layers.mjs";
import {
  applies,
  CONTROLS,
  choicesOf,
  DEFAULTS,
  parseValue,
  shippedChange,
  withChange,
} from "../../../gan_demo/frontend/lab/settings.mjs";

/** @param {string} key */
function control(key) {
  const match = CONTROLS.find((candidate) => candidate.key === key);
  assert.ok(match);
  return match;
}

test("without a hash everything is as at first", () => {
  const state = readAddress("");
  assert.deepEqual(state.settings, DEFAULTS);
  assert.deepEqual(state.layers, DEFAULT_LAYERS);
  assert.deepEqual([state.speed, state.hidden, state.lesson, state.at, state.wrong], [Infinity, [], "", 0, []]);
});

test("a state that is written is read as the same, every setting of it", () => {
  const settings = {
    ...DEFAULTS,
    data: "spiral",
    noiseDim: 1,
    noiseKind: "uniform",
    gLayers: 0,
    dWidth: 128,
    gLr: 3e-5,
    loss: "minimax",
    labelSmoothing: 0.1,
    optimizer: "rmsprop",
    seed: 4294967295,
  };
  const state = {
    settings,
    points: null,
    layers: ["fake", "arrows"],
    speed: 20,
    hidden: ["loss", "gLr", "play"],
    lesson: "dirac",
    at: 1200,
  };
  assert.deepEqual(readAddress(writeAddress(state)), { ...state, wrong: [] });
});

test("every control's setting stands in a link, so that later defaults do not change it", () => {
  const entries = new URLSearchParams(writeAddress({ ...readAddress("") }).slice(1));
  assert.deepEqual(
    Object.keys(DEFAULTS).filter((key) => !entries.has(key)),
    [],
  );
});

test("own points travel in the link; a link that lost them falls back to the first set", () => {
  const points = Float32Array.from([0, 0, 1, 1]);
  const state = { ...readAddress("#data=ring"), settings: { ...DEFAULTS, data: "drawn" }, points };
  const read = readAddress(writeAddress(state));
  assert.equal(read.settings.data, "drawn");
  assert.equal(read.points?.length, 4);
  const lost = readAddress("#data=drawn");
  assert.deepEqual([lost.settings.data, lost.points, lost.wrong], ["ring", null, ["points"]]);
});

test("what a link says wrongly is named and stays as at first", () => {
  const { settings, wrong, layers, at, speed } = readAddress(
    "#loss=best&gWidth=7.5&seed=-1&dLr=abc&beta1=&r1=0.07&show=fake,nothing&at=9e99&speed=3",
  );
  assert.deepEqual(wrong.sort(), ["beta1", "dLr", "gWidth", "loss", "seed"]);
  assert.deepEqual(settings, { ...DEFAULTS, r1: 0.07 });
  assert.deepEqual([layers, at, speed], [["fake"], 50_000, Infinity]);
});

test("a number between the slider's choices is allowed within its limits", () => {
  assert.equal(parseValue(control("gWidth"), "48"), 48);
  assert.equal(parseValue(control("gWidth"), "257"), undefined);
  assert.equal(parseValue(control("gLr"), "0.00042"), 0.00042);
});

test("label smoothing is off where the loss has no labels", () => {
  const smoothed = withChange(DEFAULTS, { loss: "minimax", labelSmoothing: 0.1 });
  assert.equal(smoothed.labelSmoothing, 0.1);
  assert.equal(withChange(smoothed, { loss: "hinge" }).labelSmoothing, 0);
  assert.equal(applies(control("labelSmoothing"), { ...DEFAULTS, loss: "hinge" }), false);
});

test("a static page offers what its shipped graphs can do, in the control's order", () => {
  assert.deepEqual(choicesOf(control("gWidth"), { gWidth: [64, 32, 3] }), [32, 64]);
  assert.deepEqual(choicesOf(control("gWidth"), null), control("gWidth").choices);
});

test("on a static page a depth brings the other along where the file lacks it alone, and keeps what it has", () => {
  const parts = ["2-2-leaky_relu", "3-3-leaky_relu", "2-2-relu", "1-2-leaky_relu"];
  const settings = { ...DEFAULTS, activation: "relu" };
  assert.deepEqual(shippedChange(DEFAULTS, { gLayers: 1 }, parts), { gLayers: 1 });
  assert.deepEqual(shippedChange(DEFAULTS, { dLayers: 3 }, parts), { gLayers: 3, dLayers: 3 });
  assert.deepEqual(shippedChange(settings, { gLayers: 3 }, parts), {
    gLayers: 3,
    dLayers: 3,
    activation: "leaky_relu",
  });
  assert.deepEqual(shippedChange(DEFAULTS, { loss: "hinge" }, parts), { loss: "hinge" });
  assert.deepEqual(shippedChange(DEFAULTS, { gLayers: 5 }, parts), { gLayers: 5 }, "the page says what it lacks");
  assert.deepEqual(shippedChange(DEFAULTS, { gLayers: 5 }, null), { gLayers: 5 });
});

test("every default is one of the choices", () => {
  assert.deepEqual(
    CONTROLS.filter(({ key, kind, choices }) => kind !== "seed" && !choices.includes(DEFAULTS[key])).map(
      ({ key }) => key,
    ),
    [],
  );
});
