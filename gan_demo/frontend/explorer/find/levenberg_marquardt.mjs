// @ts-check
// Levenberg-Marquardt (Levenberg 1944, Marquardt 1963) on the mean squared error between a target and what a network
// draws, with the Jacobian by forward differences, as networks in ONNX have no gradients: one batch of a sample for
// each number a step. Norms beyond those of normal vectors are discouraged. The reference in torch is _invert() of
// benchmarks/inversion.py.

/** @import { Rng } from "../types.js" */

/**
 * Draw n samples (n·P) of rows of numbers (n·N).
 * @typedef {(rows: Float32Array, n: number) => Promise<Float32Array>} Draw
 */

/**
 * A point that a step could lead to. `x` is its sample; `loss` is the error plus the penalty.
 * @typedef {{ z: Float64Array, damping: number, x: Float32Array, error: number, loss: number }} Trial
 */

const DIFFERENCE = 0.01; // of the forward differences
const PENALTY = 0.01; // weight of the square of the excess of |z|²/N beyond MAX_MEAN_SQUARE
const MAX_MEAN_SQUARE = 1.2;
const FIRST_DAMPING = 0.01;
const MIN_DAMPING = 1e-9;
const MAX_DAMPING = 1e6; // where no step leads down any more
const DAMPING_FACTORS = [0.1, 1, 10, 100]; // tried in each step; the best is the next step's damping
const MIN_GAIN = 1e-3; // share of the loss below which a step is the last one
const MAX_COORDINATES = 128; // that one step moves; of more, others each time
const PRODUCTS_AT_ONCE = 4_000_000; // multiplications until the page may draw
const RIDGE = 1e-12; // added to the diagonal

export class LevenbergMarquardt {
  steps = 0;
  /** Will no further step help? */
  done = false;
  damping = FIRST_DAMPING;
  // Set by begin(): the sample of z, its error, and the error plus the penalty.
  /** @type {Float32Array} */
  x = new Float32Array(0);
  error = Number.NaN;
  loss = Number.NaN;

  /**
   * Call begin() before anything else. Of the numbers in z the first `normal` are drawn from a normal distribution;
   * `constrain` may bring others back to where they are valid, in place. `random` chooses among many coordinates.
   * @param {Draw} draw
   * @param {Float32Array} target (P)
   * @param {ArrayLike<number>} z where to start
   * @param {{ random?: Rng | null, normal?: number, constrain?: ((z: Float64Array) => void) | null }} [options]
   */
  constructor(draw, target, z, { random = null, normal = z.length, constrain = null } = {}) {
    this.draw = draw;
    this.target = target;
    /** @type {Float64Array} */
    this.z = Float64Array.from(z);
    this.random = random;
    this.normal = normal;
    this.constrain = constrain;
  }

  async begin() {
    this.x = await this.draw(Float32Array.from(this.z), 1);
    this.error = meanSquaredError(this.x, this.target);
    this.loss = this.error + penalty(this.normalsOf(this.z));
    return this;
  }

  /** Take one step; return whether another one may help. */
  async step() {
    if (this.done) return false;
    this.steps++;
    const axes = this.chooseAxes();
    const moved = await this.drawAlong(axes);
    const { matrix, gradient } = await gaussNewton(moved, this.x, this.target);
    addPenalty(matrix, gradient, this.normalsOf(this.z), axes);
    this.accept(await this.bestOf(this.candidates(matrix, gradient, axes)));
    return !this.done;
  }

  /** @param {Float64Array} z */
  normalsOf(z) {
    return z.subarray(0, this.normal);
  }

  /** Return the indices of the coordinates that this step moves. */
  chooseAxes() {
    const axes = [...this.z.keys()];
    if (axes.length <= MAX_COORDINATES) return axes;
    if (!this.random) throw new Error(`more than ${MAX_COORDINATES} coordinates need random numbers`);
    for (let k = 0; k < MAX_COORDINATES; k++) {
      const other = k + this.random.integer(axes.length - k);
      [axes[k], axes[other]] = [axes[other], axes[k]];
    }
    return axes.slice(0, MAX_COORDINATES);
  }

  /**
   * Draw the samples a little further along each axis.
   * @param {readonly number[]} axes
   */
  drawAlong(axes) {
    const rows = axes.map((axis) => {
      const z = this.z.slice();
      z[axis] += DIFFERENCE;
      return z;
    });
    return this.draw(joined(rows), axes.length);
  }

  /**
   * Return where the steps of several dampings lead.
   * @param {Float64Array} matrix
   * @param {Float64Array} gradient
   * @param {readonly number[]} axes
   */
  candidates(matrix, gradient, axes) {
    const n = axes.length;
    let trace = 0;
    for (let k = 0; k < n; k++) trace += matrix[k * n + k];
    return DAMPING_FACTORS.flatMap((factor) => {
      const damping = this.damping * factor;
      const damped = matrix.slice();
      for (let k = 0; k < n; k++) damped[k * n + k] += (damping * trace) / n + RIDGE;
      const step = solve(damped, gradient);
      if (!step) return [];
      const z = this.z.slice();
      axes.forEach((axis, k) => {
        z[axis] -= step[k];
      });
      this.constrain?.(z);
      return [{ z, damping }];
    });
  }

  /**
   * Draw the candidates; return the one with the least loss, or null of none.
   * @param {readonly { z: Float64Array, damping: number }[]} candidates
   * @returns {Promise<Trial | null>}
   */
  async bestOf(candidates) {
    if (!candidates.length) return null;
    const x = await this.draw(joined(candidates.map(({ z }) => z)), candidates.length);
    const size = this.target.length;
    const trials = candidates.map(({ z, damping }, k) => {
      const error = meanSquaredError(x, this.target, k);
      return { z, damping, x: x.slice(k * size, (k + 1) * size), error, loss: error + penalty(this.normalsOf(z)) };
    });
    return trials.reduce((best, trial) => (trial.loss < best.loss ? trial : best));
  }

  /**
   * Go to a point if its loss is less; else damp the next step more.
   * @param {Trial | null} trial
   */
  accept(trial) {
    if (trial && trial.loss < this.loss) {
      this.done = (this.loss - trial.loss) / this.loss < MIN_GAIN;
      this.damping = Math.max(MIN_DAMPING, trial.damping);
      this.z = trial.z;
      this.x = trial.x;
      this.error = trial.error;
      this.loss = trial.loss;
    } else {
      this.damping *= 100;
      this.done = this.damping > MAX_DAMPING;
    }
  }
}

/**
 * Return the Gauss-Newton matrix (n·n) and the gradient (n) of the error.
 * @param {Float32Array} moved (n·P) samples a little further along each axis
 * @param {Float32Array} x (P)
 * @param {Float32Array} target (P)
 */
async function gaussNewton(moved, x, target) {
  const [n, size] = [moved.length / x.length, x.length];
  const jacobian = new Float32Array(n * size);
  const gradient = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < size; k++, at++) {
      const slope = (moved[at] - x[k]) / DIFFERENCE;
      jacobian[at] = slope;
      sum += slope * (x[k] - target[k]);
    }
    gradient[i] = (2 * sum) / size;
  }
  return { matrix: await rowProducts(jacobian, n, size), gradient };
}

/**
 * Return 2/P J·Jᵀ (n·n) of a Jacobian (n·P), pausing now and then so that the page can draw.
 * @param {Float32Array} jacobian
 * @param {number} n
 * @param {number} size
 */
async function rowProducts(jacobian, n, size) {
  const matrix = new Float64Array(n * n);
  for (let i = 0, sincePause = 0; i < n; i++, sincePause += i * size) {
    if (sincePause > PRODUCTS_AT_ONCE) {
      sincePause = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    const row = jacobian.subarray(i * size, (i + 1) * size);
    for (let j = 0; j <= i; j++) {
      const start = j * size;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += row[k] * jacobian[start + k];
      const product = (2 * sum) / size;
      matrix[i * n + j] = product;
      matrix[j * n + i] = product;
    }
  }
  return matrix;
}

/**
 * Add the penalty's gradient and second derivatives, in place.
 * @param {Float64Array} matrix
 * @param {Float64Array} gradient
 * @param {Float64Array} z the numbers that are penalised
 * @param {readonly number[]} axes
 */
function addPenalty(matrix, gradient, z, axes) {
  const [n, size] = [axes.length, z.length];
  const excess = meanSquare(z) - MAX_MEAN_SQUARE;
  if (excess <= 0) return;
  for (let i = 0; i < n; i++) {
    if (axes[i] >= size) continue;
    gradient[i] += (4 * PENALTY * excess * z[axes[i]]) / size;
    matrix[i * n + i] += (4 * PENALTY * excess) / size;
    for (let j = 0; j < n; j++) {
      if (axes[j] < size) matrix[i * n + j] += (8 * PENALTY * z[axes[i]] * z[axes[j]]) / size ** 2;
    }
  }
}

/**
 * Return x with A·x = b by Cholesky's decomposition, or null where A is not positive definite.
 * @param {Float64Array | number[]} A (n·n), symmetric; overwritten
 * @param {ArrayLike<number>} b (n)
 */
export function solve(A, b) {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j];
      for (let k = 0; k < j; k++) sum -= A[i * n + k] * A[j * n + k];
      if (i !== j) A[i * n + j] = sum / A[j * n + j];
      else if (sum > 0) A[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= A[i * n + k] * x[k];
    x[i] /= A[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= A[k * n + i] * x[k];
    x[i] /= A[i * n + i];
  }
  return x;
}

/**
 * Return the mean squared difference between a target and the k-th of several samples.
 * @param {Float32Array} x
 * @param {Float32Array} target
 */
export function meanSquaredError(x, target, k = 0) {
  const size = target.length;
  let sum = 0;
  for (let i = 0, at = k * size; i < size; i++, at++) sum += (x[at] - target[i]) ** 2;
  return sum / size;
}

/** @param {Float64Array} z */
function penalty(z) {
  return PENALTY * Math.max(0, meanSquare(z) - MAX_MEAN_SQUARE) ** 2;
}

/** @param {Float64Array} z */
function meanSquare(z) {
  return z.reduce((sum, value) => sum + value * value, 0) / z.length;
}

/** @param {readonly Float64Array[]} rows */
function joined(rows) {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, k) => {
    all.set(row, k * row.length);
  });
  return all;
}
