// @ts-check
/**
 * All measurements of generated points against real ones.
 * @import { Measures } from "../types.js"
 */
import { histogram, jsDivergence, klDivergence, slicedWasserstein } from "./divergence.mjs";
import { coverage } from "./modes.mjs";

export const MEASURED = 5120; // points on either side
export const SLICED = 2048; // points of the sliced distance
export const DIRECTIONS = 200;

/**
 * Measure `generated` against `real`, both (MEASURED, 2).
 * @param {Float32Array} real
 * @param {Float32Array} generated
 * @param {{ centres: Float32Array, sigma: number } | null} modes
 * @param {number} extent of the histogram
 * @returns {Measures}
 */
export function measure(real, generated, modes, extent) {
  const [p, q] = [histogram(real, extent), histogram(generated, extent)];
  const covered = modes && coverage(generated, modes.centres, modes.sigma);
  return {
    kl: klDivergence(p, q),
    js: jsDivergence(p, q),
    wasserstein: slicedWasserstein(real.subarray(0, 2 * SLICED), generated.subarray(0, 2 * SLICED), DIRECTIONS),
    reached: covered?.reached ?? null,
    fair: covered?.fair ?? null,
    highQuality: covered?.highQuality ?? null,
  };
}
