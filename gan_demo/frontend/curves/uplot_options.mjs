// @ts-check
/**
 * The options of one chart for uPlot. What changes while the chart lives is read from its panel when it is drawn.
 * @import { Axis, PlotOptions, PlotSeries, Scale } from "../vendor/uplot/uplot.mjs"
 * @import { Line } from "./curve_table.mjs"
 * @import { Panel } from "./panel.mjs"
 * @import { LinesSpec } from "./types.js"
 */
import { labels } from "../shared/format.mjs";
import uPlot from "../vendor/uplot/uplot.mjs";
import { seriesColour, withOpacity } from "./palette.mjs";
import { indexUpTo, upperBound } from "./series.mjs";

/**
 * uPlot's kinds of scale: 1 linear, 3 logarithmic, 4 arcsinh, for values that are not all positive.
 * @typedef {1 | 3 | 4} Distribution
 */

export const LINEAR = 1;
export const LOGARITHMIC = 3;
export const ARCSINH = 4;
export const LINE_WIDTH = 1.75;
const DEFAULT_HEIGHT = 150; // CSS pixels
const MARK_ROOM = 14; // CSS pixels above the chart, for the numbers of its marks
const LEAST_WIDTH = 120;
const LEAST_SELECTION = 5; // pixels of a drag that zooms
/** Distances between the lines of an axis of whole numbers. */
const WHOLE = Array.from({ length: 12 }, (_, exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent)).flat();
const AXIS_OPACITY = 0.62;
const PARENT_OPACITY = 0.45;
const FAINT_OPACITY = 0.32;

/**
 * @param {Panel} panel
 * @param {Distribution} distribution
 * @returns {PlotOptions}
 */
export function plotOptions(panel, distribution) {
  const { spec, section } = panel;
  const { data, gutter, scale } = panel.board;
  return {
    width: Math.max(LEAST_WIDTH, section.plotBox.clientWidth),
    height: Math.round((spec.height ?? DEFAULT_HEIGHT) * scale),
    legend: { show: false },
    padding: [MARK_ROOM, gutter, 0, 0],
    scales: { x: { time: false, range: (_plot, min, max) => [min, max] }, y: yScale(spec, distribution) },
    cursor: cursorOptions(panel, data.axis ?? "step"),
    axes: axes(panel, distribution),
    series: [{}, ...panel.lines.map((line, index) => seriesOptions(panel, line, index))],
    hooks: {
      setCursor: [() => panel.legend.update()],
      setSelect: [(plot) => zoomToSelection(panel, plot)],
      draw: [() => panel.overlay.draw()],
    },
  };
}

/**
 * @param {Panel} panel
 * @param {string} axis
 * @returns {PlotOptions["cursor"]}
 */
function cursorOptions(panel, axis) {
  return {
    drag: { x: true, y: false, setScale: false, dist: LEAST_SELECTION },
    points: { size: 7 },
    dataIdx: (plot, series, index, position) => {
      const line = panel.lines[series - 1];
      if (!line) return index;
      const row = upperBound(plot.data[0], position) - 1;
      return line.isFaint || line.isHidden ? null : indexUpTo(plot.data[series], row);
    },
    sync: {
      key: `gan_demo:${axis}`,
      scales: ["x", null],
      setSeries: false,
      filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
    },
  };
}

/**
 * @param {Panel} panel
 * @param {Distribution} distribution
 * @returns {Axis[]}
 */
function axes(panel, distribution) {
  const { data, scale } = panel.board;
  /** @type {Omit<Axis, "size" | "incrs">} */
  const axis = {
    stroke: () => withOpacity(panel.palette.text, AXIS_OPACITY),
    font: `${Math.round(11 * scale)}px sans-serif`,
    gap: 4,
    ticks: { show: false },
    grid: { stroke: () => panel.palette.gridLine, width: 1 },
    values: (_plot, splits) => labels(data.language, splits),
  };
  /** @type {Axis["grid"]} */
  const grid = { ...axis.grid, filter: (_plot, splits) => decades(splits, distribution) };
  const isCounted = (data.axis ?? "step") !== "seconds"; // there is no half step
  return [
    { ...axis, size: 26 * scale, ...(isCounted ? { incrs: WHOLE } : {}) },
    {
      ...axis,
      size: (_plot, texts) => panel.board.axisWidth(texts ?? []),
      grid,
      ...(panel.spec.whole && distribution === LINEAR ? { incrs: WHOLE } : {}),
    },
  ];
}

/**
 * @param {Panel} panel
 * @param {Line} line
 * @param {number} index of the line: its other properties change while the chart lives
 * @returns {PlotSeries}
 */
function seriesOptions(panel, line, index) {
  const opacity = () => (line.isParent ? PARENT_OPACITY : panel.lines[index].isFaint ? FAINT_OPACITY : 1);
  return {
    stroke: () => withOpacity(seriesColour(panel.palette, line.color), opacity()),
    width: LINE_WIDTH,
    spanGaps: true,
    points: { show: () => panel.lines[index]?.isDot ?? false, size: 5 },
    pxAlign: 0,
  };
}

/**
 * @param {Panel} panel
 * @param {uPlot} plot
 */
function zoomToSelection(panel, plot) {
  const { left, width } = plot.select;
  if (width < LEAST_SELECTION) return;
  panel.board.setZoom([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")], panel);
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
}

/**
 * On a logarithmic axis of several decades, leave lines at the powers of ten alone.
 * @param {number[]} splits
 * @param {Distribution} distribution
 */
function decades(splits, distribution) {
  const positive = splits.filter((value) => value > 0);
  const isWide = positive.length > 0 && positive[positive.length - 1] / positive[0] >= 30;
  if (distribution !== LOGARITHMIC || !isWide) return splits;
  return splits.map((value) => (isPowerOfTen(value) ? value : null));
}

/**
 * Return limits that begin at zero, so that a change of a hundredth looks like one.
 * @param {number | null} min null without values
 * @param {number | null} max
 * @returns {[from: number, to: number]}
 */
export function rangeFromZero(min, max) {
  return max === null || !(max > 0) ? [Math.min(0, min ?? 0), 1] : [Math.min(0, min ?? 0), 1.1 * max];
}

/** @param {number} value */
function isPowerOfTen(value) {
  const exponent = Math.log10(value);
  return value > 0 && Math.abs(exponent - Math.round(exponent)) < 1e-6;
}

/**
 * @param {LinesSpec} spec
 * @param {Distribution} distribution
 * @returns {Scale}
 */
function yScale({ range, from_zero: fromZero }, distribution) {
  if (distribution === ARCSINH) return { distr: ARCSINH, asinh: 0.1 };
  if (distribution === LINEAR && range) return { range: () => range };
  if (distribution === LINEAR) return fromZero ? { range: (_plot, min, max) => rangeFromZero(min, max) } : {};
  const most = range?.[1];
  return {
    distr: LOGARITHMIC,
    range: (_plot, min, max) => {
      if (!(min > 0)) return [1e-3, most || 1];
      const [low, high] = uPlot.rangeLog(min, Math.max(max, min * 1.001), 10, false);
      return [low, most ?? high];
    },
  };
}
