// @ts-check
// The sheet of samples on show: which of the loaded ones it is, and how large.

import { find } from "../shared/dom.mjs";
import { pictureWidth } from "./moments.mjs";

/** @import { Frames } from "../shared/frames.mjs" */
/** @import { Player } from "./player.mjs" */
/** @import { FilmData } from "./types.js" */

const DEFAULT_WIDTH = 900; // CSS pixels

export class FilmPicture {
  /** @type {HTMLImageElement | null} the sheet on show */
  image = null;
  /** The run whose sheet is on show. */
  #run = "";

  /**
   * @param {HTMLElement} root of the film
   * @param {FilmData} data
   */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.stage = find(root, ".stage");
    this.picture = find(root, ".picture");
    this.current = find(root, ".now");
    this.observer = new ResizeObserver(() => this.#fit());
    this.observer.observe(this.stage);
  }

  /** The step on show; NaN before the first sheet. */
  get step() {
    return Number(this.image?.dataset.step);
  }

  /**
   * Show the sheet of the present step, or while it loads the nearest one, if that is nearer than the one on show.
   * Return whether the picture has another size then.
   * @param {Frames} frames
   * @param {Player} player
   * @param {(step: number) => string} alt text for a step's sheet
   */
  paint(frames, { steps, index }, alt) {
    const loaded = frames.nearest(index);
    const image = loaded < 0 ? null : frames.image(steps[loaded]);
    if (!image || image === this.image) return false;
    const shown = this.#run === this.data.run ? steps.indexOf(this.step) : -1;
    if (shown >= 0 && loaded !== index && Math.abs(shown - index) <= Math.abs(loaded - index)) return false;
    image.alt = alt(steps[loaded]);
    image.classList.toggle("pixelated", Boolean(this.data.pixelated));
    this.current.replaceChildren(image);
    const hasNewSize = this.image?.naturalWidth !== image.naturalWidth;
    this.image = image;
    this.#run = this.data.run;
    this.root.querySelector(".wait")?.remove();
    this.picture.hidden = false;
    if (hasNewSize) this.#fit();
    return hasNewSize;
  }

  close() {
    this.observer.disconnect();
  }

  #fit() {
    if (!this.image || !this.stage.clientWidth) return;
    const available = Math.min(this.stage.clientWidth, this.data.most || DEFAULT_WIDTH);
    const isPixelated = Boolean(this.data.pixelated);
    const width = pictureWidth(this.image.naturalWidth, available, window.devicePixelRatio || 1, isPixelated);
    this.picture.style.width = `${width}px`;
    this.root.style.setProperty("--wide", `${width}px`);
  }
}
