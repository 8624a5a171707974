// @ts-check
/**
 * The curves beside the stage.
 * @import { PanelSpec, SeriesSpec } from "../curves/types.js"
 * @import { Columns } from "../shared/types.js"
 * @import { LabData, Measures } from "./types.js"
 */
import * as curves from "../curves/curves.mjs";
import { element } from "../shared/dom.mjs";
import { fill, fixed, percent } from "../shared/format.mjs";
import { DIRECTIONS, MEASURED, SLICED } from "./measure/measure.mjs";

/** @typedef {import("./history.mjs").History} History */
/** @typedef {{ floor: Measures | null, hasModes: boolean, at: number | null }} ChartOptions */

const HEIGHT = 92; // CSS pixels
const REDRAW_INTERVAL = 250; // ms, at least: the charts cost more than a frame of the stage
const SHARE = 0.1; // of the time that they may take, so that a slow device still draws the stage
const FLOOR_DASH = [2, 4];

export class Charts {
  root = element("div", { className: "charts" });
  #place = element("div");
  #note = element("p", { className: "note" });
  #drawnAt = -Infinity;
  #interval = REDRAW_INTERVAL;
  #timer = 0;
  #draw = () => {};

  /**
   * @param {LabData} data
   * @param {(iteration: number) => void} onSeek
   */
  constructor(data, onSeek) {
    this.data = data;
    this.onSeek = onSeek;
    this.root.append(this.#place, this.#note);
    const values = { points: MEASURED, directions: DIRECTIONS, sliced: SLICED };
    this.#note.textContent = fill(data.texts["charts.note"], values);
  }

  /**
   * Draw soon, and at most four times a second, less often where it takes long; what was given last is drawn.
   * @param {History} history
   * @param {ChartOptions} options
   */
  draw(history, options) {
    this.#draw = () => this.#drawNow(history, options);
    if (this.#timer) return;
    const wait = Math.max(0, this.#drawnAt + this.#interval - performance.now());
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#drawnAt = performance.now();
      this.#draw();
      this.#interval = Math.max(REDRAW_INTERVAL, (performance.now() - this.#drawnAt) / SHARE);
    }, wait);
  }

  close() {
    clearTimeout(this.#timer);
    curves.clear(this.#place);
  }

  /**
   * @param {History} history
   * @param {ChartOptions} options
   */
  #drawNow(history, { floor, hasModes, at }) {
    const { texts, curves: words, language } = this.data;
    curves.draw({
      parentElement: this.#place,
      data: {
        panels: panels(texts, floor, hasModes, history.columns.step).filter((panel) => isCurve(panel, history.columns)),
        columns: history.columns,
        texts: words,
        language,
        at,
        onSeek: this.onSeek,
        tools: false,
        smooth: 0, // the legends say what the numbers beside them say
      },
    });
  }
}

/**
 * Return the charts' specifications.
 * @param {Record<string, string>} texts
 * @param {Measures | null} floor
 * @param {boolean} hasModes
 * @param {(number | null)[]} steps
 * @returns {PanelSpec[]}
 */
function panels(texts, floor, hasModes, steps) {
  /** @type {(key: string, color: number, column: string, dash?: number[]) => SeriesSpec} */
  const series = (key, color, column, dash) => ({
    name: texts[`curve.${key}`],
    tag: "",
    color,
    column,
    ...(dash && { dash }),
  });
  /** @type {(id: string, lines: SeriesSpec[], more?: object) => PanelSpec} */
  const panel = (id, lines, more = {}) => ({
    id: `lab-${id}`,
    kind: "lines",
    title: texts[`chart.${id}`],
    note: texts[`chart.${id}.note`] ?? "",
    height: HEIGHT,
    series: lines,
    ...more,
  });
  /** @type {(column: "kl" | "js" | "wasserstein") => SeriesSpec[]} */
  const withFloor = (column) => [
    series(column, 0, column),
    ...(floor
      ? [
          {
            name: texts["curve.floor"],
            color: 5,
            dash: FLOOR_DASH,
            x: ends(steps),
            values: ends(steps).map(() => floor[column]),
          },
        ]
      : []),
  ];
  return [
    panel("losses", [series("d_loss", 1, "d_loss"), series("g_loss", 0, "g_loss")]),
    panel("wasserstein", withFloor("wasserstein"), { from_zero: true }),
    panel("divergence", [series("kl", 0, "kl"), series("js", 4, "js", [6, 3])], { from_zero: true }),
    ...(hasModes
      ? [
          panel("modes", [series("reached", 2, "reached"), series("fair", 3, "fair", [6, 3])], {
            whole: true,
            from_zero: true,
          }),
          panel("quality", [series("high_quality", 0, "high_quality")], { range: [0, 1] }),
        ]
      : []),
    panel("gradients", [series("grad_d", 1, "grad_d"), series("grad_g", 0, "grad_g")], { log: true }),
  ];
}

/**
 * Return whether a panel's first curve has two values at least: one is no curve.
 * @param {PanelSpec} panel
 * @param {Columns} columns
 */
function isCurve({ kind, ...panel }, columns) {
  const column = "series" in panel ? panel.series[0].column : undefined;
  return kind === "lines" && column !== undefined && columns[column].filter((value) => value !== null).length > 1;
}

/** @param {(number | null)[]} steps */
function ends(steps) {
  return steps.length ? [steps[0], steps[steps.length - 1]] : [];
}

/**
 * Say the newest measurements in a line each.
 * @param {LabData} data
 * @param {Measures} measures
 * @param {number} modeCount 0 where the data has no clusters
 * @returns {[name: string, value: string][]}
 */
export function measureLines({ texts, language }, measures, modeCount) {
  /** @type {[string, string][]} */
  const lines = [
    [texts["curve.wasserstein"], fixed(language, measures.wasserstein, 3)],
    [texts["curve.kl"], fixed(language, measures.kl, 3)],
    [texts["curve.js"], fixed(language, measures.js, 3)],
  ];
  if (measures.reached !== null && measures.fair !== null && measures.highQuality !== null) {
    lines.unshift(
      [texts["curve.reached"], fill(texts.of, { count: measures.reached, all: modeCount })],
      [texts["curve.fair"], fill(texts.of, { count: measures.fair, all: modeCount })],
      [texts["curve.high_quality"], percent(language, measures.highQuality, 3)],
    );
  }
  return lines;
}
