// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "../../../../gan_demo/frontend/explorer/arithmetic/formula.mjs";
import {
  barsOf,
  conclusion,
  measure,
  verdict,
} from "../../../../gan_demo/frontend/explorer/arithmetic/success_rate.mjs";
import { englishWords } from "../words.mjs";
import { faceFinder } from "./faces.mjs";

/**
 * @import { Formula, SuccessProgress } from "../../../../gan_demo/frontend/explorer/arithmetic/types.js"
 */

const WORDS = englishWords();
const { attributes: ATTRIBUTES } = faceFinder({ conditional: true });
const FORMULA = /** @type {Formula} */ (parse("glasses.dark.none~long_hair.yes.no", ATTRIBUTES));

/**
 * Measure the formula; return the progress after every triple.
 * @param {boolean} conditional
 * @param {{ n?: number, stopAfter?: number }} [options]
 */
async function measured(conditional, { n = 20, stopAfter = n } = {}) {
  const { finder } = faceFinder({ conditional });
  const running = new AbortController();
  /** @type {SuccessProgress[]} */
  const all = [];
  /** @param {SuccessProgress} progress */
  const onProgress = (progress) => {
    all.push(structuredClone(progress));
    if (progress.done === stopAfter) running.abort();
  };
  await measure(finder, FORMULA, { n, each: 3, seed: 5, signal: running.signal, onProgress });
  return all;
}

for (const [shares, expected] of /** @type {const} */ ([
  [[0.9, 0.95, 0], "labels"],
  [[0.9, 0.1, 0.85], "z"],
  [[0.9, 0.5, 0.1], "together"],
  [[0.9, 0.9, 0.9], "either"],
  [[0.3, 0.3, 0], "neither"],
])) {
  test(`what does the work is what does as well alone: ${expected} of ${shares}`, () => {
    const [both, labels, z] = shares;
    assert.equal(verdict({ both, labels, z }), expected);
  });
}

test("where labels decide the sample, labels work and z alone does not", async () => {
  const all = await measured(true);
  assert.deepEqual(
    all.map(({ done }) => done),
    Array.from({ length: 20 }, (_, k) => k + 1),
  );
  const { ways } = all[all.length - 1];
  assert.deepEqual(ways.both, { all: 20, p: 20, q: 20 });
  assert.deepEqual(ways.labels, { all: 20, p: 20, q: 20 });
  assert.deepEqual(ways.z, { all: 0, p: 20, q: 0 });
});

test("the formula is judged against chance where there are no labels", async () => {
  const all = await measured(false);
  const { ways, chance, seen } = all[all.length - 1];
  assert.deepEqual(Object.keys(ways), ["z"]);
  assert.ok(seen && seen >= 24);
  assert.ok(chance !== undefined && chance > 0.05 && chance < 0.3); // one sixth of independent attributes
});

test("a measurement stops at the signal", async () => {
  const all = await measured(true, { stopAfter: 3 });
  assert.equal(all.length, 3);
});

test("bars say how often each way works, and each attribute alone", () => {
  const ways = { both: { all: 98, p: 99, q: 98 }, labels: { all: 99, p: 99, q: 100 }, z: { all: 0, p: 100, q: 0 } };
  const progress = { done: 100, n: 100, ways };
  const bars = barsOf(WORDS, ATTRIBUTES, FORMULA, progress);
  assert.deepEqual(bars[0], {
    name: "z and labels",
    share: 0.98,
    figure: "98 of 100",
    note: "dark glasses: 99 · long hair: 98",
  });
  assert.deepEqual(
    bars.map(({ name }) => name),
    ["z and labels", "Labels alone", "z alone"],
  );
  assert.match(conclusion(WORDS, progress), /^The labels do the work/);
});

test("without labels a second bar says what chance does, and there is nothing to conclude", () => {
  const progress = { done: 10, n: 100, ways: { z: { all: 3, p: 5, q: 4 } }, chance: 0.125, seen: 240 };
  const bars = barsOf(WORDS, ATTRIBUTES, FORMULA, progress);
  assert.deepEqual(
    bars.map(({ name, share, figure }) => [name, share, figure]),
    [
      ["With the formula", 0.3, "3 of 10"],
      ["By chance, without arithmetic", 0.125, "12.5 %"],
    ],
  );
  assert.equal(bars[1].note, "among 240 random samples");
  assert.equal(conclusion(WORDS, progress), "");
});
