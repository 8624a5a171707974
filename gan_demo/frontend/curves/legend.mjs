// @ts-check
/**
 * The legend of one chart: the values under the mouse, else those of the step on show, else the newest.
 * @import uPlot from "../vendor/uplot/uplot.mjs"
 * @import { Panel } from "./panel.mjs"
 * @import { SeriesSpec } from "./types.js"
 */
import { element, find } from "../shared/dom.mjs";
import { fill, number, precise } from "../shared/format.mjs";
import { measurementAt, measurementText } from "./measurement.mjs";
import { seriesColour } from "./palette.mjs";
import { indexUpTo, upperBound } from "./series.mjs";
import { settings } from "./view_settings.mjs";

const MARK_REACH = 6; // pixels from the mouse at which a mark is named

/**
 * Rows of uPlot's table: the first for x, then one for each line; null where a line has none.
 * @typedef {(number | null)[]} RowIndices
 */

export class Legend {
  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
  }

  update() {
    const { panel } = this;
    const { board } = panel;
    const { data } = board;
    const pointed = pointedRows(panel.plot);
    const rows = pointed ?? this.#rowsOnShow();
    const parentName = panel.table.hasParent ? (data.parentCurves?.name ?? "") : null;
    const items = this.#items(panel.spec.series.length + (parentName === null ? 0 : 1));
    panel.spec.series.forEach((series, index) => {
      find(items[index], "i").style.background = seriesColour(panel.palette, series.color);
      find(items[index], "span").textContent = series.name;
      const { value, position } = this.#value(series, rows);
      find(items[index], "b").textContent = precise(data.language, value);
      items[index].title = position === null ? "" : this.#positionText(position);
      items[index].classList.toggle("past", hasEnded(series, board.at));
    });
    const parentItem = items[panel.spec.series.length];
    if (parentItem) {
      parentItem.className = "parent";
      find(parentItem, "span").textContent = parentName;
    }
    panel.section.moment.textContent = pointed ? this.#moment() : "";
    if (panel.spec.measured) this.#sayMeasured(pointed !== null);
  }

  /**
   * Say when the values were measured.
   * @param {boolean} isPointed whether the mouse is on the chart
   */
  #sayMeasured(isPointed) {
    const { plot, board, spec, section } = this.panel;
    const { columns } = board.data;
    const name = spec.series.map(({ column }) => column ?? "").find((column) => columns?.[column]);
    const at = isPointed && plot ? plot.posToVal(plot.cursor.left, "x") : board.at;
    const measurement = columns && name ? measurementAt(columns, name, at) : null;
    const text = name && columns ? measurementText(measurement, board.data, at === null) : "";
    section.sayMeasured(text, Boolean(measurement?.isOld));
  }

  /** Return the legend as one sentence, for screen readers. */
  get sentence() {
    const items = [...this.panel.section.legendBox.children];
    return items.map((item) => (item.textContent ?? "").replace(/\s+/g, " ")).join(", ");
  }

  /**
   * Return the legend's items; they are kept while their number stays the same.
   * @param {number} count
   */
  #items(count) {
    const { legendBox } = this.panel.section;
    if (legendBox.children.length !== count) {
      const items = Array.from({ length: count }, () =>
        element("span", {}, element("i"), element("span"), element("b")),
      );
      legendBox.replaceChildren(...items);
    }
    return /** @type {HTMLElement[]} */ ([...legendBox.children]);
  }

  /**
   * Return the rows at the step on show elsewhere, or null if that is the newest.
   * @returns {RowIndices | null}
   */
  #rowsOnShow() {
    const { plot, board } = this.panel;
    if (!plot || board.at === null) return null;
    const [x, ...curves] = plot.data;
    const row = upperBound(x, board.at) - 1;
    return [row, ...curves.map((values) => indexUpTo(values, row))];
  }

  /**
   * Return a curve's value in its row, and the position of that row; null for the newest.
   * @param {SeriesSpec} series
   * @param {RowIndices | null} rows
   * @returns {{ value: number | null, position: number | null }}
   */
  #value(series, rows) {
    const { lines, plot } = this.panel;
    const isSmoothed = settings.smooth > 0;
    const index = lines.findIndex(
      (line) => !line.isParent && line.name === series.name && line.isSmoothed === isSmoothed,
    );
    const none = { value: null, position: null };
    if (index < 0) return none;
    if (!rows || !plot) return { ...none, value: lines[index].newest };
    const row = rows[index + 1];
    if (row === null) return none;
    return { value: plot.data[index + 1][row], position: plot.data[0][row] };
  }

  /** @param {number} position */
  #positionText(position) {
    const { positionText, texts, language } = this.panel.board.data;
    return positionText?.(position) ?? fill(texts.step, { step: number(language, position) });
  }

  /** Say what the mouse is at: the step, and the mark if it is on one. */
  #moment() {
    const { plot, board } = this.panel;
    if (!plot) return "";
    const { marks = [] } = board.data;
    const { left } = plot.cursor;
    const mark = marks.find(({ step }) => Math.abs(plot.valToPos(step, "x") - left) < MARK_REACH);
    const text = this.#positionText(plot.posToVal(left, "x"));
    return mark ? ` ${text} · ${mark.number}. ${mark.text}` : ` ${text}`;
  }
}

/**
 * Return whether a curve with an x of its own ends before the moment on show: its run was over by then.
 * @param {SeriesSpec} series
 * @param {number | null} at
 */
export function hasEnded({ x }, at) {
  const last = x?.[x.length - 1] ?? null;
  return at !== null && last !== null && last < at;
}

/**
 * Return the rows under the mouse, or null if it is elsewhere.
 * @param {uPlot | null} plot
 * @returns {RowIndices | null}
 */
function pointedRows(plot) {
  if (!plot || plot.cursor.left < 0 || (plot.cursor.idx ?? null) === null) return null;
  return plot.cursor.idxs;
}
