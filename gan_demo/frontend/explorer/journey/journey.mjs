// @ts-check
// Journeys: keyframes and the ways between them; pure functions.
// A position on a journey runs from 0 to legCount(journey); whole numbers are keyframes.

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

/** @import { LabelField, LatentState, Space } from "../types" */
/** @import { Journey } from "./types" */

export const MAX_KEYFRAMES = 24;
export const LEG_SECONDS = { low: 0.5, high: 6, home: 2 };
const STEPS_PER_UNIT = 4096; // z of a keyframe is rounded to these steps, so that it fits into two bytes
const MAX_ROUNDED = 32767 / STEPS_PER_UNIT;

/**
 * @param {LatentState[]} keys
 * @param {{ spherical?: boolean, loop?: boolean, seconds?: number }} [options]
 * @returns {Journey}
 */
export function createJourney(keys, { spherical = true, loop = true, seconds = LEG_SECONDS.home } = {}) {
  return Object.freeze({ keys: Object.freeze(keys.slice(0, MAX_KEYFRAMES)), spherical, loop, seconds });
}

/**
 * Return the journey that a viewer finds at first: from `start` to two random states with the same labels.
 *
 * @param {Space} space
 * @param {LatentState} start
 */
export function firstJourney(space, start, seed = 2) {
  const generator = rng(seed);
  const randomKeyframe = () => keyframe(latentState(generator.normals(space.z_dim), start.y, start.psi));
  return createJourney([keyframe(start), randomKeyframe(), randomKeyframe()]);
}

/**
 * Return a journey through random states, labels included: as many as the given one has, at least three.
 *
 * @param {Space} space
 * @param {Journey} journey
 * @param {number} seed
 * @returns {Journey}
 */
export function randomJourney(space, journey, seed) {
  const { integer } = rng(seed);
  const count = Math.max(3, journey.keys.length);
  return { ...journey, keys: Array.from({ length: count }, () => keyframe(randomState(space, integer(2 ** 31)))) };
}

/**
 * Return a keyframe at a state: always a new object, with numbers that an address holds exactly.
 *
 * @param {LatentState} source
 */
export function keyframe({ z, y, psi }) {
  const roundable = z.every((value) => Math.abs(value) <= MAX_ROUNDED);
  return latentState(roundable ? z.map((value) => Math.round(value * STEPS_PER_UNIT) / STEPS_PER_UNIT) : z, y, psi);
}

// ---- time

/** @param {Journey} journey */
export function legCount({ keys, loop }) {
  if (keys.length < 2) return 0;
  return loop ? keys.length : keys.length - 1;
}

/**
 * Return the seconds of the whole journey.
 *
 * @param {Journey} journey
 */
export function duration(journey) {
  return legCount(journey) * journey.seconds;
}

/**
 * @param {Journey} journey
 * @param {number} position beyond the end a loop begins again, and another journey stays at its end
 */
export function stateAt(journey, position) {
  const count = legCount(journey);
  if (!count) return journey.keys[0];
  const within = journey.loop
    ? position - count * Math.floor(position / count)
    : Math.min(count, Math.max(0, position));
  const leg = Math.min(count - 1, Math.floor(within));
  return interpolate(journey.keys[leg], journey.keys[(leg + 1) % journey.keys.length], within - leg, journey.spherical);
}

/**
 * Return `count` evenly spaced positions; those of a loop end one step before its beginning.
 *
 * @param {Journey} journey
 * @param {number} count
 */
export function evenPositions(journey, count) {
  const step = legCount(journey) / Math.max(1, journey.loop ? count : count - 1);
  return Array.from({ length: count }, (_, k) => k * step);
}

/**
 * Return how many frames a film of the journey has, and how many a second: fewer a second where it would be too long.
 *
 * @param {Journey} journey
 * @param {number} fps
 * @param {number} maxCount
 */
export function filmLength(journey, fps, maxCount) {
  const seconds = duration(journey);
  const count = Math.max(1, Math.min(maxCount, Math.round(seconds * fps)));
  return { count, fps: seconds ? Math.min(fps, count / seconds) : fps };
}

// ---- other journeys

/**
 * @param {Journey} journey
 * @param {number} index
 * @param {LatentState} added
 * @returns {Journey}
 */
export function withKeyframe(journey, index, added) {
  return { ...journey, keys: [...journey.keys.slice(0, index), keyframe(added), ...journey.keys.slice(index)] };
}

/**
 * @param {Journey} journey
 * @param {number} index
 * @returns {Journey}
 */
export function withoutKeyframe(journey, index) {
  return { ...journey, keys: journey.keys.filter((_, k) => k !== index) };
}

/**
 * @param {Journey} journey
 * @param {number} from
 * @param {number} to
 * @returns {Journey}
 */
export function withMovedKeyframe(journey, from, to) {
  const keys = journey.keys.filter((_, k) => k !== from);
  keys.splice(to, 0, journey.keys[from]);
  return { ...journey, keys };
}

// ---- as text, for the address: Z!LABELS!PSI of each keyframe, joined by *

/**
 * @param {Journey} journey
 * @param {Space} space
 */
export function keyframesToText(journey, space) {
  return journey.keys
    .map(({ z, y, psi }) => {
      const parts = [zToText(z), labelsToText(y, space.labels), psi === 1 ? "" : psi];
      return parts.join("!").replace(/!+$/, "");
    })
    .join("*");
}

/**
 * Return the keyframes of such a text, or null if it is damaged or belongs to another latent space.
 *
 * @param {string} text
 * @param {Space} space
 */
export function keyframesFromText(text, space) {
  const parts = text.split("*");
  if (parts.length > MAX_KEYFRAMES) return null;
  const keys = [];
  for (const part of parts) {
    const [zText, yText = "", psiText = ""] = part.split("!");
    const [z, y, psi] = [zFromText(zText), labelsFromText(yText, space.labels), psiText === "" ? 1 : Number(psiText)];
    if (!z || !y || !(psi >= 0 && psi <= 2)) return null;
    const key = latentState(z, y, psi);
    if (!fitsSpace(key, space)) return null;
    keys.push(key);
  }
  return keys;
}

/**
 * Return two bytes a number as base64url where they are enough, else "~" and the four bytes of each float.
 *
 * @param {Float32Array} z
 */
function zToText(z) {
  const rounded = z.every((value) => Math.abs(value) <= MAX_ROUNDED && Number.isInteger(value * STEPS_PER_UNIT));
  if (!rounded) return `~${encodeNumbers(z)}`;
  const view = new DataView(new ArrayBuffer(2 * z.length));
  z.forEach((value, k) => {
    view.setInt16(2 * k, value * STEPS_PER_UNIT, true);
  });
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** @param {string} text */
function zFromText(text) {
  if (text.startsWith("~")) return decodeNumbers(text.slice(1));
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (letters.length % 2) return null;
    const view = new DataView(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer);
    return Float32Array.from({ length: letters.length / 2 }, (_, k) => view.getInt16(2 * k, true) / STEPS_PER_UNIT);
  } catch {
    return null;
  }
}

/**
 * Return the index of each field's value, as 3.0.1, or "~" and all weights where a field is mixed.
 *
 * @param {Float32Array} y
 * @param {LabelField[]} fields
 */
function labelsToText(y, fields) {
  const weightsByField = fields.map((_, k) => [...labelWeights(y, fields, k)]);
  const isPure = weightsByField.every(
    (values) => values.every((w) => w === 0 || w === 1) && values.filter(Boolean).length === 1,
  );
  return isPure ? weightsByField.map((values) => values.indexOf(1)).join(".") : `~${encodeNumbers(y)}`;
}

/**
 * @param {string} text
 * @param {LabelField[]} fields
 */
function labelsFromText(text, fields) {
  if (text.startsWith("~")) return decodeNumbers(text.slice(1));
  const y = new Float32Array(labelWidth(fields));
  const values = text === "" ? [] : text.split(".").map(Number);
  if (values.length !== fields.length) return null;
  for (const [k, value] of values.entries()) {
    if (!(value in fields[k].values)) return null;
    y[labelOffset(fields, k) + value] = 1;
  }
  return y;
}
