// @ts-check
/** Parts of the lab that need neither engine nor page: history, shares, noise, suspects, files, neurons, formulas. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fullName, nearestIndex } from "../../../gan_demo/frontend/lab/controls/inputs.mjs";
import { encodeGif } from "../../../gan_demo/frontend/lab/files/film.mjs";
import { LabFileError, readLabFile, writeLabFile } from "../../../gan_demo/frontend/lab/files/lab_file.mjs";
import { cumulative, noiseGrid, planeGrid, realShares, stageFrame } from "../../../gan_demo/frontend/lab/frames.mjs";
import { History } from "../../../gan_demo/frontend/lab/history.mjs";
import { LAYERS } from "../../../gan_demo/frontend/lab/layers.mjs";
import { LESSONS } from "../../../gan_demo/frontend/lab/lessons/lessons.mjs";
import { distance, edgesOf } from "../../../gan_demo/frontend/lab/networks/edges.mjs";
import { formulaLines } from "../../../gan_demo/frontend/lab/networks/formulas.mjs";
import { unitMap, weightsOf } from "../../../gan_demo/frontend/lab/networks/overview.mjs";
import { CONTROLS, DEFAULTS, LOSSES, parseValue, withChange } from "../../../gan_demo/frontend/lab/settings.mjs";
import { STEPS } from "../../../gan_demo/frontend/lab/slow/steps.mjs";
import { lastCalm, remedyOf, suspect, suspectOf } from "../../../gan_demo/frontend/lab/trouble.mjs";

/** @type {Record<string, string>} */
const TEXTS = JSON.parse(readFileSync(new URL("../../../gan_demo/i18n/en/lab.json", import.meta.url), "utf-8"));

test("no two settings have one name, so that a message says which it means", () => {
  const texts = Object.fromEntries(Object.entries(TEXTS).map(([key, text]) => [key.replace(/^lab\./, ""), text]));
  assert.equal(new Set(CONTROLS.map(({ key }) => fullName(texts, key))).size, CONTROLS.length);
});

test("a history stays small and keeps its first, last and measured rows", () => {
  const history = new History();
  for (let k = 1; k <= 20_000; k++) {
    history.add(k, { d_loss: k });
    if (k % 500 === 0) history.annotate(k, { kl: 1 / k });
  }
  assert.ok(history.length <= 3000);
  const { step, kl, d_loss } = history.columns;
  assert.deepEqual([step[0], step.at(-1)], [1, 20_000]);
  assert.deepEqual(step, d_loss);
  assert.equal(kl.filter((value) => value !== null).length, 40);
});

test("a measurement that comes late goes to the last row up to its iteration, and what is not finite is a gap", () => {
  const history = new History();
  history.add(10, { d_loss: 1 });
  history.add(20, { d_loss: NaN });
  const before = history.columns;
  history.annotate(15, { js: 0.5 });
  assert.notEqual(history.columns.js, before.js, "another array: charts keep what they drew of the same");
  assert.equal(history.columns.kl, before.kl);
  history.annotate(5, { js: 0.7 });
  assert.deepEqual(history.columns.js, [0.5, null]);
  assert.deepEqual(history.columns.d_loss, [1, null]);
});

test("logits become shares as in the core: clamped, sigmoid, or around the middle of both means", () => {
  const logits = Float32Array.from([-1, 0, 0.5, 2]);
  assert.deepEqual([...realShares("least_squares", logits, 0, 0)], [0, 0, 0.5, 1]);
  assert.ok(Math.abs(realShares("hinge", logits, 5, 5)[3] - 1 / (1 + Math.exp(-2))) < 1e-6);
  assert.equal(realShares("relativistic", logits, 1, 0)[2], 0.5);
  assert.equal(realShares("wasserstein", logits, NaN, NaN)[1], 0.5);
});

test("before any step D's verdict lies around its mean outputs at real and at generated points", () => {
  const logits = Float32Array.from([7, 3, 7, 5]); // over the nodes (-1, -1), (1, -1), (-1, 1), (1, 1)
  const numbers = { iteration: 3, dLoss: NaN, gLoss: NaN, penalty: NaN, gradNormG: NaN, gradNormD: NaN, rate: 0 };
  const frame = { ...numbers, dReal: NaN, dFake: NaN, samples: Float32Array.of(0.9, -0.8), logits, slopes: null };
  const views = { shown: 1, grid: null, extent: 1, real: Float32Array.of(0.7, 3, 0.9, 0.9) };
  const settings = { ...DEFAULTS, loss: "relativistic" };
  const shares = stageFrame(frame, settings, views).surface?.values ?? [];
  assert.deepEqual([...shares], [...realShares("relativistic", logits, 5, 3)]);
  const known = stageFrame({ ...frame, dReal: 1, dFake: 1 }, settings, views).surface?.values ?? [];
  assert.deepEqual([...known], [...realShares("relativistic", logits, 1, 1)]);
});

test("a history takes the rows of a training's file, which a frame without numbers does not erase", () => {
  const history = new History();
  history.load({ iteration: [4, 8], d_loss: [1, 0.5], g_loss: [2, 3], d_grad: [0.1, null] });
  history.addFrame(/** @type {any} */ ({ iteration: 8, dLoss: NaN }));
  assert.deepEqual(history.columns.step, [4, 8]);
  assert.deepEqual(history.columns.d_loss, [1, 0.5]);
  assert.deepEqual(history.columns.grad_d, [0.1, null]);
  assert.deepEqual(history.columns.penalty, [null, null]);
  history.addFrame(/** @type {any} */ ({ iteration: 9, dLoss: 0.25 }));
  assert.deepEqual(history.columns.d_loss, [1, 0.5, 0.25]);
});

test("the noise's cells hold their share of it", () => {
  const uniform = noiseGrid(2, "uniform");
  assert.ok(uniform);
  assert.ok(Math.abs(uniform.masses.reduce((sum, mass) => sum + mass, 0) - 1) < 1e-5);
  assert.ok(uniform.masses.every((mass) => Math.abs(mass - uniform.masses[0]) < 1e-8));
  const gaussian = noiseGrid(2, "gaussian");
  assert.ok(gaussian);
  const inside = (2 * cumulative(2.4) - 1) ** 2;
  assert.ok(Math.abs(gaussian.masses.reduce((sum, mass) => sum + mass, 0) - inside) < 1e-5);
  assert.ok(gaussian.masses[10 * 20 + 10] > 50 * gaussian.masses[0]);
  assert.equal(noiseGrid(3, "gaussian"), null);
  assert.ok(Math.abs(cumulative(1.959964) - 0.975) < 1e-6);
  assert.deepEqual([...planeGrid(2, 3)], [-3, -3, 3, -3, -3, 3, 3, 3]);
});

test("the suspect is the setting that exceeds most what trains safely", () => {
  assert.deepEqual(suspect({ ...DEFAULTS, gLr: 0.5 }), { key: "gLr", value: 0.5, remedy: 1e-3 });
  assert.equal(suspect({ ...DEFAULTS, r1: 100 }).key, "r1");
  const bare = { ...DEFAULTS, loss: "wasserstein", r1: 0, r2: 0 };
  assert.deepEqual(suspect(bare), { key: "gp", value: 0, remedy: 1 });
  assert.deepEqual(suspectOf("dLr", { ...bare, dLr: 0.02 }), { key: "dLr", value: 0.02, remedy: 1e-3 });
  assert.equal(suspectOf("loss", { ...DEFAULTS, dLr: 1 }).key, "dLr", "a setting without a remedy");
});

test("the way back leads before the numbers began to run off, and its remedy leaves no other rate high", () => {
  const history = new History();
  for (const [step, d_loss] of [
    [1, 1.4],
    [5, 2],
    [9, 60],
    [12, 8000],
  ]) {
    history.add(step, { d_loss, g_loss: 0.7, grad_d: 0.3, grad_g: 0.2 });
  }
  assert.equal(lastCalm(history.columns, 12), 5);
  assert.equal(lastCalm(history.columns, 4), 1);
  assert.equal(lastCalm(new History().columns, 4), 0);
  const rates = { ...DEFAULTS, gLr: 0.5, dLr: 0.4 };
  assert.deepEqual(remedyOf({ key: "gLr", value: 0.5, remedy: 0.02 }, rates), { gLr: 0.02, dLr: 0.02 });
  assert.deepEqual(remedyOf({ key: "gp", value: 0, remedy: 1 }, rates), { gp: 1 });
});

test("a lab's file is read as it was written, and other files are refused for what they are", () => {
  const state = Uint8Array.from({ length: 70_000 }, (_, k) => k % 251);
  const file = readLabFile(writeLabFile("#data=ring", state));
  assert.deepEqual(file, { hash: "#data=ring", state });
  assert.equal(readLabFile(writeLabFile("#", null)).state, null);
  for (const [text, key] of [
    ["{", "file.not_lab"],
    ["[]", "file.not_lab"],
    ['{"format":"other"}', "file.not_lab"],
    ['{"format":"gan_demo lab","version":2,"hash":""}', "file.newer"],
    ['{"format":"gan_demo lab","version":1}', "file.damaged"],
    ['{"format":"gan_demo lab","version":1,"hash":"","state":"%%"}', "file.damaged"],
  ]) {
    assert.throws(
      () => readLabFile(text),
      (error) => error instanceof LabFileError && error.key === key,
      text,
    );
  }
});

test("a neuron's map is scaled by its largest value with zero in the middle, and its weights are its row", () => {
  const units = {
    counts: [2, 1],
    n: 1,
    values: Float32Array.from([1, -4, 0.5]),
    weights: [Float32Array.from([1, 2, 3, 4]), Float32Array.from([5, 6])],
  };
  assert.deepEqual([...unitMap(units, 0, 1)], [0]);
  const two = { ...units, values: Float32Array.from([2, 0, 0, -1, 0, 0]) };
  assert.deepEqual([...unitMap(two, 0, 0)], [1, 0.25]);
  assert.deepEqual([...weightsOf(units, 0, 1)], [3, 4]);
  assert.deepEqual([...weightsOf(units, 1, 0)], [5, 6]);
});

test("every loss has its formula with the current numbers, and a penalty adds its term", () => {
  const frame = { dLoss: 1.25, gLoss: 0.5, penalty: 0.125, dReal: 1, dFake: NaN };
  for (const loss of LOSSES) {
    const [d, g] = formulaLines({ ...DEFAULTS, loss, r1: 0, r2: 0 }, frame, { "formula.means": "means:" }, "en");
    assert.ok(d.formula.includes("D(x)") && g.formula.includes("D(G(z))"), loss);
    assert.ok(d.numbers.startsWith("= 1.25 ") && d.numbers.includes("≈ –"), d.numbers);
  }
  const [d] = formulaLines({ ...DEFAULTS, r1: 0.3, gp: 2 }, frame, { "formula.means": "means:" }, "en");
  assert.ok(d.formula.includes("0.3/2 · 𝔼 ‖∇D(x)‖²"));
  assert.ok(d.formula.includes("2 · 𝔼 (‖∇D(x̂)‖ − 1)²"));
  assert.ok(d.numbers.startsWith("= 1.25 + 0.125"));
});

test("a slider stands at the nearest choice, by ratio", () => {
  assert.equal(nearestIndex([0, 0.01, 0.1, 1], 0), 0);
  assert.equal(nearestIndex([0, 0.01, 0.1, 1], 0.04), 2);
  assert.equal(nearestIndex([1, 2, 4], 3), 2);
});

test("a GIF of frames begins and ends as the format says", () => {
  const frames = [0, 1, 2].map((k) => new Uint8ClampedArray(4 * 64).fill(80 * k));
  const bytes = encodeGif(frames, 8);
  assert.equal(String.fromCharCode(...bytes.subarray(0, 6)), "GIF89a");
  assert.equal(bytes.at(-1), 0x3b);
});

test("every setting of a lesson is one that the lab has, and its layers exist", () => {
  const controls = new Map(CONTROLS.map((control) => [/** @type {string} */ (control.key), control]));
  for (const { id, settings, tries, layers } of LESSONS) {
    for (const [key, value] of [settings, ...tries.map(({ change }) => change)].flatMap((set) => Object.entries(set))) {
      const control = controls.get(key);
      assert.ok(control && parseValue(control, String(value)) === value, `${id}: ${key} = ${value}`);
    }
    assert.deepEqual(
      layers.filter((name) => !LAYERS.includes(name)),
      [],
    );
    assert.deepEqual(withChange(DEFAULTS, settings), { ...DEFAULTS, ...settings }, id);
  }
});

test("everything that has a name on the page has its sentence", () => {
  const wanted = [
    ...CONTROLS.flatMap(({ key, group, kind, choices }) => [
      `setting.${key}`,
      `group.${group}`,
      `summary.${group}`,
      ...(kind === "slider" ? [] : choices.map((choice) => `value.${key}.${choice}`)),
    ]),
    ...LAYERS.flatMap((name) => [`layer.${name}`, `layer.${name}.help`]),
    ...STEPS.map((step) => `slow.${step}`),
    ...LESSONS.flatMap(({ id, tries }) => [
      `lesson.${id}`,
      `lesson.${id}.1`,
      ...tries.map(({ key }) => `lesson.${id}.try.${key}`),
    ]),
  ];
  assert.deepEqual(
    wanted.filter((key) => !TEXTS[`lab.${key}`]),
    [],
  );
});

test("weights are lines between the neurons that are shown, as wide as their share of their layer's largest", () => {
  const weights = [Float32Array.of(1, -4, 2, 0), Float32Array.of(0.5, -0.25)];
  const units = { counts: [2, 1], values: new Float32Array(3), n: 1, weights };
  const edges = edgesOf(units, 8);
  assert.deepEqual(
    edges.map(({ layer, from, to, weight, share }) => [layer, from, to, weight, share]),
    [
      [0, 0, 0, 1, 0.25],
      [0, 1, 0, -4, 1],
      [0, 0, 1, 2, 0.5],
      [0, 1, 1, 0, 0],
      [1, 0, 0, 0.5, 1],
      [1, 1, 0, -0.25, 0.5],
    ],
  );
  assert.deepEqual(
    edgesOf(units, 1).map(({ weight }) => weight),
    [1, 0.5],
  );
  /** @type {[[number, number], [number, number]]} */
  const line = [
    [0, 0],
    [10, 0],
  ];
  assert.deepEqual([distance([5, 3], line), distance([13, 4], line)], [3, 5]);
});
