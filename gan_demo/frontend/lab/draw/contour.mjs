// @ts-check
/** Lines of one height through values on a grid: marching squares with linear interpolation. */

/**
 * The edges that a line crosses in each of the 16 cases of a cell: pairs of 0 top, 1 right, 2 bottom, 3 left. The bits
 * of a case say which corners are above: 1 top left, 2 top right, 4 bottom right, 8 bottom left.
 * @type {readonly (readonly number[])[]}
 */
const CROSSINGS = [[], [3, 0], [0, 1], [3, 1], [1, 2], [3, 0, 1, 2], [0, 2], [3, 2]];

/**
 * Return segments [x0, y0, x1, y1, …] in grid units of the line where values (rows · columns, row by row) are
 * `level`. A cell with a value that is not finite has no line. A saddle is resolved by the mean of its corners.
 * @param {ArrayLike<number>} values
 * @param {number} columns
 * @param {number} rows
 * @param {number} level
 */
export function contour(values, columns, rows, level) {
  /** @type {number[]} */
  const segments = [];
  for (let y = 0; y + 1 < rows; y++) {
    for (let x = 0; x + 1 < columns; x++) {
      const at = y * columns + x;
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      const edges = crossedEdges(corners, level);
      for (const edge of edges) {
        const [dx, dy] = positionOnEdge(corners, edge, level);
        segments.push(x + dx, y + dy);
      }
    }
  }
  return segments;
}

/**
 * @param {number[]} corners clockwise from the top left
 * @param {number} level
 */
function crossedEdges(corners, level) {
  if (!corners.every(Number.isFinite)) return [];
  const isAbove = corners.map((value) => value >= level);
  let index = isAbove.reduce((sum, above, k) => sum + (above ? 1 << k : 0), 0);
  const isSaddle = index === 5 || index === 10;
  if (isSaddle) {
    const isMeanAbove = corners.reduce((sum, value) => sum + value, 0) / 4 >= level;
    // the corners on the mean's side are joined, so the line cuts off the two others
    return (index === 5) === isMeanAbove ? [0, 1, 2, 3] : CROSSINGS[5];
  }
  if (index > 7) index = 15 - index; // what is above and what is below share their line
  return CROSSINGS[index];
}

/**
 * @param {number[]} corners
 * @param {number} edge
 * @param {number} level
 */
function positionOnEdge([topLeft, topRight, bottomRight, bottomLeft], edge, level) {
  /** @type {(from: number, to: number) => number} */
  const share = (from, to) => (level - from) / (to - from);
  if (edge === 0) return [share(topLeft, topRight), 0];
  if (edge === 1) return [1, share(topRight, bottomRight)];
  if (edge === 2) return [share(bottomLeft, bottomRight), 1];
  return [0, share(topLeft, bottomLeft)];
}
