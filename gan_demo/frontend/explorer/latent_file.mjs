// @ts-check
/**
 * States as JSON files, those of explorer/latent_point.py: z, labels by name, psi, and the model they are for.
 * @import { LabelField, LatentState, Space } from "./types.js"
 */
import { LATENT_LIMIT, labelWeights, latentState, oneHot } from "./latent.mjs";

export const MAX_FILE_BYTES = 1_000_000; // a real one has some thousand
const WEIGHT_DIGITS = 1e6;

/** Why a file holds no state of the model: `message` is the key of a text, `values` fill it. */
export class LatentFileError extends Error {
  /**
   * @param {string} key
   * @param {Record<string, unknown>} [values]
   */
  constructor(key, values = {}) {
    super(key);
    this.name = "LatentFileError";
    this.values = values;
  }
}

/**
 * @param {LatentState} state
 * @param {Pick<Space, "labels" | "step">} space
 * @param {string} model id of the model
 */
export function stateToJson({ z, y, psi }, space, model) {
  const labels = Object.fromEntries(
    space.labels.map(({ name, values }, k) => {
      const weights = Array.from(
        labelWeights(y, space.labels, k),
        (w) => Math.round(WEIGHT_DIGITS * w) / WEIGHT_DIGITS,
      );
      return [name, Object.fromEntries(values.map((value, n) => [value, weights[n]]).filter(([, w]) => w))];
    }),
  );
  return `${JSON.stringify({ model, step: space.step ?? null, psi, labels, z: [...z] }, null, 1)}\n`;
}

/**
 * Return the state of a file. Throws a LatentFileError.
 * @param {string} text
 * @param {Pick<Space, "z_dim" | "labels">} space
 */
export function stateFromJson(text, space) {
  const file = parsed(text);
  const { z, psi = 1 } = file;
  if (!Array.isArray(z)) throw new LatentFileError("file.no_z");
  if (z.length !== space.z_dim) throw new LatentFileError("file.other_z", { found: z.length, wanted: space.z_dim });
  const isNumeric = z.every((value) => typeof value === "number" && Math.abs(value) <= LATENT_LIMIT);
  if (!isNumeric || typeof psi !== "number" || !(psi >= 0 && psi <= 2)) throw new LatentFileError("file.no_number");
  const y = space.labels.flatMap((field) => labelFromJson(field, file.labels?.[field.name]));
  return latentState(z, y, psi);
}

/**
 * @param {string} text
 * @returns {{ z?: unknown, psi?: unknown, labels?: Record<string, unknown> | null }}
 */
function parsed(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LatentFileError("file.no_json");
  }
  return { z: value?.z, psi: value?.psi ?? 1, labels: value?.labels };
}

/**
 * Return weights that sum to 1 of {"3": 0.7, "8": 0.3} or of "3"; without any, the first value.
 * @param {LabelField} field
 * @param {unknown} given
 * @returns {number[]}
 */
function labelFromJson({ name, values }, given) {
  if (given === undefined) return [...oneHot(values.length, 0)];
  const shares = new Map(
    typeof given === "object" && given !== null ? Object.entries(given) : [[String(given), /** @type {unknown} */ (1)]],
  );
  const weights = values.map((value) => shares.get(value) ?? 0);
  const isKnown = [...shares.keys()].every((value) => values.includes(value));
  if (!isKnown || !areWeights(weights)) throw new LatentFileError("file.label", { name });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * @param {unknown[]} values
 * @returns {values is number[]}
 */
function areWeights(values) {
  return (
    values.every((value) => typeof value === "number" && value >= 0) &&
    values.some((value) => typeof value === "number" && value > 0)
  );
}
