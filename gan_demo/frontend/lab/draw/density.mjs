// @ts-check
/** Densities of points on a square grid, and how two of them differ. */

export const DENSITY_GRID = 40; // a side
const PASSES = 2; // of a box blur over three cells, near enough to a Gaussian

/**
 * Return the shares of points (N, 2) around the nodes of a grid over [-extent, extent]², rows from below, blurred.
 * @param {Float32Array} points
 * @param {number} extent
 */
export function density(points, extent, n = DENSITY_GRID) {
  let grid = new Float32Array(n * n);
  const weight = 2 / points.length;
  for (let k = 0; k + 1 < points.length; k += 2) {
    const column = Math.round(((points[k] + extent) * (n - 1)) / (2 * extent));
    const row = Math.round(((points[k + 1] + extent) * (n - 1)) / (2 * extent));
    if (column >= 0 && column < n && row >= 0 && row < n) grid[row * n + column] += weight;
  }
  for (let pass = 0; pass < PASSES; pass++) {
    grid = blurred(grid, n, 1);
    grid = blurred(grid, n, n);
  }
  return grid;
}

/**
 * Return the means of three neighbours along a direction; at the border the missing one counts as zero.
 * @param {Float32Array} grid
 * @param {number} n
 * @param {number} stride 1 along rows, n along columns
 */
function blurred(grid, n, stride) {
  return grid.map((value, k) => {
    const position = stride === 1 ? k % n : Math.floor(k / n);
    const before = position > 0 ? grid[k - stride] : 0;
    const after = position < n - 1 ? grid[k + stride] : 0;
    return (before + value + after) / 3;
  });
}

/**
 * Return 0 where only `first` is dense, 1 where only `second` is, and ½ where they agree. NaN where neither is.
 * @param {Float32Array} first
 * @param {Float32Array} second
 */
export function densityBalance(first, second) {
  const peak = Math.max(largest(first), largest(second));
  return first.map((value, k) => {
    if (value + second[k] < 0.01 * peak) return NaN;
    return 0.5 + Math.max(-0.5, Math.min(0.5, (second[k] - value) / peak));
  });
}

/** @param {Float32Array} values */
function largest(values) {
  return values.reduce((most, value) => Math.max(value, most), 0);
}
