// @ts-check
/**
 * The Fréchet distance between features of samples and those of the data, as frechet_distance in gan/metrics.py.
 */

const SWEEPS = 30; // of rotations, at most; about eight suffice
const SMALL = 1e-18; // share of a matrix's square sum that counts as none

/**
 * @typedef {object} Reference features of the data
 * @property {Float32Array} mean (D)
 * @property {Float32Array} root symmetric square root of their covariance (D, D)
 */

/**
 * Return the squared distance.
 * @param {Reference} reference
 * @param {Float32Array} features (N, D) of samples
 */
export function frechetDistance({ mean, root }, features) {
  const size = mean.length;
  const { centre, covariance } = statistics(features, size);
  let distance = 0;
  for (let k = 0; k < size; k++) distance += (centre[k] - mean[k]) ** 2 + covariance[k * size + k];
  for (const value of root) distance += value * value; // the trace of the root's square
  const wide = Float64Array.from(root);
  const shared = eigenvalues(product(product(wide, covariance, size), wide, size), size);
  for (const value of shared) distance -= 2 * Math.sqrt(Math.max(0, value));
  return Math.max(0, distance);
}

/**
 * @param {Float32Array} features
 * @param {number} size
 */
function statistics(features, size) {
  const count = features.length / size;
  const centre = new Float64Array(size);
  for (let k = 0; k < features.length; k++) centre[k % size] += features[k] / count;
  const covariance = new Float64Array(size * size);
  const away = new Float64Array(size);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < size; k++) away[k] = features[row * size + k] - centre[k];
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) covariance[i * size + j] += (away[i] * away[j]) / (count - 1);
  }
  return { centre, covariance };
}

/**
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} size
 */
function product(a, b, size) {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++)
      for (let j = 0; j < size; j++) result[i * size + j] += a[i * size + k] * b[k * size + j];
  return result;
}

/**
 * Return the eigenvalues of a symmetric matrix by Jacobi's rotations; the matrix is changed.
 * @param {Float64Array} matrix
 * @param {number} size
 */
export function eigenvalues(matrix, size) {
  const whole = matrix.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(matrix, size) > SMALL * whole; sweep++)
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(matrix, size, p, q);
  return Float64Array.from({ length: size }, (_, k) => matrix[k * size + k]);
}

/**
 * @param {Float64Array} matrix
 * @param {number} size
 */
function offDiagonal(matrix, size) {
  let sum = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) if (i !== j) sum += matrix[i * size + j] ** 2;
  return sum;
}

/**
 * Rotate two axes so that the entry between them becomes 0.
 * @param {Float64Array} matrix
 * @param {number} size
 * @param {number} p
 * @param {number} q
 */
function rotate(matrix, size, p, q) {
  const between = matrix[p * size + q];
  if (between === 0) return;
  const theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * between);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [a, b] = [matrix[k * size + p], matrix[k * size + q]];
    matrix[k * size + p] = c * a - s * b;
    matrix[k * size + q] = s * a + c * b;
  }
  for (let k = 0; k < size; k++) {
    const [a, b] = [matrix[p * size + k], matrix[q * size + k]];
    matrix[p * size + k] = c * a - s * b;
    matrix[q * size + k] = s * a + c * b;
  }
}
