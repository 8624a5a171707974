// @ts-check
/**
 * Distances between two sets of points (N, 2): Kullback-Leibler and Jensen-Shannon divergence of fixed histograms, and
 * the sliced 1-Wasserstein distance. All in nats or units of the plane.
 */

export const BINS = 24; // a side of the histogram
const PSEUDO_COUNT = 0.5; // in each bin of the generated points, so that KL stays finite (Krichevsky and Trofimov 1981)

/**
 * Count points in BINS × BINS equal bins of [-extent, extent]²; the last entry counts those outside.
 * @param {Float32Array} points
 * @param {number} extent
 */
export function histogram(points, extent) {
  const counts = new Float64Array(BINS * BINS + 1);
  for (let k = 0; k + 1 < points.length; k += 2) counts[binOf(points[k], points[k + 1], extent)]++;
  return counts;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} extent
 */
function binOf(x, y, extent) {
  const column = Math.floor(((x + extent) * BINS) / (2 * extent));
  const row = Math.floor(((y + extent) * BINS) / (2 * extent));
  const isInside = column >= 0 && column < BINS && row >= 0 && row < BINS; // false for NaN
  return isInside ? row * BINS + column : BINS * BINS;
}

/**
 * Return KL(real ‖ generated) of two histograms. A bin without generated points counts as half a point.
 * @param {Float64Array} real
 * @param {Float64Array} generated
 */
export function klDivergence(real, generated) {
  const realTotal = sum(real);
  const generatedTotal = sum(generated) + PSEUDO_COUNT * generated.length;
  let divergence = 0;
  for (let bin = 0; bin < real.length; bin++) {
    const p = real[bin] / realTotal;
    const q = (generated[bin] + PSEUDO_COUNT) / generatedTotal;
    if (p > 0) divergence += p * Math.log(p / q);
  }
  return divergence;
}

/**
 * Return the Jensen-Shannon divergence of two histograms, from 0 to log 2.
 * @param {Float64Array} real
 * @param {Float64Array} generated
 */
export function jsDivergence(real, generated) {
  const [realTotal, generatedTotal] = [sum(real), sum(generated)];
  let divergence = 0;
  for (let bin = 0; bin < real.length; bin++) {
    const p = real[bin] / realTotal;
    const q = generated[bin] / generatedTotal;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log(q / middle)) / 2;
  }
  return divergence;
}

/**
 * Return the sliced 1-Wasserstein distance: the mean, over evenly turned directions, of the mean distance between the
 * sorted projections. Both sets have the same number of points.
 * @param {Float32Array} first
 * @param {Float32Array} second
 */
export function slicedWasserstein(first, second, directions = 200) {
  if (first.length !== second.length) throw new RangeError("the sets differ in size");
  const count = first.length / 2;
  const [a, b] = [new Float32Array(count), new Float32Array(count)];
  let total = 0;
  for (let k = 0; k < directions; k++) {
    const angle = (Math.PI * (k + 0.5)) / directions;
    project(first, angle, a);
    project(second, angle, b);
    let distance = 0;
    for (let i = 0; i < count; i++) distance += Math.abs(a[i] - b[i]);
    total += distance / count;
  }
  return total / directions;
}

/**
 * Write the sorted projections of points onto a direction.
 * @param {Float32Array} points
 * @param {number} angle
 * @param {Float32Array} projections
 */
function project(points, angle, projections) {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < projections.length; i++) projections[i] = points[2 * i] * cosine + points[2 * i + 1] * sine;
  projections.sort();
}

/** @param {Float64Array} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
