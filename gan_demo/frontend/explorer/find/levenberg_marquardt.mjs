// The z whose sample is nearest to a target, without gradients, as ONNX has none: Levenberg-Marquardt (Marquardt 1963) on the
// mean squared error, with the Jacobian by forward differences: one batch of Z samples a step. Norms beyond a normal's
// are discouraged; the reference in torch is _invert() of benchmarks/inversion.py.
//
// draw(zs: Float32Array (n·Z), n) -> Promise of Float32Array (n·P); target: Float32Array (P).

const APART = 0.01; // of the differences
const WEIGHT = 0.01; // of the excess of |z|²/Z beyond NORM, squared
const NORM = 1.2;
const TRIED = [0.1, 1, 10, 100]; // times the damping: the best of these is taken, and is the next step's
const LEAST = 1e-3; // share of the loss that a step has to gain
const STIFF = 1e6; // damping at which there is no way down
const MOST = 128; // coordinates that one step moves; of more, other ones each time
const PIECE = 4_000_000; // products between two moments at which the page may draw

export class Descent {
  // begin() before anything else. random: of space.mjs, for more than MOST coordinates. Of the numbers in z only the first
  // `normal` are taken for normal ones; tidy(z) may bring the others back to where they may be, in place.
  constructor(draw, target, z, random = null, { normal: count = z.length, tidy = null } = {}) {
    Object.assign(this, {
      draw,
      target,
      random,
      count,
      tidy,
      z: Float64Array.from(z),
      damping: 0.01,
      steps: 0,
      done: false,
    });
  }

  async begin() {
    this.x = await this.draw(Float32Array.from(this.z), 1);
    this.error = distance(this.x, this.target);
    this.loss = this.error + excess(this.normals(this.z));
    return this;
  }

  // One step; true while another one may help.
  async step() {
    if (this.done) return false;
    this.steps++;
    const axes = this.axes();
    const { matrix, slope } = await normal(await this.rows(axes), this.x, this.target);
    discourage(matrix, slope, this.normals(this.z), axes);
    const tried = this.ways(matrix, slope, axes);
    const count = tried.length;
    const x = await this.draw(joined(tried.map((one) => one.z)), count);
    const size = this.target.length;
    let best = null;
    tried.forEach((one, k) => {
      one.x = x.subarray(k * size, (k + 1) * size);
      one.error = distance(one.x, this.target);
      one.loss = one.error + excess(this.normals(one.z));
      if (!best || one.loss < best.loss) best = one;
    });
    this.take(best);
    return !this.done;
  }

  normals(z) {
    return z.subarray(0, this.count);
  }

  take(best) {
    if (best && best.loss < this.loss) {
      const gain = (this.loss - best.loss) / this.loss;
      Object.assign(this, best, { x: best.x.slice(), done: gain < LEAST });
      this.damping = Math.max(1e-9, this.damping);
    } else {
      this.damping *= 100;
      this.done = this.damping > STIFF;
    }
  }

  axes() {
    const all = [...this.z.keys()];
    if (all.length <= MOST) return all;
    for (let k = 0; k < MOST; k++) {
      const other = k + this.random.integer(all.length - k);
      [all[k], all[other]] = [all[other], all[k]];
    }
    return all.slice(0, MOST);
  }

  // The samples a little further along each axis.
  rows(axes) {
    const zs = joined(
      axes.map((axis) => {
        const z = this.z.slice();
        z[axis] += APART;
        return z;
      }),
    );
    return this.draw(zs, axes.length);
  }

  ways(matrix, slope, axes) {
    const n = axes.length;
    let trace = 0;
    for (let k = 0; k < n; k++) trace += matrix[k * n + k];
    return TRIED.map((times) => {
      const damping = this.damping * times;
      const damped = matrix.slice();
      for (let k = 0; k < n; k++) damped[k * n + k] += (damping * trace) / n + 1e-12;
      const by = solved(damped, slope);
      if (!by) return null;
      const z = this.z.slice();
      axes.forEach((axis, k) => {
        z[axis] -= by[k];
      });
      this.tidy?.(z);
      return { z, damping };
    }).filter(Boolean);
  }
}

// Gauss-Newton's matrix (n·n) and slope (n) of the error: moved (n·P) are the samples a little further along each axis.
async function normal(moved, x, target) {
  const [n, size] = [moved.length / x.length, x.length];
  const jacobian = new Float32Array(n * size);
  const slope = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < size; k++, at++) {
      const value = (moved[at] - x[k]) / APART;
      jacobian[at] = value;
      sum += value * (x[k] - target[k]);
    }
    slope[i] = (2 * sum) / size;
  }
  return { matrix: await products(jacobian, n, size), slope };
}

async function products(jacobian, n, size) {
  const matrix = new Float64Array(n * n);
  for (let i = 0, since = 0; i < n; i++, since += i * size) {
    if (since > PIECE) {
      since = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    const row = jacobian.subarray(i * size, (i + 1) * size);
    for (let j = 0; j <= i; j++) {
      const at = j * size;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += row[k] * jacobian[at + k];
      matrix[i * n + j] = matrix[j * n + i] = (2 * sum) / size;
    }
  }
  return matrix;
}

function discourage(matrix, slope, z, axes) {
  const [n, Z] = [axes.length, z.length];
  const over = meanSquare(z) - NORM;
  if (over <= 0) return;
  for (let i = 0; i < n; i++) {
    if (axes[i] >= Z) continue;
    slope[i] += (4 * WEIGHT * over * z[axes[i]]) / Z;
    matrix[i * n + i] += (4 * WEIGHT * over) / Z;
    for (let j = 0; j < n; j++) if (axes[j] < Z) matrix[i * n + j] += (8 * WEIGHT * z[axes[i]] * z[axes[j]]) / Z ** 2;
  }
}

// x with A·x = b by Cholesky's factors; A (n·n), symmetric, is written over. null where it is not positive definite.
export function solved(A, b) {
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

// Mean squared difference; the k-th of several samples in x.
export function distance(x, target, k = 0) {
  const size = target.length;
  let sum = 0;
  for (let i = 0, at = k * size; i < size; i++, at++) sum += (x[at] - target[i]) ** 2;
  return sum / size;
}

function excess(z) {
  return WEIGHT * Math.max(0, meanSquare(z) - NORM) ** 2;
}

function meanSquare(z) {
  return z.reduce((sum, value) => sum + value * value, 0) / z.length;
}

function joined(rows) {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, k) => all.set(row, k * row.length));
  return all;
}
