// @ts-check
// The samples of all runs at one moment, with one scrubber: the same step, the same time or as many images seen.

import { element, find } from "../shared/dom.mjs";
import { nearestStop, sheetSizes, stopDuration, stopsOf } from "./moments.mjs";
import { positionText, SampleFigure } from "./sample_figure.mjs";

/** @import { ComparedRun } from "./compared_run.mjs" */
/** @import { Axis, CompareData, RunSpec } from "./types.js" */

const HTML = `<div class="row"></div><div class="bar"><button type="button" class="play"></button>
  <input type="range" min="0" value="0" step="1"><output></output></div>`;

export class SampleSheets {
  /** @type {Map<string, SampleFigure>} by the id of the run */
  #figures = new Map();
  /** @type {number[]} the moments of all sheets on the axis */
  #stops = [];
  #index = 0;
  /** @type {number | null} the moment on show */
  #moment = null;
  #isFollowing = true;
  /** @type {Axis | null} */
  #axis = null;
  #timer = 0;
  /** Whether somebody has moved through the history, which is then loaded ahead. */
  #isTouched = false;

  /**
   * @param {HTMLElement} parent
   * @param {CompareData} data
   * @param {(moment: number | null, byHand: boolean) => void} onMove called with the moment on show, null for the
   *   newest, and whether the viewer went there
   */
  constructor(parent, data, onMove) {
    this.data = data;
    this.onMove = onMove;
    this.root = element("div", { className: "sheets", innerHTML: HTML });
    parent.append(this.root);
    this.row = find(this.root, ".row");
    this.slider = find(this.root, "input");
    this.output = find(this.root, "output");
    this.play = find(this.root, "button");
    this.slider.addEventListener("input", () => this.#moveByHand(Number(this.slider.value)));
    this.play.addEventListener("click", () => {
      if (this.#timer) this.stop();
      else this.#play();
    });
    this.observer = new ResizeObserver(() => this.#fit());
    this.observer.observe(this.row);
  }

  /** The moment that the charts mark; null for the newest. */
  get markedMoment() {
    return this.#isFollowing ? null : this.#moment;
  }

  /**
   * @param {{ spec: RunSpec, run: ComparedRun }[]} runs those of which something is known, in their order
   * @param {CompareData} data
   */
  draw(runs, data) {
    if (this.#axis !== data.axis) this.#isFollowing = true; // the old moment means nothing on another axis
    this.#axis = data.axis;
    this.data = data;
    this.#arrange(runs);
    this.#stops = stopsOf([...this.#figures.values()].map((figure) => figure.positions));
    const count = this.#stops.length;
    this.slider.max = String(Math.max(0, count - 1));
    this.slider.disabled = count < 2;
    this.play.disabled = count < 2;
    this.slider.setAttribute("aria-label", data.texts.scrub);
    this.root.hidden = !count;
    if (count) this.#show(this.#isFollowing ? count - 1 : nearestStop(this.#stops, this.#moment), false);
  }

  /**
   * Show the moment nearest to a position on the axis.
   * @param {number} position
   */
  seek(position) {
    this.#moveByHand(nearestStop(this.#stops, position));
  }

  /**
   * Show the moment nearest to a position on the axis, null for the newest, to which a class is led; return whether
   * there is any.
   * @param {number | null} position
   */
  lead(position) {
    if (!this.#stops.length) return false;
    this.stop();
    this.#isTouched = true;
    this.#show(nearestStop(this.#stops, position), false);
    return true;
  }

  /** Stop playing. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#drawPlayButton();
  }

  close() {
    clearInterval(this.#timer);
    this.observer.disconnect();
  }

  /** @param {number} index */
  #moveByHand(index) {
    this.stop();
    this.#isTouched = true;
    this.#show(index, true);
  }

  /** @param {{ spec: RunSpec, run: ComparedRun }[]} runs */
  #arrange(runs) {
    for (const [id, figure] of this.#figures) {
      if (runs.some(({ spec }) => spec.id === id)) continue;
      figure.root.remove();
      this.#figures.delete(id);
    }
    runs.forEach(({ spec, run }, index) => {
      let figure = this.#figures.get(spec.id);
      if (!figure) {
        figure = new SampleFigure(spec, run, this.data, () => this.#fit());
        this.#figures.set(spec.id, figure);
      }
      const before = this.row.children[index];
      if (before !== figure.root) this.row.insertBefore(figure.root, before ?? null);
      figure.update(spec, this.data);
    });
    this.row.style.setProperty("--count", String(runs.length));
  }

  /**
   * @param {number} index
   * @param {boolean} byHand
   */
  #show(index, byHand) {
    const last = this.#stops.length - 1;
    const moment = this.#stops[index];
    this.#index = index;
    this.#moment = moment;
    this.#isFollowing = index === last;
    this.slider.value = String(index);
    this.slider.style.setProperty("--share", `${last > 0 ? (100 * index) / last : 100}%`);
    this.output.textContent = positionText(this.data.axis, moment, this.data);
    this.slider.setAttribute("aria-valuetext", this.output.textContent);
    for (const figure of this.#figures.values()) figure.show(moment, this.#isTouched);
    this.#drawPlayButton();
    this.onMove(this.markedMoment, byHand);
  }

  #fit() {
    const figures = [...this.#figures.values()];
    const available = Math.min(...figures.map((figure) => figure.stage.clientWidth));
    if (!available || !Number.isFinite(available)) return;
    const images = figures.flatMap(({ image, spec }) => (image ? [{ image, isPixelated: spec.pixelated }] : []));
    const sheets = images.map(({ image, isPixelated }) => ({ naturalWidth: image.naturalWidth, isPixelated }));
    sheetSizes(sheets, available, window.devicePixelRatio || 1).forEach(({ width, isPixelated }, index) => {
      images[index].image.classList.toggle("pixelated", isPixelated);
      images[index].image.style.width = `${width}px`;
    });
  }

  #play() {
    this.#isTouched = true;
    if (this.#index >= this.#stops.length - 1) this.#show(0, true);
    this.#timer = window.setInterval(() => {
      if (document.hidden || !this.root.isConnected) return;
      if (this.#index < this.#stops.length - 1) this.#show(this.#index + 1, true);
      else this.stop();
    }, stopDuration(this.#stops.length));
    this.#drawPlayButton();
  }

  #drawPlayButton() {
    const { texts } = this.data;
    const name = this.#timer ? texts.pause : texts.play;
    this.play.textContent = this.#timer ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", name);
    this.play.title = name;
  }
}
