// From a picture to a place: random places to begin with, labels read from the picture, and several descents.
import { latentState, oneHot, randomState } from "../latent.mjs";
import { Descent, distance } from "./levenberg_marquardt.mjs";

const RANDOM = 256; // places, the nearest of which are begun with
const STARTS = 3;
const STEPS = 25; // of a descent, at most
const ENOUGH = 0.015; // mean squared error at which no other start is tried
const LIKELY = 0.1; // probability at which another reading is tried too

// Yields {start, starts, step, state, x, error, best: {state, x, error}, nearest} after every step; x as the network draws
// it. The last of the starts goes on from the best with the labels' shares free as well, where that was not near enough.
// `nearest` is the error of the nearest of the random places. `readings`: label vectors to try, the likeliest first;
// none: all are tried, at random. sample(states) -> Promise of Float32Array.
export async function* search({ space, sample, target, readings, seed, rng }) {
  const places = candidates(space, readings, seed);
  const x = await sample(places);
  const order = places.map((place, k) => ({ place, error: distance(x, target, k) })).sort((a, b) => a.error - b.error);
  const begun = starts(order, readings);
  const chance = rng(seed ^ 0x5eed);
  const mixing = space.labels.length > 0;
  const common = { starts: begun.length + Number(mixing), nearest: order[0].error };
  let best = null;
  const descend = async function* (descent, start, at) {
    await descent.begin();
    for (;;) {
      const now = { state: at(descent.z), x: descent.x, error: descent.error, loss: descent.loss };
      if (!best || now.loss < best.loss) best = now;
      yield { ...now, ...common, start, step: descent.steps, best };
      if (descent.steps >= STEPS || !(await descent.step())) return;
    }
  };
  for (const [k, { place }] of begun.entries()) {
    const at = (z) => latentState(z, place.y);
    yield* descend(new Descent(drawing(sample, at), target, place.z, chance), k + 1, at);
    if (best.error < ENOUGH) return;
  }
  if (!mixing) return;
  const at = (v) => latentState(v.subarray(0, space.z_dim), v.subarray(space.z_dim));
  const tidy = (v) => shares(v.subarray(space.z_dim), space.labels);
  const free = new Descent(drawing(sample, at), target, [...best.state.z, ...best.state.y], chance, {
    normal: space.z_dim,
    tidy,
  });
  yield* descend(free, common.starts, at);
}

// What Descent draws with: rows of numbers, each a state.
function drawing(sample, at) {
  return (rows, n) =>
    sample(Array.from({ length: n }, (_, k) => at(rows.subarray((k * rows.length) / n, ((k + 1) * rows.length) / n))));
}

// The nearest shares that are none below 0 and sum to 1, field by field, in place (Duchi et al. 2008).
export function shares(y, fields) {
  let start = 0;
  for (const { values } of fields) {
    const some = y.subarray(start, (start += values.length));
    let [sum, over] = [0, 0];
    [...some]
      .sort((a, b) => b - a)
      .forEach((value, k) => {
        sum += value;
        if (value > (sum - 1) / (k + 1)) over = (sum - 1) / (k + 1);
      });
    some.forEach((value, k) => {
      some[k] = Math.max(0, value - over);
    });
  }
}

function candidates(space, readings, seed) {
  return Array.from({ length: RANDOM }, (_, k) => {
    const told = readings.length > 1 && k % 4 === 3 ? readings[1 + ((k >> 2) % (readings.length - 1))] : readings[0];
    return randomState(space, (seed + Math.imul(k, 0x9e3779b1)) >>> 0, told ?? null);
  });
}

// The nearest, and at least one of every reading.
function starts(order, readings) {
  const others = readings
    .slice(1)
    .map((y) => order.find((one) => one.place.y.every((w, k) => w === y[k])))
    .filter(Boolean);
  const first = order.filter((one) => !others.includes(one)).slice(0, Math.max(1, STARTS - others.length));
  return [...first, ...others].slice(0, STARTS);
}

// What a classifier reads as label vectors: the most probable value of each field; of a single field also the next, if likely.
export function readingsOf(probabilities, space) {
  const top = probabilities.map((p) => [...p.keys()].sort((a, b) => p[b] - p[a]));
  const told = (ranks) => Float32Array.from(space.labels.flatMap((one, k) => [...oneHot(one.values.length, ranks[k])]));
  const found = [told(top.map((order) => order[0]))];
  if (top.length === 1 && probabilities[0][top[0][1]] > LIKELY) found.push(told([top[0][1]]));
  return found;
}
