// @ts-check
/**
 * What the lines of one chart show: the rows of its series, smoothed and downsampled, as one table for uPlot.
 * @import { PlotTable } from "../vendor/uplot/uplot.mjs"
 * @import { Column, Columns } from "../shared/types.js"
 * @import { CurvesData, LinesSpec, Rows, SeriesSpec, Stretch } from "./types.js"
 */
import {
  compactRows,
  downsampled,
  isSingleValue,
  joinTables,
  lastValue,
  lowerBound,
  refined,
  smallestValue,
  smoothed,
  upperBound,
} from "./series.mjs";

const BUCKETS = 1000; // of two points each, in view
const WIDEST_SMOOTHING = 0.08; // of all steps: the width of the strongest smoothing
const MAX_SMOOTHED = 12; // smoothed curves in memory for each source

/**
 * Series that share their x.
 * @typedef {object} Source
 * @property {SeriesSpec[]} series
 * @property {Column} x
 * @property {Column[]} curves
 * @property {boolean} isParent whether they belong to the run that this one was forked from
 */

/**
 * A source's rows without the empty ones, and their smoothed curves by "index:width:log".
 * @typedef {object} CachedRows
 * @property {Column} x
 * @property {Column[]} curves
 * @property {number} length of `x` when the rows were made
 * @property {Rows} rows
 * @property {Map<string, Column>} smooth
 */

/**
 * One line of the chart: a curve as it is or smoothed.
 * @typedef {object} Line
 * @property {string} name
 * @property {string} tag
 * @property {number | string} color
 * @property {number[] | undefined} dash
 * @property {boolean} isParent
 * @property {boolean} isSmoothed
 * @property {boolean} isFaint whether its smoothed line is drawn over it
 * @property {boolean} isHidden
 * @property {boolean} isDot whether it is a single value, which has to be drawn as a dot
 * @property {number | null} newest
 */

export class CurveTable {
  /** @type {Source[]} */
  #sources = [];
  /** @type {CachedRows[]} of the sources, by index */
  #cache = [];

  /**
   * Take the values of a panel from the board's data.
   * @param {LinesSpec} spec
   * @param {CurvesData} data
   */
  update(spec, data) {
    this.#sources = sourcesOf(spec, data);
    this.#sources.forEach((source, index) => {
      if (!isCurrent(this.#cache[index], source)) this.#cache[index] = cached(source);
    });
    this.#cache.length = this.#sources.length;
  }

  get hasParent() {
    return this.#sources.some((source) => source.isParent);
  }

  /** The largest number of rows of a source. */
  get rowCount() {
    return Math.max(0, ...this.#cache.map(({ rows }) => rows.x.length));
  }

  get isFilled() {
    return this.rowCount > 0;
  }

  /**
   * The first and the last x, or null without rows.
   * @returns {Stretch | null}
   */
  get extent() {
    const filled = this.#cache.map(({ rows }) => rows.x).filter((x) => x.length);
    if (!filled.length) return null;
    return [Math.min(...filled.map((x) => x[0])), Math.max(...filled.map((x) => x[x.length - 1]))];
  }

  get smallestValue() {
    return smallestValue(this.#cache.flatMap(({ rows }) => rows.curves));
  }

  /**
   * Return the largest number of the run's own rows in a stretch.
   * @param {Stretch} stretch
   */
  rowsIn([from, to]) {
    const own = this.#cache.filter((_, index) => !this.#sources[index].isParent);
    return Math.max(0, ...own.map(({ rows }) => upperBound(rows.x, to) - lowerBound(rows.x, from)));
  }

  /**
   * Return the lines and uPlot's table of them: each curve as it is and smoothed, the parent's first, so that they lie
   * below.
   * @param {object} options
   * @param {Stretch} options.view
   * @param {number} options.span of x, on all charts of the board
   * @param {number} options.smoothing 0 to 1
   * @param {boolean} options.log
   */
  lines({ view, span, smoothing, log }) {
    const width = span * WIDEST_SMOOTHING * smoothing ** 2;
    /** @type {Line[]} */
    const lines = [];
    /** @type {PlotTable[]} */
    const tables = [];
    const indices = [...this.#sources.keys()];
    indices.sort((a, b) => Number(this.#sources[b].isParent) - Number(this.#sources[a].isParent));
    for (const index of indices) {
      const { series, isParent } = this.#sources[index];
      const { rows } = this.#cache[index];
      /** @type {Column[]} */
      const curves = [];
      series.forEach((spec, k) => {
        const raw = rows.curves[k];
        const smooth = width > 0 ? this.#smoothed(index, k, width, log) : new Array(rows.x.length).fill(null);
        curves.push(raw, smooth);
        lines.push(...linesOf(spec, isParent, raw, smooth, width > 0));
      });
      const points = downsampled({ x: rows.x, curves }, view[0], view[1], BUCKETS);
      tables.push([points.x, ...points.curves]);
    }
    return { lines, table: joinTables(tables) };
  }

  /**
   * @param {number} index of the source
   * @param {number} k of the curve
   * @param {number} width
   * @param {boolean} log
   */
  #smoothed(index, k, width, log) {
    const { rows, smooth } = this.#cache[index];
    const key = `${k}:${width}:${log}`;
    let curve = smooth.get(key);
    if (!curve) {
      if (smooth.size > MAX_SMOOTHED) smooth.clear();
      curve = smoothed(rows.x, rows.curves[k], width, log);
      smooth.set(key, curve);
    }
    return curve;
  }
}

/**
 * @param {LinesSpec} spec
 * @param {CurvesData} data
 * @returns {Source[]}
 */
function sourcesOf(spec, data) {
  const axis = data.axis ?? "step";
  /** @type {Source[]} */
  const sources = [];
  if (spec.x) sources.push(givenSource(spec.x, spec.series));
  else if (data.columns) sources.push(columnsSource(refined(data.columns, data.detail, axis), axis, spec.series));
  for (const series of spec.series) if (series.x) sources.push(givenSource(series.x, [series], true));
  if (data.parentCurves) {
    const { columns } = data.parentCurves;
    const filled = spec.series.filter((series) => series.column && columns[series.column]);
    sources.push({ ...columnsSource(columns, axis, filled), isParent: true });
  }
  return sources.filter((source) => source.series.length);
}

/**
 * Return a source of series that bring their values.
 * @param {Column} x
 * @param {SeriesSpec[]} all
 * @param {boolean} [own] whether `x` is the series' own
 * @returns {Source}
 */
function givenSource(x, all, own = false) {
  const series = all.filter((spec) => own || !spec.x);
  return { x, series, curves: series.map((spec) => spec.values ?? []), isParent: false };
}

/**
 * Return a source of series that name a column.
 * @param {Columns} columns
 * @param {string} axis
 * @param {SeriesSpec[]} all
 * @returns {Source}
 */
function columnsSource(columns, axis, all) {
  const series = all.filter((spec) => spec.column);
  const curves = series.map((spec) => columns[spec.column ?? ""] ?? []);
  return { x: columns[axis] ?? [], series, curves, isParent: false };
}

/**
 * @param {CachedRows | undefined} entry
 * @param {Source} source
 */
function isCurrent(entry, { x, curves }) {
  if (!entry || entry.x !== x || entry.length !== x.length || entry.curves.length !== curves.length) return false;
  return entry.curves.every((values, k) => values === curves[k]);
}

/**
 * @param {Source} source
 * @returns {CachedRows}
 */
function cached({ x, curves }) {
  return { x, curves, length: x.length, rows: compactRows(x, curves), smooth: new Map() };
}

/**
 * Return the raw and the smoothed line of a curve.
 * @param {SeriesSpec} spec
 * @param {boolean} isParent
 * @param {Column} raw
 * @param {Column} smooth
 * @param {boolean} isSmoothing
 * @returns {Line[]}
 */
function linesOf(spec, isParent, raw, smooth, isSmoothing) {
  const shared = { name: spec.name, tag: spec.tag ?? "", color: spec.color, dash: spec.dash, isParent };
  return [
    {
      ...shared,
      isSmoothed: false,
      isFaint: isSmoothing,
      isHidden: isSmoothing && isParent,
      isDot: isSingleValue(raw),
      newest: lastValue(raw),
    },
    {
      ...shared,
      isSmoothed: true,
      isFaint: false,
      isHidden: !isSmoothing,
      isDot: false,
      newest: lastValue(smooth),
    },
  ];
}
