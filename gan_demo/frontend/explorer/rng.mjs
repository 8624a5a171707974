// @ts-check
/**
 * Random numbers.
 * @import { Rng } from "./types.js"
 */

/**
 * Seeded random numbers (mulberry32), the same in every browser: only + − · / and √ are used, which IEEE 754 defines.
 * @param {number} seed
 * @returns {Rng}
 */
export function rng(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => {
    // Marsaglia's polar method, one number a pair
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = u * u + v * v;
      if (square > 0 && square < 1) return u * Math.sqrt((-2 * log(square)) / square);
    }
  };
  return {
    uniform,
    normal,
    integer: (below) => Math.floor(uniform() * below),
    normals: (count) => Float32Array.from({ length: count }, normal),
  };
}

/**
 * Return the natural logarithm of 0 < x < 1, as ln x = 2 artanh((x − 1)/(x + 1)) after doubling into [√½, √2).
 * @param {number} x
 */
function log(x) {
  let [scaled, doublings] = [x, 0];
  for (; scaled < Math.SQRT1_2; scaled *= 2) doublings++;
  const q = (scaled - 1) / (scaled + 1);
  let [sum, power] = [0, q];
  for (let k = 1; k < 32; k += 2) {
    sum += power / k;
    power *= q * q;
  }
  return 2 * sum - doublings * Math.LN2;
}

/** Return a seed that nobody can foresee. */
export function newSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
