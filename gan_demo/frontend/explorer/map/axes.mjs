// What the map's two axes mean: a direction of z in standard deviations, or the values of a label side by side.
// All of it is pure. A plane is {across, up, u, v, z, y, psi}: through a state, with unit vectors u and v, or null on a label.
import { blend, dot, heaviestTwo, labelOffset, labelWeights, latentState, norm, oneHot } from "../latent.mjs";

const REACH = 4; // standard deviations either way
const EIGHT = 8; // units that an axis has, about
const NEAR = 1e-3; // numbers closer than this are the same place
const PLAIN = 0.25; // of a value's band on either side of its middle in which nothing is mixed

// Every axis a model offers: {key, low, high, direction} or {key, low, high, field: index, count, width: units of a value}.
export function axes(space) {
  const labels = space.labels.map((one, field) => {
    const count = one.values.length;
    const width = 2 ** Math.max(0, Math.round(Math.log2(EIGHT / count)));
    return { key: `label-${one.name}`, low: 0, high: count * width, field, count, width };
  });
  const directions = space.directions.map((direction) => ({ key: direction.key, low: -REACH, high: REACH, direction }));
  return [...labels.filter((one) => one.count > 1), ...directions];
}

// The two to begin with: the labels with most values, then what changes the picture most.
export function usual(all) {
  const labels = all.filter((one) => one.count > 2).sort((a, b) => b.count - a.count);
  const change = all.filter((one) => one.direction?.family === "change");
  const rest = all.filter((one) => !labels.includes(one) && !change.includes(one));
  return [...labels, ...change, ...rest].slice(0, 2);
}

export function plane(one, across, up) {
  const u = across.direction ? Float32Array.from(across.direction.u) : null;
  let v = up.direction ? Float32Array.from(up.direction.u) : null;
  if (u && v) v = unit(v.map((value, k) => value - dot(u, up.direction.u) * u[k])) ?? unit(perpendicular(u));
  const z = one.z.slice();
  for (const way of [u, v]) if (way) add(z, way, -dot(z, way));
  return { across, up, u, v, z, y: one.y, psi: one.psi };
}

// The state at a place of the plane.
export function at(plane, fields, s, t) {
  const [z, y] = [plane.z.slice(), plane.y.slice()];
  for (const [axis, way, value] of [
    [plane.across, plane.u, s],
    [plane.up, plane.v, t],
  ]) {
    if (way) add(z, way, value);
    else y.set(band(axis, value), labelOffset(fields, axis.field));
  }
  return latentState(z, y, plane.psi);
}

// {s, t, off}: where a state is, or what is nearest to it; off: it is not on the plane.
export function where(plane, fields, one) {
  const along = (axis, way) => (way ? dot(one.z, way) : spot(axis, labelWeights(one.y, fields, axis.field)));
  const [s, t] = [along(plane.across, plane.u), along(plane.up, plane.v)];
  const there = at(plane, fields, s, t);
  const apart = (a, b) => a.some((value, k) => Math.abs(value - b[k]) > NEAR);
  return { s, t, off: one.psi !== plane.psi || apart(one.z, there.z) || apart(one.y, there.y) };
}

// Do both show the same everywhere?
export function alike(a, b, fields) {
  if (!a || !b || a.across.key !== b.across.key || a.up.key !== b.up.key || a.psi !== b.psi) return false;
  const [one, other] = [at(a, fields, 0, 0), at(b, fields, 0, 0)];
  const close = (p, q) => p.every((value, k) => Math.abs(value - q[k]) <= NEAR);
  return close(one.z, other.z) && close(one.y, other.y);
}

// ---- labels: a band for each value, pure in its middle half, then over to the next

export function band({ count, width }, place) {
  const p = Math.min(count - 1, Math.max(0, place / width - 0.5)); // k in the middle of value k
  const k = Math.floor(p);
  const share = Math.min(1, Math.max(0, (p - k - PLAIN) / (1 - 2 * PLAIN)));
  return k + 1 < count ? blend(count, k, k + 1, share) : oneHot(count, k);
}

// The inverse of band; the middle of the strongest value where it is no mixture of neighbours.
export function spot({ width }, told) {
  const [first, second, share] = heaviestTwo(told);
  const mixture = share > 0 && Math.abs(first - second) === 1;
  const of = second > first ? share : 1 - share; // the share of the later one
  const p = mixture ? Math.min(first, second) + PLAIN + of * (1 - 2 * PLAIN) : first;
  return (p + 0.5) * width;
}

function add(z, way, times) {
  for (let k = 0; k < z.length; k++) z[k] += times * way[k];
}

function unit(a) {
  const length = norm(a);
  return length > NEAR ? a.map((value) => value / length) : null;
}

function perpendicular(u) {
  const least = u.reduce((best, value, k) => (Math.abs(value) < Math.abs(u[best]) ? k : best), 0);
  return u.map((value, k) => Number(k === least) - u[least] * value);
}
