// @ts-check
// The charts of a run: those beside the film, and more below that are drawn while they are unfolded.

import * as curves from "../curves/curves.mjs";
import { find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { settingMarks, warningBands } from "./marks.mjs";
import { ParentCurves } from "./parent_curves.mjs";
import { ZoomDetail } from "./zoom_detail.mjs";

/** @import { CurvesData } from "../curves/types.js" */
/** @import { RunStore } from "../shared/run_store.mjs" */
/** @import { RunUpdate } from "../shared/types.js" */
/** @import { LiveBoardData } from "./types.js" */

const MAIN_COLUMNS = 1; // of charts
const MORE_COLUMNS = 2;

/**
 * @typedef {object} ChartHooks
 * @property {() => void} onChange called when the charts have to be drawn again
 * @property {(step: number) => void} onSeek called when a chart is clicked
 * @property {(numbers: number[]) => void} onMarks called when the pointer comes to marks of these numbers
 */

/**
 * @typedef {object} ChartState
 * @property {number | null} shownStep the step on show; null for the newest
 * @property {number} scale how much larger than usual the type is
 */

export class RunCharts {
  #parentCurves = new ParentCurves();
  #zoomDetail = new ZoomDetail();

  /**
   * @param {HTMLElement} root of the board
   * @param {ChartHooks} hooks
   */
  constructor(root, hooks) {
    this.hooks = hooks;
    this.main = find(root, ".right");
    this.details = find(root, ".more", HTMLDetailsElement);
    this.summary = find(root, ".more summary");
    this.more = find(root, ".rest");
    this.cost = find(root, ".cost");
    this.details.addEventListener("toggle", () => hooks.onChange());
  }

  /** @param {LiveBoardData["texts"]} texts */
  setName(texts) {
    this.summary.textContent = texts.more;
  }

  /**
   * @param {RunStore} store
   * @param {RunUpdate} update
   * @param {LiveBoardData} data
   * @param {ChartState} state
   */
  draw(store, update, data, state) {
    this.#loadParentCurves(update.parent);
    const shared = this.#curvesData(store, update, data, state);
    curves.draw({
      parentElement: this.main,
      data: { ...shared, panels: data.panels, across: MAIN_COLUMNS, tools: true },
    });
    if (!this.details.open) return;
    curves.draw({
      parentElement: this.more,
      data: { ...shared, panels: data.more, across: MORE_COLUMNS, tools: false },
    });
    const evaluation = store.newest("eval_seconds");
    const seconds = store.newest("seconds");
    const share = evaluation && seconds ? number(data.language, (100 * evaluation) / seconds, 1) : "";
    this.cost.textContent = share && fill(data.texts.evaluation, { share });
  }

  /**
   * Mark another step; null for the newest.
   * @param {number | null} step
   */
  show(step) {
    for (const charts of [this.main, this.more]) curves.at(charts, step);
  }

  /**
   * Light up the marks of some numbers.
   * @param {number[]} numbers
   */
  highlight(numbers) {
    for (const charts of [this.main, this.more]) curves.highlight(charts, numbers);
  }

  close() {
    curves.clear(this.main);
    curves.clear(this.more);
  }

  /**
   * Return what both groups of charts are given.
   * @param {RunStore} store
   * @param {RunUpdate} update
   * @param {LiveBoardData} data
   * @param {ChartState} state
   * @returns {Omit<CurvesData, "panels">}
   */
  #curvesData(store, update, { run, texts, language, curves: curvesTexts }, { shownStep, scale }) {
    const { columns, step } = this.#parentCurves;
    const name = fill(texts.parent, { step: number(language, step) });
    return {
      columns: store.columns,
      language,
      texts: curvesTexts,
      at: shownStep,
      scale,
      marks: settingMarks(update, texts, language),
      bands: warningBands(update.findings),
      parentCurves: columns && { columns, name },
      detail: this.#zoomDetail.detail,
      onSeek: this.hooks.onSeek,
      onMarks: this.hooks.onMarks,
      onZoom: (_panel, from, to, points) => this.#zoom(run, from, to, points, store.columns.step.at(-1) ?? undefined),
    };
  }

  /** @param {string} parent */
  async #loadParentCurves(parent) {
    if (await this.#parentCurves.load(parent)) this.hooks.onChange();
  }

  /** @param {Parameters<ZoomDetail["zoom"]>} stretch */
  async #zoom(...stretch) {
    if (await this.#zoomDetail.zoom(...stretch)) this.hooks.onChange();
  }
}
