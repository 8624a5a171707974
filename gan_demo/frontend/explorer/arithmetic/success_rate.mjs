// How often a formula works: on random triples, by what the classifier reads of the results.
import { kinds, sum, WAYS } from "./formula.mjs";

// `each`: examples averaged a slot. progress({done, n, ways: {both: {all, p, q}, …}, chance}) after every triple; stops when
// signal.aborted. Labels have three ways, as without labels z is all there is; then `chance` is the share of any samples
// that happen to be what is wanted, of `seen`.
export async function measure(supply, formula, { n, each, seed, signal, progress }) {
  const { a, b, c, wanted } = kinds(formula);
  const chance = supply.app.rng(seed);
  const ways = supply.conditional ? WAYS : ["z"];
  const counts = Object.fromEntries(ways.map((way) => [way, { all: 0, p: 0, q: 0 }]));
  await supply.prepare([a, b, c, wanted]);
  for (let done = 1; done <= n && !signal.aborted; done++) {
    const terms = [a, b, c].map((kind) => ({ kind, count: each }));
    const triple = await supply.casting(chance.integer(2 ** 31), (cast) => supply.draw(terms, chance, { cast }));
    const [as, bs, cs] = triple.map((some) => some.map((one) => one.state));
    const results = await supply.look(ways.map((way) => sum(as, bs, cs, supply.app.space.labels, way)));
    results.forEach((seen, k) => count(counts[ways[k]], supply.judge(seen, wanted), formula));
    progress({ done, n, ways: counts, ...byChance(supply, wanted) });
  }
}

function count(counts, judged, { p, q }) {
  counts.p += Number(judged[p.name]);
  counts.q += Number(judged[q.name]);
  counts.all += Number(judged[p.name] && judged[q.name]);
}

function byChance(supply, wanted) {
  if (supply.conditional) return {};
  return {
    seen: supply.pool.length,
    chance: supply.pool.filter((one) => supply.is(one, wanted)).length / supply.pool.length,
  };
}

// Which way does the work, by shares (0 to 1): "labels", "z", "together", "neither".
export function verdict({ both, labels, z }) {
  const near = 0.1;
  if (both < 0.5) return "neither";
  if (labels >= both - near && z >= both - near) return "either";
  if (labels >= both - near) return "labels";
  return z >= both - near ? "z" : "together";
}
