// @ts-check
/**
 * Columns of a run as lines of a chart: pure functions of arrays. Missing values are null.
 * @import { PlotTable } from "../vendor/uplot/uplot.mjs"
 * @import { Column, Columns, Detail } from "../shared/types.js"
 * @import { Rows } from "./types.js"
 */
import { lastIndex } from "../shared/arrays.mjs";

/**
 * @param {number | null | undefined} value
 * @returns {value is number}
 */
function isValue(value) {
  return value !== null && value !== undefined && !Number.isNaN(value);
}

/**
 * Drop the rows in which no curve has a value; two rows of the same x (a step and its evaluation) become one.
 * @param {Column} x
 * @param {readonly Column[]} curves
 * @returns {Rows}
 */
export function compactRows(x, curves) {
  /** @type {Rows} */
  const rows = { x: [], curves: curves.map(() => []) };
  for (let i = 0; i < x.length; i++) {
    const at = x[i];
    if (!isValue(at) || !curves.some((values) => isValue(values[i]))) continue;
    const last = rows.x.length - 1;
    const isSameX = last >= 0 && rows.x[last] >= at;
    const row = isSameX ? last : rows.x.push(at) - 1;
    curves.forEach((values, k) => {
      if (isValue(values[i])) rows.curves[k][row] = values[i];
      else if (!isSameX) rows.curves[k][row] = null;
    });
  }
  return rows;
}

/**
 * Return columns in which the rows of the detail's stretch are replaced by its finer ones.
 * @param {Columns} columns
 * @param {Detail | null | undefined} detail
 * @param {string} [axis] the column that `detail.from` and `detail.to` are values of
 * @returns {Columns}
 */
export function refined(columns, detail, axis = "step") {
  if (!detail?.columns?.[axis]?.length) return columns;
  const x = columns[axis] ?? [];
  const start = lowerBound(x, detail.from);
  const end = upperBound(x, detail.to);
  const missing = new Array(detail.columns[axis].length).fill(null);
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      [...column.slice(0, start), ...(detail.columns[name] ?? missing), ...column.slice(end)],
    ]),
  );
}

/**
 * Return the first index of an ascending list with x >= value.
 * @param {Column} x
 * @param {number} value
 */
export function lowerBound(x, value) {
  return firstIndex(x, (candidate) => candidate >= value);
}

/**
 * Return the first index of an ascending list with x > value.
 * @param {Column} x
 * @param {number} value
 */
export function upperBound(x, value) {
  return firstIndex(x, (candidate) => candidate > value);
}

/**
 * Return the first index whose value passes a test that holds from some index on; the length if none does.
 * @param {Column} x
 * @param {(value: number) => boolean} passes
 */
function firstIndex(x, passes) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(Number(x[middle]))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Return weighted means with weights exp(-|distance| / width): symmetric, so that a curve's turns stay where they are.
 * With `log` they are means of the logarithms.
 * @param {readonly number[]} x
 * @param {Column} values
 * @param {number} width
 * @param {boolean} [log]
 * @returns {Column}
 */
export function smoothed(x, values, width, log = false) {
  if (!(width > 0)) return values;
  const scaled = values.map((value) => (isValue(value) ? (log ? Math.log(value) : value) : null));
  const sums = new Float64Array(values.length);
  const weights = new Float64Array(values.length);
  addDecaying(x, scaled, width, 1, sums, weights);
  addDecaying(x, scaled, width, -1, sums, weights);
  return scaled.map((value, i) => {
    if (value === null) return null;
    const mean = (sums[i] + value) / (weights[i] + 1);
    return log ? Math.exp(mean) : mean;
  });
}

/**
 * Add to each value's sum and weight those of all values before it in the direction of `step`, which fade with
 * distance.
 * @param {readonly number[]} x
 * @param {Column} values
 * @param {number} width
 * @param {1 | -1} step
 * @param {Float64Array} sums
 * @param {Float64Array} weights
 */
function addDecaying(x, values, width, step, sums, weights) {
  let sum = 0;
  let weight = 0;
  let before = -1;
  const end = step > 0 ? values.length : -1;
  for (let i = step > 0 ? 0 : values.length - 1; i !== end; i += step) {
    const value = values[i];
    if (value === null) continue;
    if (before >= 0) {
      const fade = Math.exp(-Math.abs(x[i] - x[before]) / width);
      sum *= fade;
      weight *= fade;
    }
    before = i;
    sums[i] += sum;
    weights[i] += weight;
    sum += value;
    weight += 1;
  }
}

/**
 * Return at most 2 * buckets points of the rows in [from, to] and of a row on either side; each curve keeps its
 * extremes.
 * @param {Rows} rows
 * @param {number} from
 * @param {number} to
 * @param {number} buckets
 * @returns {Rows}
 */
export function downsampled({ x, curves }, from, to, buckets) {
  const start = Math.max(0, lowerBound(x, from) - 1);
  const end = Math.min(x.length, upperBound(x, to) + 1);
  const width = Math.ceil((end - start) / buckets);
  if (width <= 2) return { x: x.slice(start, end), curves: curves.map((values) => values.slice(start, end)) };
  /** @type {Rows} */
  const points = { x: [], curves: curves.map(() => []) };
  for (let left = start; left < end; left += width) {
    const right = Math.min(end, left + width);
    points.x.push(x[left], x[left + ((right - left) >> 1)]);
    curves.forEach((values, k) => {
      points.curves[k].push(...extremes(values, left, right));
    });
  }
  return points;
}

/**
 * Return the smallest and largest value of a stretch in the order in which they come; nulls if it has none.
 * @param {Column} values
 * @param {number} left
 * @param {number} right
 */
function extremes(values, left, right) {
  let low = -1;
  let high = -1;
  for (let i = left; i < right; i++) {
    const value = values[i];
    if (!isValue(value)) continue;
    if (low < 0 || value < Number(values[low])) low = i;
    if (high < 0 || value > Number(values[high])) high = i;
  }
  if (low < 0) return [null, null];
  return low < high ? [values[low], values[high]] : [values[high], values[low]];
}

/**
 * Join tables of different x into one over all of them; lines are drawn over the rows that a table lacks.
 * @param {readonly PlotTable[]} tables
 * @returns {PlotTable}
 */
export function joinTables(tables) {
  if (tables.length === 1) return tables[0];
  const x = [...new Set(tables.flatMap(([own]) => own))].sort((a, b) => a - b);
  const rowOf = new Map(x.map((value, row) => [value, row]));
  /** @type {PlotTable} */
  const joined = [x];
  for (const [own, ...curves] of tables) {
    for (const values of curves) {
      const column = new Array(x.length).fill(null);
      own.forEach((value, i) => {
        if (isValue(values[i])) column[Number(rowOf.get(value))] = values[i];
      });
      joined.push(column);
    }
  }
  return joined;
}

/**
 * Return the last index up to `index` at which there is a value, or null: what was known then, and nothing later.
 * @param {Column} values
 * @param {number} index
 */
export function indexUpTo(values, index) {
  for (let k = Math.min(index, values.length - 1); k >= 0; k--) if (isValue(values[k])) return k;
  return null;
}

/**
 * Return whether there is a single value, which no line would show.
 * @param {Column} values
 */
export function isSingleValue(values) {
  let count = 0;
  for (let i = 0; i < values.length && count < 2; i++) if (isValue(values[i])) count++;
  return count === 1;
}

/**
 * Return the last value, or null.
 * @param {Column} values
 */
export function lastValue(values) {
  return values[lastIndex(values, isValue)] ?? null;
}

/**
 * Return the smallest value of all curves, infinity if there is none.
 * @param {readonly Column[]} curves
 */
export function smallestValue(curves) {
  let smallest = Infinity;
  for (const values of curves) for (const value of values) if (isValue(value) && value < smallest) smallest = value;
  return smallest;
}
