// Journeys: keyframes and the ways between them; pure functions.
// A journey is {keys: [state, …], spherical, loop, seconds}: seconds a leg. A position on it runs from 0 to legs(journey);
// whole numbers are keyframes.

import {
  fitsSpace,
  interpolate,
  labelOffset,
  labelWeights,
  labelWidth,
  latentState,
  randomState,
  rng,
} from "../latent.mjs";
import { decodeNumbers, encodeNumbers } from "../url_state.mjs";

export const MOST = 24; // keyframes
export const SECONDS = { low: 0.5, high: 6, home: 2 };
const FINE = 4096; // z of a keyframe is kept in steps of one part of it, in two bytes
const WIDEST = 32767 / FINE;

export function journey(keys, { spherical = true, loop = true, seconds = SECONDS.home } = {}) {
  return Object.freeze({ keys: Object.freeze(keys.slice(0, MOST)), spherical, loop, seconds });
}

// Where one begins: here, and two more random places with the same labels.
export function begin(space, here, seed = 2) {
  const chance = rng(seed);
  const other = () => key(latentState(chance.normals(space.z_dim), here.y, here.psi));
  return journey([key(here), other(), other()]);
}

// As many random places, labels included, as `like` has, at least three.
export function chance(space, like, seed) {
  const { integer } = rng(seed);
  const count = Math.max(3, like.keys.length);
  return { ...like, keys: Array.from({ length: count }, () => key(randomState(space, integer(2 ** 31)))) };
}

// A keyframe at a state: numbers in steps that an address holds exactly. Always another object.
export function key(one) {
  const fine = one.z.every((value) => Math.abs(value) <= WIDEST);
  return latentState(fine ? one.z.map((value) => Math.round(value * FINE) / FINE) : one.z, one.y, one.psi);
}

// ---- time

export function legs({ keys, loop }) {
  return keys.length < 2 ? 0 : keys.length - (loop ? 0 : 1);
}

export function duration(one) {
  return legs(one) * one.seconds;
}

export function at(one, position) {
  const count = legs(one);
  if (!count) return one.keys[0];
  const place = one.loop ? position - count * Math.floor(position / count) : Math.min(count, Math.max(0, position));
  const leg = Math.min(count - 1, Math.floor(place));
  return interpolate(one.keys[leg], one.keys[(leg + 1) % one.keys.length], place - leg, one.spherical);
}

// `count` positions evenly along the whole; a loop ends before it is where it began.
export function stops(one, count) {
  const apart = legs(one) / Math.max(1, one.loop ? count : count - 1);
  return Array.from({ length: count }, (_, k) => k * apart);
}

// How many pictures a film of it has, and how many a second: fewer where it would be too long.
export function pace(one, fps, most) {
  const count = Math.max(1, Math.min(most, Math.round(duration(one) * fps)));
  return { count, fps: duration(one) ? Math.min(fps, count / duration(one)) : fps };
}

// ---- other journeys

export function inserted(one, index, added) {
  return { ...one, keys: one.keys.toSpliced(index, 0, key(added)) };
}

export function removed(one, index) {
  return { ...one, keys: one.keys.toSpliced(index, 1) };
}

export function reordered(one, from, to) {
  return { ...one, keys: one.keys.toSpliced(from, 1).toSpliced(to, 0, one.keys[from]) };
}

// ---- as text, for the address: Z!LABELS!PSI of each keyframe, joined by *

export function write(one, space) {
  return one.keys
    .map(({ z, y, psi }) => [latent(z), told(y, space.labels), psi === 1 ? "" : psi].join("!").replace(/!+$/, ""))
    .join("*");
}

// The keyframes of such a text; null for what is none, or none of this space.
export function read(text, space) {
  const keys = text.split("*").map((part) => {
    const [z, y = "", psi = ""] = part.split("!");
    const [zs, ys, share] = [latents(z), labels(y, space.labels), psi === "" ? 1 : Number(psi)];
    return zs && ys && share >= 0 && share <= 2 ? latentState(zs, ys, share) : null;
  });
  return keys.length <= MOST && keys.every((one) => one && fitsSpace(one, space)) ? keys : null;
}

// Two bytes a number where they are enough, else the four of a float.
function latent(z) {
  if (!z.every((value) => Math.abs(value) <= WIDEST && Number.isInteger(value * FINE))) return `~${encodeNumbers(z)}`;
  const view = new DataView(new ArrayBuffer(2 * z.length));
  z.forEach((value, k) => view.setInt16(2 * k, value * FINE, true));
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function latents(text) {
  if (text.startsWith("~")) return decodeNumbers(text.slice(1));
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (letters.length % 2) return null;
    const view = new DataView(Uint8Array.from(letters, (one) => one.charCodeAt(0)).buffer);
    return Float32Array.from({ length: letters.length / 2 }, (_, k) => view.getInt16(2 * k, true) / FINE);
  } catch {
    return null;
  }
}

// Which value of each field, as 3.0.1; all weights where a field is mixed.
function told(y, fields) {
  const whole = fields.map((_, k) => [...labelWeights(y, fields, k)]);
  const pure = whole.every((some) => some.every((w) => w === 0 || w === 1) && some.filter(Boolean).length === 1);
  return pure ? whole.map((some) => some.indexOf(1)).join(".") : `~${encodeNumbers(y)}`;
}

function labels(text, fields) {
  if (text.startsWith("~")) return decodeNumbers(text.slice(1));
  const y = new Float32Array(labelWidth(fields));
  const chosen = text === "" ? [] : text.split(".").map(Number);
  if (chosen.length !== fields.length) return null;
  for (const [k, value] of chosen.entries()) {
    if (!(value in fields[k].values)) return null;
    y[labelOffset(fields, k) + value] = 1;
  }
  return y;
}
