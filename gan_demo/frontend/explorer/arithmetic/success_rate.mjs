// @ts-check
// How often a formula works: on random triples of terms, by what the classifier reads of the results.

/**
 * @import { App } from "../types.js"
 * @import { Words } from "./phrases.mjs"
 * @import { SampleFinder } from "./sample_finder.mjs"
 * @import { Attribute, Formula, Kind, SuccessCount, SuccessProgress, Way } from "./types.js"
 */
import { kindsOf, sum, WAYS } from "./formula.mjs";
import { phrase } from "./phrases.mjs";

const AS_GOOD = 0.1; // difference of shares up to which one way does as well as another

/**
 * Try a formula on `n` random triples of `each` examples a term; call `onProgress` after every one, stop at the signal.
 * Without labels z is all that can be added, and the share of random samples of the wanted kind is told beside it.
 * @param {SampleFinder} finder
 * @param {Formula} formula
 * @param {{ n: number, each: number, seed: number, signal: AbortSignal, onProgress: (progress: SuccessProgress) =>
 *   void }} options
 */
export async function measure(finder, formula, { n, each, seed, signal, onProgress }) {
  const { a, b, c, wanted } = kindsOf(formula);
  const chance = finder.app.rng(seed);
  /** @type {readonly Way[]} */
  const ways = finder.conditional ? WAYS : ["z"];
  const counts = ways.map(() => ({ all: 0, p: 0, q: 0 }));
  const terms = [a, b, c].map((kind) => ({ kind, count: each }));
  await finder.measureThirds([a, b, c, wanted]);
  for (let done = 1; done <= n && !signal.aborted; done++) {
    const triple = await finder.tryLabelSeeds(chance.integer(2 ** 31), (labelSeed) =>
      finder.find(terms, chance, { labelSeed }),
    );
    const [as, bs, cs] = triple.map((samples) => samples.map((sample) => sample.state));
    const results = await finder.read(ways.map((way) => sum(as, bs, cs, finder.app.space.labels, way)));
    results.forEach((result, k) => {
      count(counts[k], finder.judge(result, wanted), formula);
    });
    const byWay = Object.fromEntries(ways.map((way, k) => [way, counts[k]]));
    onProgress({ done, n, ways: byWay, ...(finder.conditional ? {} : shareByChance(finder, wanted)) });
  }
}

/**
 * @param {SuccessCount} counts
 * @param {Record<string, boolean>} verdicts
 * @param {Formula} formula
 */
function count(counts, verdicts, { p, q }) {
  counts.p += Number(verdicts[p.name]);
  counts.q += Number(verdicts[q.name]);
  counts.all += Number(verdicts[p.name] && verdicts[q.name]);
}

/**
 * @param {SampleFinder} finder
 * @param {Kind} wanted
 */
function shareByChance(finder, wanted) {
  const seen = finder.pool.length;
  return { seen, chance: finder.pool.filter((sample) => finder.isOf(sample, wanted)).length / seen };
}

/**
 * Return what does the work, from the shares (0 to 1) of results that are as wanted.
 * @param {Record<Way, number>} shares
 * @returns {"labels" | "z" | "together" | "either" | "neither"}
 */
export function verdict({ both, labels, z }) {
  if (both < 0.5) return "neither";
  const [labelsDo, zDoes] = [labels, z].map((share) => share >= both - AS_GOOD);
  if (labelsDo && zDoes) return "either";
  if (labelsDo) return "labels";
  return zDoes ? "z" : "together";
}

/**
 * A bar of the chart: its name, its length (0 to 1), the same as a number, and what else there is to say.
 * @typedef {{ name: string, share: number, figure: string, note: string }} Bar
 */

/**
 * Return a bar for each way, and one for chance where there are no labels.
 * @param {Words & Pick<App, "formatNumber">} app
 * @param {readonly Attribute[]} attributes
 * @param {Formula} formula
 * @param {SuccessProgress} progress
 * @returns {Bar[]}
 */
export function barsOf(app, attributes, { p, q }, { done, ways, chance, seen = 0 }) {
  const [first, second] = [p, q].map(({ name, on }) => phrase(app, attributes, name, on));
  const counts = Object.entries(ways);
  const bars = counts.map(([way, { all, ...parts }]) => ({
    name: app.t(counts.length > 1 ? `arithmetic.way.${way}` : "arithmetic.way.only"),
    share: all / done,
    figure: app.t("arithmetic.of", { k: all, n: done }),
    note: app.t("arithmetic.parts", { p: first, first: parts.p, q: second, second: parts.q }),
  }));
  if (chance === undefined) return bars;
  const byChance = {
    name: app.t("arithmetic.by_chance"),
    share: chance,
    figure: app.t("percent", { n: app.formatNumber(100 * chance, 1) }),
    note: app.t("arithmetic.seen", { n: app.formatNumber(seen) }),
  };
  return [...bars, byChance];
}

/**
 * Return what the numbers of a finished measurement say; "" where there is one way only.
 * @param {Pick<Words, "t">} app
 * @param {SuccessProgress} result
 */
export function conclusion(app, { done, ways }) {
  const { both, labels, z } = ways;
  if (!both || !labels || !z) return "";
  const shares = { both: both.all / done, labels: labels.all / done, z: z.all / done };
  return app.t(`arithmetic.verdict.${verdict(shares)}`);
}
