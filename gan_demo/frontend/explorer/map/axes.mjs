// @ts-check
// What the map's two axes mean: a direction of z in standard deviations, or the values of a label side by side; pure.

import { blend, dot, heaviestTwo, labelOffset, labelWeights, latentState, norm, oneHot } from "../latent.mjs";

/** @import { LabelField, LatentState, Space } from "../types" */
/** @import { Axis, LabelAxis, Plane, Position } from "./types" */

const REACH = 4; // standard deviations either way
const LABEL_AXIS_UNITS = 8; // about as long as the axis of a direction
const TOLERANCE = 1e-3; // numbers closer than this are equal
const PURE_HALF = 0.25; // of a value's band on either side of its middle, where nothing is mixed

/**
 * Return every axis that a model offers: its labels with several values, then its directions.
 *
 * @param {Space} space
 * @returns {Axis[]}
 */
export function allAxes(space) {
  const labels = space.labels.map(({ name, values }, field) => {
    const count = values.length;
    const width = 2 ** Math.max(0, Math.round(Math.log2(LABEL_AXIS_UNITS / count)));
    return { key: `label-${name}`, low: 0, high: count * width, field, count, width };
  });
  const directions = space.directions.map((direction) => ({ key: direction.key, low: -REACH, high: REACH, direction }));
  return [...labels.filter(({ count }) => count > 1), ...directions];
}

/**
 * Return the two axes to begin with: the labels with most values, then what changes the picture most.
 *
 * @param {Axis[]} axes
 */
export function defaultAxes(axes) {
  const labels = axes
    .filter((axis) => !axis.direction)
    .filter(({ count }) => count > 2)
    .sort((a, b) => b.count - a.count);
  const changes = axes.filter((axis) => axis.direction?.family === "change");
  const others = axes.filter((axis) => ![...labels, ...changes].includes(axis));
  return [...labels, ...changes, ...others].slice(0, 2);
}

/**
 * Return the plane through a state along two axes.
 *
 * @param {LatentState} through
 * @param {Axis} across
 * @param {Axis} up
 * @returns {Plane}
 */
export function createPlane({ z: start, y, psi }, across, up) {
  const u = across.direction ? Float32Array.from(across.direction.u) : null;
  let v = up.direction ? Float32Array.from(up.direction.u) : null;
  if (u && v) {
    const along = dot(u, v);
    v = unit(v.map((value, k) => value - along * u[k])) ?? unit(perpendicular(u));
  }
  const z = start.slice();
  for (const vector of [u, v]) if (vector) addScaled(z, vector, -dot(z, vector));
  return { across, up, u, v, z, y, psi };
}

/**
 * @param {Plane} plane
 * @param {LabelField[]} fields
 * @param {number} s
 * @param {number} t
 */
export function stateAt(plane, fields, s, t) {
  const [z, y] = [plane.z.slice(), plane.y.slice()];
  /** @type {(axis: Axis, vector: Float32Array | null, value: number) => void} */
  const apply = (axis, vector, value) => {
    if (vector) addScaled(z, vector, value);
    else if (!axis.direction) y.set(bandWeights(axis, value), labelOffset(fields, axis.field));
  };
  apply(plane.across, plane.u, s);
  apply(plane.up, plane.v, t);
  return latentState(z, y, plane.psi);
}

/**
 * Return where a state is on the plane, or the position nearest to it.
 *
 * @param {Plane} plane
 * @param {LabelField[]} fields
 * @param {LatentState} current
 * @returns {Position}
 */
export function positionOf(plane, fields, current) {
  /** @type {(axis: Axis, vector: Float32Array | null) => number} */
  const along = (axis, vector) => {
    if (vector) return dot(current.z, vector);
    return axis.direction ? 0 : bandPosition(axis, labelWeights(current.y, fields, axis.field));
  };
  const [s, t] = [along(plane.across, plane.u), along(plane.up, plane.v)];
  const nearest = stateAt(plane, fields, s, t);
  const off = current.psi !== plane.psi || !isClose(current.z, nearest.z) || !isClose(current.y, nearest.y);
  return { s, t, off };
}

/**
 * Return whether both planes show the same everywhere.
 *
 * @param {Plane | null} a
 * @param {Plane | null} b
 * @param {LabelField[]} fields
 */
export function isSamePlane(a, b, fields) {
  if (!a || !b || a.across.key !== b.across.key || a.up.key !== b.up.key || a.psi !== b.psi) return false;
  const [first, second] = [stateAt(a, fields, 0, 0), stateAt(b, fields, 0, 0)];
  return isClose(first.z, second.z) && isClose(first.y, second.y);
}

// ---- labels: a band for each value, pure in its middle half, then over to the next

/**
 * @param {Pick<LabelAxis, "count" | "width">} axis
 * @param {number} position
 */
export function bandWeights({ count, width }, position) {
  const p = Math.min(count - 1, Math.max(0, position / width - 0.5)); // k in the middle of value k
  const k = Math.floor(p);
  const share = Math.min(1, Math.max(0, (p - k - PURE_HALF) / (1 - 2 * PURE_HALF)));
  return k + 1 < count ? blend(count, k, k + 1, share) : oneHot(count, k);
}

/**
 * Return the inverse of bandWeights; the middle of the strongest value if the weights mix no neighbours.
 *
 * @param {Pick<LabelAxis, "width">} axis
 * @param {Float32Array} shares
 */
export function bandPosition({ width }, shares) {
  const [first, second, share] = heaviestTwo(shares);
  const mixesNeighbours = share > 0 && Math.abs(first - second) === 1;
  const laterShare = second > first ? share : 1 - share;
  const p = mixesNeighbours ? Math.min(first, second) + PURE_HALF + laterShare * (1 - 2 * PURE_HALF) : first;
  return (p + 0.5) * width;
}

// ---- vectors

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function isClose(a, b) {
  return a.every((value, k) => Math.abs(value - b[k]) <= TOLERANCE);
}

/**
 * @param {Float32Array} z changed in place
 * @param {Float32Array} vector
 * @param {number} factor
 */
function addScaled(z, vector, factor) {
  for (let k = 0; k < z.length; k++) z[k] += factor * vector[k];
}

/** @param {Float32Array} a */
function unit(a) {
  const length = norm(a);
  return length > TOLERANCE ? a.map((value) => value / length) : null;
}

/** @param {Float32Array} u a unit vector */
function perpendicular(u) {
  const least = u.reduce((best, value, k) => (Math.abs(value) < Math.abs(u[best]) ? k : best), 0);
  return u.map((value, k) => Number(k === least) - u[least] * value);
}
