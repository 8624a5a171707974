// @ts-check
// The samples of one run at the moment on show, with the run's name and the moment in words.

import { readPalette, seriesColour } from "../curves/palette.mjs";
import { element, find } from "../shared/dom.mjs";
import { duration, fill, number } from "../shared/format.mjs";
import { Frames } from "../shared/frames.mjs";
import { positionOf, sheetIndexAt } from "./moments.mjs";

/** @import { ComparedRun } from "./compared_run.mjs" */
/** @import { Axis, CompareData, RunSpec } from "./types.js" */

const HTML = `<figcaption><b></b><a target="_self"></a></figcaption><div class="stage"><span class="wait"></span></div>
  <p class="when"></p>`;

/**
 * Say a position on an axis: "step 1,200", "2 min 5 s" or "76,800 images"; "" for none.
 * @param {Axis} axis
 * @param {number | null} position
 * @param {CompareData} data
 */
export function positionText(axis, position, { texts, language }) {
  if (position === null) return "";
  if (axis === "seconds") return duration(texts.duration, position);
  return fill(texts[axis], { n: number(language, position) });
}

export class SampleFigure {
  /** @type {HTMLImageElement | null} the sheet on show */
  image = null;
  /** @type {(number | null)[]} where the run's sheets lie on the axis */
  positions = [];
  #index = -1;

  /**
   * @param {RunSpec} spec
   * @param {ComparedRun} run
   * @param {CompareData} data
   * @param {() => void} onImage called when another sheet is on show
   */
  constructor(spec, run, data, onImage) {
    this.spec = spec;
    this.run = run;
    this.data = data;
    this.onImage = onImage;
    this.root = element("figure", { innerHTML: HTML });
    this.root.dataset.run = spec.id;
    this.letter = find(this.root, "b");
    this.name = find(this.root, "a");
    this.stage = find(this.root, ".stage");
    this.when = find(this.root, ".when");
    this.frames = new Frames(
      (step) => new URL(`api/runs/${encodeURIComponent(spec.id)}/grids/${step}.png`, document.baseURI).href,
      () => this.#paint(),
    );
  }

  /**
   * @param {RunSpec} spec
   * @param {CompareData} data
   */
  update(spec, data) {
    this.spec = spec;
    this.data = data;
    this.letter.textContent = spec.letter;
    this.letter.style.background = seriesColour(readPalette(this.root), spec.color);
    this.name.textContent = spec.name;
    this.name.href = spec.link;
    const { grids, columns } = this.run.store;
    this.positions = grids.map((step) => positionOf(columns, step, data.axis));
  }

  /**
   * Show the sheet of a moment.
   * @param {number} moment
   * @param {boolean} loadsAll whether the viewer moves through the history
   */
  show(moment, loadsAll) {
    this.#index = sheetIndexAt(this.positions, moment);
    this.frames.look(this.run.store.grids, this.#index, loadsAll);
    this.#paint();
  }

  /** Show the sheet of the moment, or the nearest that is loaded. */
  #paint() {
    const { columns, grids } = this.run.store;
    const index = this.frames.nearest(this.#index);
    const step = grids[index];
    const image = index < 0 ? null : this.frames.image(step);
    if (!image) return;
    const { texts, language } = this.data;
    image.alt = fill(texts.alt, { name: this.spec.name, step: number(language, step) });
    if (this.stage.firstChild !== image) this.stage.replaceChildren(image);
    this.image = image;
    this.root.dataset.step = String(step);
    const time = positionText("seconds", positionOf(columns, step, "seconds"), this.data);
    this.when.textContent = [positionText("step", step, this.data), time].filter(Boolean).join(" · ");
    this.onImage();
  }
}
