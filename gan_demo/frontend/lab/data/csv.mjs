// @ts-check
/** Points from a pasted table: two columns of numbers, separated by commas, semicolons, tabs or spaces. */

export const MAX_ROWS = 20_000;
export const LEAST_ROWS = 8;

/** Says what is wrong with a table: a key of the page's sentences and its values. */
export class TableError extends Error {
  /**
   * @param {"empty" | "few" | "many" | "columns" | "number" | "spread"} key
   * @param {Record<string, string | number>} values
   */
  constructor(key, values = {}) {
    super(`${key} ${JSON.stringify(values)}`);
    this.name = "TableError";
    this.key = key;
    this.values = values;
  }
}

/**
 * Return the points (N, 2) of a table, as they are written. A first line without numbers is a heading; lines that are
 * empty or begin with "#" are skipped. Throws TableError.
 * @param {string} text
 */
export function parseTable(text) {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const rows = lines.filter(({ line }) => line && !line.startsWith("#"));
  if (rows.length && cells(rows[0].line).every((cell) => !isNumber(cell))) rows.shift();
  if (!rows.length) throw new TableError("empty");
  if (rows.length > MAX_ROWS) throw new TableError("many", { rows: rows.length, most: MAX_ROWS });
  const points = new Float64Array(2 * rows.length); // times in seconds need more digits than a float32 has
  rows.forEach(({ line, number }, row) => {
    const [x, y] = parseRow(line, number);
    points[2 * row] = x;
    points[2 * row + 1] = y;
  });
  if (rows.length < LEAST_ROWS) throw new TableError("few", { rows: rows.length, least: LEAST_ROWS });
  return points;
}

/**
 * @param {string} line
 * @param {number} number of the line, from 1
 */
function parseRow(line, number) {
  const values = cells(line);
  if (values.length !== 2) throw new TableError("columns", { line: number, count: values.length });
  for (const cell of values)
    if (!isNumber(cell)) throw new TableError("number", { line: number, cell: cell.slice(0, 24) });
  return values.map(toNumber);
}

/** @param {string} line */
function cells(line) {
  const separator = line.includes(";") ? ";" : line.includes("\t") ? "\t" : line.includes(",") ? "," : /\s+/;
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

/** @param {string} cell a decimal comma can only stand where commas do not separate */
function toNumber(cell) {
  return Number(cell.replace(",", "."));
}

/** @param {string} cell */
function isNumber(cell) {
  return cell !== "" && Number.isFinite(toNumber(cell));
}

const FITTED_EXTENT = 1.7; // of the plane, which shows [-2.5, 2.5] both ways

/**
 * Return points moved and scaled, alike in both directions, into [-1.7, 1.7]². Throws TableError if all are equal.
 * @param {Float64Array} points
 */
export function fitToPlane(points) {
  const largest = points.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const shares = points.map((value) => value / largest); // of which no sum or difference overflows
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  shares.forEach((value, k) => {
    low[k % 2] = Math.min(low[k % 2], value);
    high[k % 2] = Math.max(high[k % 2], value);
  });
  const span = Math.max(high[0] - low[0], high[1] - low[1]);
  if (!(span > 0)) throw new TableError("spread");
  return Float32Array.from(shares, (value, k) => ((value - (low[k % 2] + high[k % 2]) / 2) * 2 * FITTED_EXTENT) / span);
}
