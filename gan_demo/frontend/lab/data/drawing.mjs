// @ts-check
/** Points that somebody draws with a brush: strokes that add or erase, each a step of undo. */

export const MAX_POINTS = 6000;

/** Settings of the brush. */
/**
 * @typedef {object} Brush
 * @property {number} size radius in units of the plane
 * @property {number} density points that one dab adds
 * @property {boolean} erases
 */

export class Drawing {
  /** @type {Float32Array[]} the points before each stroke, the oldest first */
  #past = [];
  /** @type {Float32Array[]} */
  #future = [];
  /** @type {number[] | null} the points while a stroke goes on */
  #stroke = null;
  /** @type {Float32Array} */
  #points = new Float32Array();
  #random;

  /** @param {{ uniform: () => number, normal: () => number }} random */
  constructor(random) {
    this.#random = random;
  }

  /** The points (N, 2), also in the middle of a stroke. */
  get points() {
    return this.#stroke ? Float32Array.from(this.#stroke) : this.#points;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** @param {Float32Array} points replaces everything, as one step of undo */
  replace(points) {
    this.#past.push(this.#points);
    this.#future = [];
    this.#points = points.slice(0, 2 * MAX_POINTS);
  }

  begin() {
    this.#stroke = [...this.#points];
  }

  /**
   * Add or erase points around (x, y), within a stroke.
   * @param {number} x
   * @param {number} y
   * @param {Brush} brush
   */
  dab(x, y, { size, density, erases }) {
    if (!this.#stroke) return;
    if (erases) {
      this.#stroke = outside(this.#stroke, x, y, size);
      return;
    }
    for (let k = 0; k < density && this.#stroke.length < 2 * MAX_POINTS; k++) {
      this.#stroke.push(x + (size / 2) * this.#random.normal(), y + (size / 2) * this.#random.normal());
    }
  }

  /** End the stroke; return whether it changed anything. */
  end() {
    if (!this.#stroke) return false;
    const points = Float32Array.from(this.#stroke);
    this.#stroke = null;
    if (isSame(points, this.#points)) return false;
    this.#past.push(this.#points);
    this.#future = [];
    this.#points = points;
    return true;
  }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.#future.push(this.#points);
    this.#points = before;
  }

  redo() {
    const next = this.#future.pop();
    if (!next) return;
    this.#past.push(this.#points);
    this.#points = next;
  }
}

/**
 * Return the points farther than `radius` from (x, y).
 * @param {number[]} points
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function outside(points, x, y, radius) {
  /** @type {number[]} */
  const left = [];
  for (let k = 0; k < points.length; k += 2) {
    if ((points[k] - x) ** 2 + (points[k + 1] - y) ** 2 > radius ** 2) left.push(points[k], points[k + 1]);
  }
  return left;
}

/**
 * @param {Float32Array} first
 * @param {Float32Array} second
 */
function isSame(first, second) {
  return first.length === second.length && first.every((value, k) => value === second[k]);
}
