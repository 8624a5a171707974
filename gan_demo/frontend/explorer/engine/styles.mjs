// @ts-check
/**
 * Styles of a network's layers, mixed by groups: coarse, middle and fine ones may each take theirs from another random
 * picture, wholly or in part; and the noise that layers add. What is chosen stands in the address (`styles.…`).
 * @import { FurtherInputs, LatentState, Params, SampleOptions, Space, StyleSpace, Tensors } from "../types.js"
 */
import { latentState, rng } from "../latent.mjs";

export const GROUPS = ["coarse", "middle", "fine"];
export const SOURCES = 6; // random pictures that styles can be taken from

/**
 * @typedef {object} Styles
 * @property {number} seed of the sources
 * @property {(Source | null)[]} groups where each group's style comes from; null: from the state itself
 * @property {"fixed" | "off" | number} noise the network's own, none, or random by a seed
 */

/**
 * @typedef {object} ChoosingApp
 * @property {Pick<Space, "z_dim" | "styles">} space
 * @property {Pick<Params, "get">} params
 * @property {{ urls: { samples?: string } }} data with an address of samples where the server draws, by a seed alone
 */

/**
 * @typedef {object} Source
 * @property {number} index 0 to SOURCES - 1
 * @property {number} share 0 to 1, in place of the state's own style
 */

/**
 * Read what is chosen.
 * @param {Pick<Params, "get">} params
 * @returns {Styles}
 */
export function readStyles(params) {
  const noise = params.get("styles", "noise");
  return {
    seed: wholeNumber(params.get("styles", "seed")) ?? 1,
    groups: GROUPS.map((group) => readSource(params.get("styles", group))),
    noise: noise === "off" ? "off" : (wholeNumber(noise) ?? "fixed"),
  };
}

/**
 * Write where a group's style comes from: "3" or, for a part of it, "3-0.25".
 * @param {Pick<Params, "set">} params
 * @param {string} group
 * @param {Source | null} source
 */
export function writeSource(params, group, source) {
  const share = source && source.share < 1 ? `-${source.share}` : "";
  params.set("styles", source ? `${source.index + 1}${share}` : "", group);
}

/**
 * @param {string} text
 * @returns {Source | null}
 */
function readSource(text) {
  const match = /^([1-9])(?:-(0(?:\.\d{1,3})?|1))?$/.exec(text);
  const index = Number(match?.[1]) - 1;
  return match && index < SOURCES ? { index, share: Number(match[2] ?? 1) } : null;
}

/** @param {string} text */
function wholeNumber(text) {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/**
 * Return the states that styles can be taken from, with the labels and the truncation of another.
 * @param {Pick<Space, "z_dim">} space
 * @param {number} seed
 * @param {Pick<LatentState, "y" | "psi">} like
 */
export function sourceStates({ z_dim }, seed, { y, psi }) {
  const random = rng(seed);
  return Array.from({ length: SOURCES }, () => latentState(random.normals(z_dim), y, psi));
}

/**
 * Return what a network with styles takes besides z, y and psi, as the address has it; nothing for others.
 * @param {ChoosingApp} app
 * @param {readonly LatentState[]} states
 * @param {SampleOptions} [options]
 * @returns {FurtherInputs}
 */
export function chosenInputs({ space, params, data }, states, { plain = false, preview = false } = {}) {
  if (!space.styles) return {};
  const styles = readStyles(plain ? { get: () => "" } : params);
  return {
    rows: { style: styleRows(space, states, styles) },
    shared: data.urls.samples
      ? { noise_seed: scalar(styles.noise === "fixed" ? -1 : styles.noise === "off" ? -2 : styles.noise) }
      : { ...noiseInputs(space.styles, styles.noise), full: scalar(preview ? 0 : 1) },
    piece: 1, // a sample takes long, and no slider waits for a second one
  };
}

/**
 * Return the input "style" (N · 3·(Z + K + 1)): for each group other latents, then other labels, then their shares.
 * @param {Pick<Space, "z_dim">} space
 * @param {readonly LatentState[]} states
 * @param {Styles} styles
 */
export function styleRows(space, states, { seed, groups }) {
  const sources = sourceStates(space, seed, states[0]);
  const zs = groups.flatMap((source) => [...sources[source?.index ?? 0].z]);
  const shares = groups.map((source) => source?.share ?? 0);
  return Float32Array.from(states.flatMap(({ y }) => [...zs, ...GROUPS.flatMap(() => [...y]), ...shares]));
}

/** @type {{ key: string, inputs: Tensors }} the noise that was last drawn, which is many numbers */
let last = { key: "", inputs: {} };

/**
 * @param {StyleSpace} space
 * @param {Styles["noise"]} noise
 * @returns {Tensors}
 */
export function noiseInputs(space, noise) {
  const key = `${space.noise} ${space.uniform_noise} ${noise}`;
  if (last.key !== key) last = { key, inputs: drawnNoise(space, noise) };
  return last.inputs;
}

/**
 * @param {StyleSpace} space
 * @param {Styles["noise"]} noise
 * @returns {Tensors}
 */
function drawnNoise({ noise: count, uniform_noise: isUniform }, noise) {
  if (!count) return {};
  const random = rng(typeof noise === "number" ? noise : 0);
  const draw = isUniform ? () => random.uniform() : () => random.normal();
  const data = Float32Array.from({ length: count }, typeof noise === "number" ? draw : () => 0);
  return { fixed: scalar(noise === "fixed" ? 1 : 0), noise: { data, dims: [1, count] } };
}

/** @param {number} value */
function scalar(value) {
  return { data: new Float32Array([value]), dims: [1] };
}
