// @ts-check
/** Which modes of the data generated points (N, 2) reach, as papers count it. */

const HIGH_QUALITY_WITHIN = 3; // standard deviations of the nearest mode
const FAIR_SHARE = 0.5; // of a mode's due number of points

/**
 * @typedef {object} Coverage
 * @property {number} reached modes with at least one high-quality point
 * @property {number} fair modes with at least half of their share of the points
 * @property {number} highQuality share of points strictly within 3 σ of the nearest mode
 */

/**
 * Count the modes that the points reach.
 * @param {Float32Array} points
 * @param {Float32Array} centres (M, 2)
 * @param {number} sigma
 * @returns {Coverage}
 */
export function coverage(points, centres, sigma) {
  const modeCount = centres.length / 2;
  const pointCount = points.length / 2;
  const counts = new Uint32Array(modeCount);
  let good = 0;
  for (let i = 0; i < pointCount; i++) {
    const { mode, distance } = nearest(points[2 * i], points[2 * i + 1], centres);
    if (!(distance < HIGH_QUALITY_WITHIN * sigma)) continue;
    good++;
    counts[mode]++;
  }
  const due = pointCount / modeCount;
  return {
    reached: counts.filter((count) => count > 0).length,
    fair: counts.filter((count) => count >= FAIR_SHARE * due).length,
    highQuality: pointCount ? good / pointCount : NaN,
  };
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Float32Array} centres
 */
function nearest(x, y, centres) {
  let [mode, least] = [-1, Infinity];
  for (let k = 0; 2 * k < centres.length; k++) {
    const square = (x - centres[2 * k]) ** 2 + (y - centres[2 * k + 1]) ** 2;
    if (square < least) [mode, least] = [k, square];
  }
  return { mode, distance: Math.sqrt(least) };
}
