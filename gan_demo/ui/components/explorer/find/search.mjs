// From a picture to a place: random places to begin with, labels read from the picture, and several descents.
import { pure, random, state } from "../space.mjs";
import { Descent, distance } from "./solve.mjs";

const RANDOM = 256; // places, the nearest of which are begun with
const STARTS = 3;
const STEPS = 25; // of a descent, at most
const ENOUGH = 0.015; // mean squared error at which no other start is tried
const LIKELY = 0.1; // probability at which another reading is tried too

// Yields {start, starts, step, state, x, error, best: {state, x, error}, nearest} after every step; x as the network draws
// it. `nearest` is the error of the nearest of the random places. `readings`: label vectors to try, the likeliest first;
// none: all are tried, at random. sample(states) -> Promise of Float32Array.
export async function* search({ space, sample, target, readings, seed, rng }) {
  const places = candidates(space, readings, seed);
  const x = await sample(places);
  const order = places.map((place, k) => ({ place, error: distance(x, target, k) })).sort((a, b) => a.error - b.error);
  const begun = starts(order, readings);
  const chance = rng(seed ^ 0x5eed);
  let best = null;
  for (const [k, { place }] of begun.entries()) {
    const draw = (zs, n) => sample(Array.from({ length: n }, (_, i) => state(zs.subarray(i * space.z_dim, (i + 1) * space.z_dim), place.y)));
    const descent = await new Descent(draw, target, place.z, chance).begin();
    for (;;) {
      const now = { state: state(descent.z, place.y), x: descent.x, error: descent.error, loss: descent.loss };
      if (!best || now.loss < best.loss) best = now;
      yield { ...now, start: k + 1, starts: begun.length, step: descent.steps, best, nearest: order[0].error };
      if (descent.steps >= STEPS || !(await descent.step())) break;
    }
    if (best.error < ENOUGH) return;
  }
}

function candidates(space, readings, seed) {
  return Array.from({ length: RANDOM }, (_, k) => {
    const told = readings.length > 1 && k % 4 === 3 ? readings[1 + (k >> 2) % (readings.length - 1)] : readings[0];
    return random(space, (seed + Math.imul(k, 0x9e3779b1)) >>> 0, told ?? null);
  });
}

// The nearest, and at least one of every reading.
function starts(order, readings) {
  const others = readings.slice(1).map((y) => order.find((one) => one.place.y.every((w, k) => w === y[k]))).filter(Boolean);
  const first = order.filter((one) => !others.includes(one)).slice(0, Math.max(1, STARTS - others.length));
  return [...first, ...others].slice(0, STARTS);
}

// What a classifier reads as label vectors: the most probable value of each field; of a single field also the next, if likely.
export function readingsOf(probabilities, space) {
  const top = probabilities.map((p) => [...p.keys()].sort((a, b) => p[b] - p[a]));
  const told = (ranks) => Float32Array.from(space.labels.flatMap((one, k) => [...pure(one.values.length, ranks[k])]));
  const found = [told(top.map((order) => order[0]))];
  if (top.length === 1 && probabilities[0][top[0][1]] > LIKELY) found.push(told([top[0][1]]));
  return found;
}
