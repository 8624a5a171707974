// @ts-check
/**
 * One chart: a uPlot that is kept while its data changes.
 * @import { PlotTable } from "../vendor/uplot/uplot.mjs"
 * @import { Line } from "./curve_table.mjs"
 * @import { Curves } from "./curves.mjs"
 * @import { LinesSpec, Stretch } from "./types.js"
 * @import { Distribution } from "./uplot_options.mjs"
 */
import { fill } from "../shared/format.mjs";
import uPlot from "../vendor/uplot/uplot.mjs";
import { CurveTable } from "./curve_table.mjs";
import { Legend } from "./legend.mjs";
import { Overlay } from "./overlay.mjs";
import { readPalette } from "./palette.mjs";
import { PanelSection } from "./panel_section.mjs";
import { listenToKeys, listenToTouch } from "./touch.mjs";
import { ARCSINH, LINE_WIDTH, LINEAR, LOGARITHMIC, plotOptions } from "./uplot_options.mjs";
import { settings } from "./view_settings.mjs";

export class Panel {
  /** @type {uPlot | null} */
  plot = null;
  /** @type {Line[]} in the order of uPlot's table */
  lines = [];
  /** @type {Stretch} */
  view = [0, 1];
  table = new CurveTable();
  legend = new Legend(this);
  overlay = new Overlay(this);
  #optionsKey = ""; // of what the plot was made with: another needs another plot

  /**
   * @param {Curves} board
   * @param {LinesSpec} spec
   */
  constructor(board, spec) {
    this.board = board;
    this.spec = spec;
    this.section = new PanelSection(spec.id);
    this.palette = readPalette(board.root);
    listenToKeys(this);
  }

  /** Take in the board's data; `draw` follows once the extent of all charts is known. */
  update() {
    this.table.update(this.spec, this.board.data);
  }

  draw() {
    const { board, spec, table, section } = this;
    const { extent } = board;
    const canDraw = table.isFilled && extent !== null && extent[1] > extent[0]; // one point is no curve
    section.plotBox.classList.toggle("empty", !canDraw);
    if (!canDraw) section.plotBox.dataset.empty = board.data.texts.empty;
    section.box.hidden = Boolean(spec.optional) && !table.isFilled;
    this.view = board.zoom ?? extent ?? [0, 1];
    const distribution = this.#distribution();
    const span = extent ? extent[1] - extent[0] : 0;
    const log = distribution === LOGARITHMIC;
    const { lines, table: rows } = table.lines({
      view: this.view,
      span,
      smoothing: this.board.data.smooth ?? settings.smooth,
      log,
    });
    this.lines = lines;
    this.palette = readPalette(section.box);
    if (canDraw && !section.box.hidden && section.plotBox.clientWidth) {
      this.#plotWith(distribution, rows);
      this.#show(rows);
      this.legend.update();
      this.#describe();
    } else {
      this.legend.update();
    }
  }

  /**
   * Move the vertical line to the step that is on show elsewhere, and show the values there.
   * @param {number | null} step
   */
  moveTo(step) {
    this.overlay.moveTo(step);
    if (this.plot) this.legend.update();
  }

  /**
   * Tell the board's owner that a place in the chart was clicked.
   * @param {number} left pixels
   */
  seek(left) {
    const { data, extent } = this.board;
    if (left < 0 || !data.onSeek || !this.plot || !extent) return;
    const value = this.plot.posToVal(left, "x");
    const rounded = data.axis === "seconds" ? value : Math.round(value);
    data.onSeek(Math.max(extent[0], Math.min(extent[1], rounded)));
  }

  /** Fit the chart to its place, which has another width. */
  resize() {
    const width = this.section.plotBox.clientWidth;
    if (!width) return;
    if (!this.plot) this.draw();
    else if (this.plot.width !== width) this.plot.setSize({ width, height: this.plot.height });
  }

  destroy() {
    this.plot?.destroy();
    this.plot = null;
  }

  /** @returns {Distribution} */
  #distribution() {
    const isLog = settings.scale === "log" || (settings.scale === "fit" && this.spec.log);
    if (!isLog) return LINEAR;
    return this.table.smallestValue > 0 ? LOGARITHMIC : ARCSINH;
  }

  /**
   * Make a plot, unless there is one with these options.
   * @param {Distribution} distribution
   * @param {PlotTable} rows
   */
  #plotWith(distribution, rows) {
    const { board, spec, section } = this;
    const lines = this.lines.map(({ name, color, dash, isParent }) => [name, color, dash, isParent]);
    const key = JSON.stringify([distribution, spec.height, board.gutter, board.scale, lines]);
    if (this.plot && this.#optionsKey === key) return;
    this.destroy();
    this.#optionsKey = key;
    const plot = new uPlot(plotOptions(this, distribution), rows, section.plotBox);
    this.plot = plot;
    plot.over.addEventListener("dblclick", () => board.setZoom(null, this));
    plot.over.addEventListener("click", () => this.seek(plot.cursor.left));
    listenToTouch(this, plot);
  }

  /** @param {PlotTable} rows */
  #show(rows) {
    const { plot, board, lines, view } = this;
    if (!plot) return;
    lines.forEach((line, index) => {
      const series = plot.series[index + 1];
      series.width = (line.isParent || line.isFaint ? 1 : LINE_WIDTH) * board.scale;
      series.dash = line.dash;
    });
    plot.batch(() => {
      lines.forEach((line, index) => {
        const isShown = plot.series[index + 1].show;
        if (isShown === line.isHidden) plot.setSeries(index + 1, { show: !line.isHidden });
      });
      plot.setData(rows, false);
      plot.setScale("x", { min: view[0], max: view[1] === view[0] ? view[1] + 1 : view[1] });
    });
  }

  /** Say title and values to screen readers. */
  #describe() {
    const title = fill(this.board.data.texts.chart || "{title}", { title: this.spec.title });
    this.section.plotBox.setAttribute("aria-label", `${title}. ${this.legend.sentence}`);
  }
}
