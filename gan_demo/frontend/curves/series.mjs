// What is drawn of a run's columns, as plain functions of arrays: no elements and no charts here. Missing values are null.

const is = (v) => v !== null && v !== undefined && v === v;

// Rows in which any of the curves has a value; two rows of the same x (a step and its evaluation) become one.
export function compact(x, curves) {
  const kept = { x: [], curves: curves.map(() => []) };
  for (let i = 0; i < x.length; i++) {
    if (!is(x[i]) || !curves.some((values) => is(values[i]))) continue;
    const last = kept.x.length - 1;
    const place = last >= 0 && kept.x[last] >= x[i] ? last : kept.x.push(x[i]) - 1;
    curves.forEach((values, k) => {
      if (is(values[i])) kept.curves[k][place] = values[i];
      else if (place > last) kept.curves[k][place] = null;
    });
  }
  return kept;
}

// Columns whose stretch [from, to] is replaced by finer rows.
export function refined(columns, detail, axis = "step") {
  const x = columns[axis] || [];
  if (!detail?.columns?.[axis]?.length) return columns;
  const start = lowest(x, detail.from),
    end = lowest(x, detail.to, true);
  const all = {};
  for (const name of Object.keys(columns)) {
    const fine = detail.columns[name] || new Array(detail.columns[axis].length).fill(null);
    all[name] = [...columns[name].slice(0, start), ...fine, ...columns[name].slice(end)];
  }
  return all;
}

// The first index with x >= value, or with x > value if after.
export function lowest(x, value, after = false) {
  let low = 0,
    high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (after ? x[middle] <= value : x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Weighted means with weights exp(-|distance| / width): symmetric, so that a curve's turns stay where they are.
export function smoothed(x, values, width, log) {
  const out = new Array(values.length).fill(null);
  if (!(width > 0)) return values;
  const sums = new Float64Array(values.length),
    weights = new Float64Array(values.length);
  const pass = (start, end, step) => {
    let sum = 0,
      weight = 0,
      before = null;
    for (let i = start; i !== end; i += step) {
      if (!is(values[i])) continue;
      if (before !== null) {
        const fade = Math.exp(-Math.abs(x[i] - before) / width);
        sum *= fade;
        weight *= fade;
      }
      before = x[i];
      sums[i] += sum;
      weights[i] += weight;
      sum += log ? Math.log(values[i]) : values[i];
      weight += 1;
    }
  };
  pass(0, values.length, 1);
  pass(values.length - 1, -1, -1);
  for (let i = 0; i < values.length; i++) {
    if (!is(values[i])) continue;
    const mean = (sums[i] + (log ? Math.log(values[i]) : values[i])) / (weights[i] + 1);
    out[i] = log ? Math.exp(mean) : mean;
  }
  return out;
}

// At most 2 * buckets points of what lies in view and a point on either side; each curve keeps its extremes.
export function thinned(x, curves, from, to, buckets) {
  const start = Math.max(0, lowest(x, from) - 1),
    end = Math.min(x.length, lowest(x, to, true) + 1);
  const width = Math.ceil((end - start) / buckets);
  if (width <= 2) return { x: x.slice(start, end), curves: curves.map((values) => values.slice(start, end)) };
  const few = { x: [], curves: curves.map(() => []) };
  for (let left = start; left < end; left += width) {
    const right = Math.min(end, left + width);
    few.x.push(x[left], x[left + ((right - left) >> 1)]);
    curves.forEach((values, k) => few.curves[k].push(...extremes(values, left, right)));
  }
  return few;
}

function extremes(values, left, right) {
  let low = -1,
    high = -1;
  for (let i = left; i < right; i++) {
    if (!is(values[i])) continue;
    if (low < 0 || values[i] < values[low]) low = i;
    if (high < 0 || values[i] > values[high]) high = i;
  }
  if (low < 0) return [null, null];
  return low < high ? [values[low], values[high]] : [values[high], values[low]];
}

// Tables [x, ...curves] of different x as one table over all of them; lines are drawn over what a table lacks.
export function joined(tables) {
  if (tables.length === 1) return tables[0];
  const x = [...new Set(tables.flatMap((table) => Array.from(table[0])))].sort((a, b) => a - b);
  const place = new Map(x.map((value, i) => [value, i]));
  const out = [x];
  for (const [own, ...curves] of tables) {
    for (const values of curves) {
      const all = new Array(x.length).fill(null);
      own.forEach((value, i) => {
        if (is(values[i])) all[place.get(value)] = values[i];
      });
      out.push(all);
    }
  }
  return out;
}

// The index nearest to i at which there is a value, or null.
export function nearest(values, i) {
  for (let d = 0; d < values.length; d++) {
    if (is(values[i - d])) return i - d;
    if (is(values[i + d])) return i + d;
  }
  return null;
}

// Is there a single value, which no line would show?
export function alone(values) {
  let count = 0;
  for (let i = 0; i < values.length && count < 2; i++) if (is(values[i])) count++;
  return count === 1;
}

export function last(values) {
  for (let i = values.length - 1; i >= 0; i--) if (is(values[i])) return values[i];
  return null;
}

export function least(curves) {
  let low = Infinity;
  for (const values of curves) for (const v of values) if (is(v) && v < low) low = v;
  return low;
}
