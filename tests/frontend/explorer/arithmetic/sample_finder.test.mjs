// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { attributesOf, LESS } from "../../../../gan_demo/frontend/explorer/arithmetic/formula.mjs";
import { SampleFinder, TooRare } from "../../../../gan_demo/frontend/explorer/arithmetic/sample_finder.mjs";
import { rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { faceFinder } from "./faces.mjs";

/**
 * @import { App } from "../../../../gan_demo/frontend/explorer/types.js"
 * @import { SampleReader } from "../../../../gan_demo/frontend/explorer/engine/classifiers.mjs"
 */

const DARK_AND_LONG = { glasses: 2, long_hair: 1 };
const LIGHT = { glasses: 1 };

for (const conditional of [true, false]) {
  test(`as many samples of each kind are found as wanted, ${conditional ? "with" : "without"} labels`, async () => {
    const { finder } = faceFinder({ conditional });
    const wanted = [
      { kind: DARK_AND_LONG, count: 5 },
      { kind: LIGHT, count: 3 },
    ];
    const samplesByKind = await finder.find(wanted, rng(1));
    assert.deepEqual(
      samplesByKind.map((samples) => samples.length),
      [5, 3],
    );
    assert.ok(samplesByKind[0].every((sample) => finder.isOf(sample, DARK_AND_LONG)));
    assert.ok(samplesByKind[1].every((sample) => finder.isOf(sample, LIGHT)));
    assert.equal(new Set(samplesByKind.flat()).size, 8);
  });
}

test("the same seed finds the same samples in an empty pool", async () => {
  const { finder } = faceFinder({ conditional: false });
  const wanted = [{ kind: DARK_AND_LONG, count: 4 }];
  const first = await finder.find(wanted, rng(3), { pool: [] });
  await finder.find(wanted, rng(9));
  assert.deepEqual(await finder.find(wanted, rng(3), { pool: [] }), first);
});

test("labels that the kinds leave open are the same for all samples, except for free ones", async () => {
  const { finder } = faceFinder({ conditional: true });
  const [fixed, free] = await finder.find(
    [
      { kind: LIGHT, count: 12 },
      { kind: {}, count: 12, free: true },
    ],
    rng(4),
    { labelSeed: 5 },
  );
  assert.equal(new Set(fixed.map(({ values }) => values.long_hair)).size, 1);
  assert.ok(new Set(free.map(({ values }) => values.long_hair)).size > 1);
});

test("a sample that is read differently from its labels is left out", async () => {
  let samples = 0;
  const { finder } = faceFinder({
    conditional: true,
    distort: (x) => {
      for (let start = 0; start < x.length; start += 5) if (samples++ % 2) x.set([1, 0, 0], start);
    },
  });
  const [bright] = await finder.find([{ kind: LIGHT, count: 6 }], rng(1));
  assert.equal(bright.length, 6);
  assert.ok(bright.every(({ values }) => values.glasses === 1));
});

test("a kind that the model never draws is too rare after eight batches with labels", async () => {
  const { finder, batches } = faceFinder({ conditional: true, distort: (x) => x.fill(0) });
  await assert.rejects(finder.find([{ kind: LIGHT, count: 1 }], rng(1)), TooRare);
  assert.equal(batches.count, 8);
});

test("a trait that hardly any sample of a digit has is still found", async () => {
  const space = { z_dim: 2, labels: [{ name: "digit", values: ["8", "9"] }], shape: [1, 28, 28] };
  const app = /** @type {App} */ (/** @type {unknown} */ ({ space, rng }));
  const reader = /** @type {SampleReader} */ (/** @type {unknown} */ ({ fields: space.labels }));
  const finder = new SampleFinder(app, reader, attributesOf(app.space, space.labels));
  let drawn = 0;
  finder.read = async (states) =>
    states.map((state) => ({ state, values: { digit: 1 }, strokes: { size: ++drawn % 30 ? 1 : 0 } }));
  finder.thirds.set("size 1", [0.5, 2]);
  const [small] = await finder.find([{ kind: { digit: 1, size: LESS }, count: 2 }], rng(1));
  assert.deepEqual(
    small.map(({ strokes }) => strokes.size),
    [0, 0],
  );
});

test("other labels are tried where the first ones make a kind too rare", async () => {
  const { finder } = faceFinder({ conditional: true });
  /** @type {number[]} */
  const tried = [];
  const result = await finder.tryLabelSeeds(7, async (labelSeed) => {
    tried.push(labelSeed);
    if (tried.length < 4) throw new TooRare();
    return "found";
  });
  assert.deepEqual([result, tried], ["found", [7, 8, 9, 10]]);
});

test("after twelve labels the search for a kind gives up, without labels at once", async () => {
  for (const [conditional, attempts] of /** @type {const} */ ([
    [true, 12],
    [false, 1],
  ])) {
    const { finder } = faceFinder({ conditional });
    let tried = 0;
    const find = async () => {
      tried++;
      throw new TooRare();
    };
    await assert.rejects(finder.tryLabelSeeds(1, find), TooRare);
    assert.equal(tried, attempts);
  }
});
