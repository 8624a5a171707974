// @ts-check
// Several runs beside each other: their samples at one moment, with one scrubber for all, and their curves in one
// chart a metric. Elements stay in the page, so that nothing flickers while runs train.

import * as curves from "../curves/curves.mjs";
import { element, find } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { pageMoment } from "../shared/page_moment.mjs";
import { ComparedRun } from "./compared_run.mjs";
import { receivedMoment, sentMoment } from "./moments.mjs";
import { positionText } from "./sample_figure.mjs";
import { SampleSheets } from "./sample_sheets.mjs";

/** @import { LinesSpec, Stretch } from "../curves/types.js" */
/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { CompareData, RunSpec } from "./types.js" */

/** @typedef {ComponentArguments<CompareData>["parentElement"]} Parent */

const CHART_HEIGHT = 190; // CSS pixels
const HTML = `<div class="sheets-place"></div><p class="lost" role="status" hidden></p><div class="charts"></div>`;

/** @type {Mounts<Parent, CompareBoard>} */
const boards = new Mounts();

/** @param {Pick<ComponentArguments<CompareData>, "data" | "parentElement">} component */
export function draw({ data, parentElement }) {
  boards.at(parentElement, () => new CompareBoard(parentElement, data)).update(data);
}

/** @param {Parent} parentElement */
export function clear(parentElement) {
  boards.clear(parentElement);
}

class CompareBoard {
  /** @type {Map<string, ComparedRun>} by id */
  #runs = new Map();
  #animationFrame = 0;
  /** @param {number | null} at the moment of a message to the class */
  #lead = (at) => this.sheets.lead(receivedMoment(at, this.data.axis));
  /** @type {Stretch | null} the stretch of the axis that the charts show */
  #zoom = null;

  /**
   * @param {Parent} parent
   * @param {CompareData} data
   */
  constructor(parent, data) {
    this.data = data;
    this.root = element("div", { className: "compare", innerHTML: HTML });
    parent.querySelector(".compare")?.remove();
    parent.append(this.root);
    this.charts = find(this.root, ".charts");
    this.problem = find(this.root, ".lost");
    this.sheets = new SampleSheets(find(this.root, ".sheets-place"), data, (at, byHand) => {
      curves.at(this.charts, at);
      pageMoment.moved(sentMoment(at, this.data.axis), byHand);
    });
  }

  /** @param {CompareData} data */
  update(data) {
    this.data = data;
    for (const [id, run] of this.#runs) {
      if (data.runs.some((spec) => spec.id === id)) continue;
      run.close();
      this.#runs.delete(id);
    }
    for (const { id } of data.runs) {
      if (!this.#runs.has(id)) this.#runs.set(id, new ComparedRun(id, () => this.#drawSoon()));
    }
    this.#draw();
  }

  close() {
    pageMoment.withdraw(this.#lead);
    cancelAnimationFrame(this.#animationFrame);
    this.sheets.close();
    for (const run of this.#runs.values()) run.close();
    curves.clear(this.charts);
  }

  #drawSoon() {
    this.#animationFrame ||= requestAnimationFrame(() => {
      this.#animationFrame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (!this.root.isConnected) return;
    const runs = this.data.runs.flatMap((spec) => {
      const run = this.#runs.get(spec.id);
      return run ? [{ spec, run }] : [];
    });
    this.#drawProblem(runs);
    const known = runs.filter(({ run }) => run.store.update);
    this.root.dataset.known = String(known.length);
    this.sheets.draw(known, this.data);
    if (known.length === runs.length) pageMoment.offer(this.#lead);
    this.#drawCharts(known);
  }

  /** @param {{ spec: RunSpec, run: ComparedRun }[]} runs */
  #drawProblem(runs) {
    const { texts } = this.data;
    const gone = runs.filter(({ run }) => run.state === "gone").map(({ spec }) => spec.name);
    const waits = runs.some(({ run }) => run.state === "waiting");
    const problem = gone.length ? fill(texts.gone, { name: gone.join(", ") }) : waits ? texts.waiting : "";
    this.problem.textContent = problem;
    this.problem.hidden = !problem;
  }

  /** @param {{ spec: RunSpec, run: ComparedRun }[]} known */
  #drawCharts(known) {
    const { data } = this;
    curves.draw({
      parentElement: this.charts,
      data: {
        panels: this.#panels(known),
        axis: data.axis,
        across: data.across,
        language: data.language,
        texts: data.curves,
        at: this.sheets.markedMoment,
        positionText: (position) => positionText(data.axis, position, data),
        onSeek: (at) => this.sheets.seek(at),
        onZoom: (_panel, from, to) => this.#zoomTo(from, to),
      },
    });
  }

  /**
   * Return a panel for each metric, with a curve of each run.
   * @param {{ spec: RunSpec, run: ComparedRun }[]} known
   */
  #panels(known) {
    const { axis, metrics, runs } = this.data;
    const isComplete = known.length === runs.length;
    return metrics.map(
      /** @returns {LinesSpec} */
      ({ column, ...metric }) => ({
        ...metric,
        id: column,
        kind: "lines",
        height: CHART_HEIGHT,
        optional: isComplete, // a metric that no run has is left out, once all runs are known
        series: known.map(({ spec, run }) => ({
          name: spec.letter,
          tag: spec.letter,
          color: spec.color,
          x: run.columns[axis] ?? [],
          values: run.columns[column] ?? [],
        })),
      }),
    );
  }

  /**
   * Fetch finer rows of a stretch, run by run, where those that are known were downsampled.
   * @param {number | null} from null for everything
   * @param {number | null} to
   */
  async #zoomTo(from, to) {
    /** @type {Stretch | null} */
    const zoom = from === null || to === null ? null : [from, to];
    const isCurrent = () => this.#zoom === zoom;
    this.#zoom = zoom;
    const runs = [...this.#runs.values()];
    for (const run of runs) run.forgetDetail();
    if (zoom) await Promise.all(runs.map((run) => run.loadDetail(this.data.axis, zoom[0], zoom[1], isCurrent)));
    if (isCurrent()) this.#drawSoon();
  }
}
