// @ts-check
// Measures of drawn digits from their pixels alone, the same as gan_demo/explorer/directions/digit_strokes.py.

const EMPTY = 1e-6; // lower bound of sums that are divided by, for blank images

/**
 * A measure of one sample (H·W) in [-1, 1] of the shape (1, H, W).
 * @typedef {(x: ArrayLike<number>, shape: readonly number[]) => number} Measure
 */

/**
 * Return the strokes' thickness in pixels: twice the ink divided by the length of its outline (total variation).
 * @type {Measure}
 */
function thickness(x, [, height, width]) {
  /** @param {number} row @param {number} column */
  const ink = (row, column) =>
    row < 0 || column < 0 || row >= height || column >= width ? 0 : inkOf(x[row * width + column]);
  let [total, outline] = [0, 0];
  for (let row = 0; row <= height; row++) {
    for (let column = 0; column <= width; column++) {
      const here = ink(row, column);
      total += here;
      outline += Math.hypot(here - ink(row, column - 1), here - ink(row - 1, column));
    }
  }
  return (2 * total) / Math.max(outline, EMPTY);
}

/**
 * Return the slant to the right in degrees: of the regression line of the ink's x on its y.
 * @type {Measure}
 */
function slant(x, shape) {
  const { heightVariance, covariance } = moments(x, shape);
  return (Math.atan(covariance / Math.max(heightVariance, EMPTY)) * 180) / Math.PI;
}

/**
 * Return the root mean square distance of the ink from its centre, in pixels.
 * @type {Measure}
 */
function size(x, shape) {
  const { widthVariance, heightVariance } = moments(x, shape);
  return Math.sqrt(Math.max(0, widthVariance + heightVariance));
}

/** @type {Record<string, Measure>} */
export const MEASURES = { thickness, slant, size };

/**
 * Convert a pixel in [-1, 1] to ink, 0 to 1.
 * @param {number} value
 */
function inkOf(value) {
  return Math.min(1, Math.max(0, (value + 1) / 2));
}

/**
 * Return the ink's variances to the right and upwards, and their covariance, in pixels².
 * @param {ArrayLike<number>} x
 * @param {readonly number[]} shape
 */
function moments(x, [, height, width]) {
  let [total, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < height * width; k++) {
    const ink = inkOf(x[k]);
    const right = (k % width) - (width - 1) / 2;
    const up = (height - 1) / 2 - Math.floor(k / width);
    total += ink;
    sumX += ink * right;
    sumY += ink * up;
    sumXX += ink * right * right;
    sumYY += ink * up * up;
    sumXY += ink * right * up;
  }
  total = Math.max(total, EMPTY);
  const [meanX, meanY] = [sumX / total, sumY / total];
  return {
    widthVariance: sumXX / total - meanX * meanX,
    heightVariance: sumYY / total - meanY * meanY,
    covariance: sumXY / total - meanX * meanY,
  };
}
