// @ts-check
// The chosen examples of a term in the address: their indices as a number in base 36 with a bit for each, and states
// that no seed makes as they are.

/** @import { LatentState, Space } from "../types.js" */
import { fitsSpace, latentState } from "../latent.mjs";
import { decodeNumbers, encodeNumbers } from "../url_state.mjs";

const BASE = 36n;
const MASK = /^[0-9a-z]{1,64}$/; // some 330 examples

/**
 * @param {Iterable<number>} indices
 * @returns {string}
 */
export function writeIndices(indices) {
  let mask = 0n;
  for (const index of indices) mask |= 1n << BigInt(index);
  return mask.toString(Number(BASE));
}

/**
 * Return the indices of a text, ascending; none of one that is no such number.
 * @param {string} text
 * @returns {number[]}
 */
export function readIndices(text) {
  if (!MASK.test(text)) return [];
  const mask = [...text].reduce((sum, digit) => sum * BASE + BigInt(Number.parseInt(digit, Number(BASE))), 0n);
  return [...mask.toString(2)].reverse().flatMap((bit, index) => (bit === "1" ? [index] : []));
}

/**
 * @param {readonly LatentState[]} states
 * @returns {string}
 */
export function writeStates(states) {
  return states.map(({ z, y }) => `${encodeNumbers(z)}.${encodeNumbers(y)}`).join("~");
}

/**
 * Return the states of a text that this model takes.
 * @param {string} text
 * @param {Space} space
 * @returns {LatentState[]}
 */
export function readStates(text, space) {
  return text
    .split("~")
    .filter(Boolean)
    .flatMap((part) => {
      const [z, y] = part.split(".").map(decodeNumbers);
      return z && y ? [latentState(z, y)] : [];
    })
    .filter((each) => fitsSpace(each, space));
}
