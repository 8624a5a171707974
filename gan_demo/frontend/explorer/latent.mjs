// @ts-check
/**
 * Points of latent space and the ways between them, as pure functions: those of gan_demo/gan/latent.py and
 * explorer/latent_point.py. `fields` is space.labels; a state's y holds the weights of each field's values in turn.
 * @import { LabelField, LatentState, Space } from "./types.js"
 */
import { rng } from "./rng.mjs";

export { newSeed, rng } from "./rng.mjs";

/** @typedef {ArrayLike<number>} Vector */

export const LATENT_LIMIT = 1000; // largest |z_k| of a file or a link; gan_demo/explorer/latent_point.py has the same
const PARALLEL = 1e-4; // below this sine of the angle between two vectors, slerp is lerp
const TINY = 1e-12;

/**
 * Make a state; the numbers are copied.
 * @param {Vector} z
 * @param {Vector} [y]
 * @param {number} [psi]
 * @returns {LatentState}
 */
export function latentState(z, y = [], psi = 1) {
  return Object.freeze({ z: Float32Array.from(z), y: Float32Array.from(y), psi });
}

/**
 * @param {LatentState} a
 * @param {LatentState} b
 */
export function sameState(a, b) {
  return a === b || (a.psi === b.psi && equal(a.z, b.z) && equal(a.y, b.y));
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function equal(a, b) {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}

/**
 * Tell whether a state has as many numbers as a model takes.
 * @param {LatentState} state
 * @param {Pick<Space, "z_dim" | "labels">} space
 */
export function fitsSpace(state, space) {
  return state.z.length === space.z_dim && state.y.length === labelWidth(space.labels);
}

// ---- vectors

/**
 * @param {Vector} a
 * @param {Vector} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** @param {Vector} a */
export function norm(a) {
  return Math.sqrt(dot(a, a));
}

/**
 * @param {Vector} a
 * @param {Vector} b
 * @param {number} t
 */
export function lerp(a, b, t) {
  return Float32Array.from(a, (value, k) => (1 - t) * value + t * b[k]);
}

/**
 * Spherical interpolation (Shoemake 1985): directions follow the great circle at constant speed, norms change linearly.
 * @param {Vector} a
 * @param {Vector} b
 * @param {number} t
 */
export function slerp(a, b, t) {
  const [normA, normB] = [norm(a), norm(b)];
  if (normA < TINY || normB < TINY) return lerp(a, b, t);
  let [difference, sum] = [0, 0]; // squared norms, of which the angle follows without loss of digits
  for (let k = 0; k < a.length; k++) {
    difference += (a[k] / normA - b[k] / normB) ** 2;
    sum += (a[k] / normA + b[k] / normB) ** 2;
  }
  const angle = 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
  const sine = Math.sin(angle);
  if (sine < PARALLEL) return lerp(a, b, t);
  const [weightA, weightB] = [Math.sin((1 - t) * angle) / sine / normA, Math.sin(t * angle) / sine / normB];
  const length = (1 - t) * normA + t * normB;
  return Float32Array.from(a, (value, k) => length * (weightA * value + weightB * b[k]));
}

/**
 * Latent arithmetic a − b + c of the means of vectors, scaled to the mean norm of a, where samples live.
 * @param {Vector[]} a
 * @param {Vector[]} b
 * @param {Vector[]} c
 */
export function arithmetic(a, b, c) {
  /** @type {(rows: Vector[], k: number) => number} */
  const mean = (rows, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length;
  const result = Float32Array.from(a[0], (_, k) => mean(a, k) - mean(b, k) + mean(c, k));
  const typical = a.reduce((sum, row) => sum + norm(row), 0) / a.length;
  const scale = typical / Math.max(norm(result), TINY);
  return result.map((value) => value * scale);
}

// ---- states

/**
 * @param {LatentState} a
 * @param {LatentState} b
 * @param {number} t from 0 to 1
 * @param {boolean} [spherical]
 */
export function interpolate(a, b, t, spherical = true) {
  if (t <= 0 || t >= 1) return t <= 0 ? a : b;
  return latentState((spherical ? slerp : lerp)(a.z, b.z, t), lerp(a.y, b.y, t), (1 - t) * a.psi + t * b.psi);
}

/**
 * Return the coordinate along a direction of unit length, in standard deviations.
 * @param {LatentState} state
 * @param {Vector} u
 */
export function coordinate(state, u) {
  return dot(state.z, u);
}

/**
 * Return the state whose coordinate along u is `value`, all else unchanged.
 * @param {LatentState} state
 * @param {Vector} u
 * @param {number} value
 */
export function withCoordinate(state, u, value) {
  const step = value - dot(state.z, u);
  const z = state.z.map((component, k) => component + step * u[k]);
  return latentState(z, state.y, state.psi);
}

/**
 * Return the state with another k-th number of z.
 * @param {LatentState} state
 * @param {number} k
 * @param {number} value
 */
export function withComponent(state, k, value) {
  const z = state.z.slice();
  z[k] = value;
  return latentState(z, state.y, state.psi);
}

/**
 * Return the state with another truncation.
 * @param {LatentState} state
 * @param {number} psi
 */
export function withPsi(state, psi) {
  return latentState(state.z, state.y, psi);
}

/**
 * Return states close by: `distance` of the way along the sphere to random ones.
 * @param {LatentState} state
 * @param {number} count
 * @param {number} seed
 * @param {number} [distance]
 */
export function neighbours(state, count, seed, distance = 0.3) {
  const random = rng(seed);
  return Array.from({ length: count }, () => {
    const other = random.normals(state.z.length);
    const z = norm(state.z) > 1e-6 ? slerp(state.z, other, distance) : other.map((value) => value * distance);
    return latentState(z, state.y, state.psi);
  });
}

// ---- labels

/** @param {LabelField[]} fields */
export function labelWidth(fields) {
  return fields.reduce((sum, field) => sum + field.values.length, 0);
}

/**
 * Return where field k begins in y.
 * @param {LabelField[]} fields
 * @param {number} k
 */
export function labelOffset(fields, k) {
  return labelWidth(fields.slice(0, k));
}

/**
 * @param {Float32Array} y
 * @param {LabelField[]} fields
 * @param {number} k
 */
export function labelWeights(y, fields, k) {
  const start = labelOffset(fields, k);
  return y.slice(start, start + fields[k].values.length);
}

/**
 * Return the state with other weights of field k.
 * @param {LatentState} state
 * @param {LabelField[]} fields
 * @param {number} k
 * @param {Vector} weights
 */
export function withLabel(state, fields, k, weights) {
  const y = state.y.slice();
  y.set(weights, labelOffset(fields, k));
  return latentState(state.z, y, state.psi);
}

/**
 * @param {number} count
 * @param {number} value
 */
export function oneHot(count, value) {
  return Float32Array.from({ length: count }, (_, k) => Number(k === value));
}

/**
 * Return weights of two values: `share` (0 to 1) of `second`, the rest of `first`.
 * @param {number} count
 * @param {number} first
 * @param {number} second
 * @param {number} share
 */
export function blend(count, first, second, share) {
  return lerp(oneHot(count, first), oneHot(count, second), share);
}

/**
 * Return the heaviest value, the second, and the second's share of both: the inverse of blend() for shares up to a
 * half.
 * @param {ArrayLike<number>} weights
 * @returns {[first: number, second: number, share: number]}
 */
export function heaviestTwo(weights) {
  const order = Array.from(weights, (_, k) => k).sort((a, b) => weights[b] - weights[a] || a - b);
  const [first, second = first] = order;
  const both = weights[first] + weights[second];
  return [first, second, both && second !== first ? weights[second] / both : 0];
}

/**
 * Return a random state from a seed: labels, each value equally probable, then z. `y` replaces the labels.
 * @param {Pick<Space, "z_dim" | "labels">} space
 * @param {number} seed
 * @param {Vector | null} [y]
 */
export function randomState(space, seed, y = null) {
  const random = rng(seed);
  const labels = space.labels.flatMap(({ values }) => [...oneHot(values.length, random.integer(values.length))]);
  return latentState(random.normals(space.z_dim), y ?? labels, 1);
}
