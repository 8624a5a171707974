// @ts-check
// A row of pictures of the journey with a slider over it, which shows and sets the position.

import { element } from "../../shared/dom.mjs";
import { duration, legCount, stateAt } from "./journey.mjs";

/** @import { App } from "../types" */
/** @import { Journey } from "./types" */

const PICTURES = 12;
const KEY_STEP = 0.05; // of a leg
/** @type {Record<string, number>} */
const STEPS = {
  ArrowLeft: -KEY_STEP,
  ArrowDown: -KEY_STEP,
  ArrowRight: KEY_STEP,
  ArrowUp: KEY_STEP,
  PageDown: -1,
  PageUp: 1,
};

export class Timeline {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {object} actions
   * @param {(position: number) => void} actions.seek called while the slider moves
   * @param {() => void} actions.released called when it is let go
   */
  constructor(app, host, { seek, released }) {
    this.app = app;
    this.seek = seek;
    this.draws = 0; // of which only the last one counts
    /** @type {Journey | null} */
    this.journey = null;
    this.canvases = Array.from({ length: PICTURES }, () => element("canvas", { className: "pixelated" }));
    const pictures = element("div", { className: "pictures" }, ...this.canvases);
    pictures.setAttribute("aria-hidden", "true");
    this.input = element("input", { type: "range", min: "0", step: "any" });
    this.input.setAttribute("aria-label", app.t("journey.scrub"));
    this.input.addEventListener("input", () => seek(Number(this.input.value)));
    this.input.addEventListener("change", () => {
      app.settle();
      released();
    });
    this.input.addEventListener("keydown", (event) => this.handleKey(event));
    this.root = element("div", { className: "scrub" }, pictures, this.input);
    host.append(this.root);
  }

  /**
   * Move a twentieth of a leg with the arrow keys, and to a keyframe with the Page keys.
   *
   * @param {KeyboardEvent} event
   */
  handleKey(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const target = Number(this.input.value) + step;
    const position = event.key.startsWith("Page") ? Math.round(target) : target;
    this.seek(Math.min(Number(this.input.max), Math.max(0, position)));
    this.app.settle();
  }

  /**
   * Draw the pictures again, if the journey's states have changed.
   *
   * @param {Journey} journey
   * @param {(canvas: HTMLCanvasElement, x: Float32Array, k: number) => void} paint draws the k-th sample of x
   */
  async draw(journey, paint) {
    const before = this.journey;
    this.journey = journey;
    const count = legCount(journey);
    this.input.max = String(Math.max(count, 0.001));
    this.input.disabled = !count;
    if (before && hasSameStates(before, journey)) return;
    const draw = ++this.draws;
    const states = this.canvases.map((_, k) => stateAt(journey, ((k + 0.5) * count) / PICTURES));
    try {
      const x = await this.app.samples(states);
      if (draw !== this.draws) return;
      this.canvases.forEach((canvas, k) => {
        paint(canvas, x, k);
      });
      this.root.dataset.drawn = String(draw);
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  /** @param {number} position */
  setPosition(position) {
    if (!this.journey) return;
    this.input.value = String(position);
    this.input.setAttribute("aria-valuetext", clockText(this.app, this.journey, position));
    this.root.style.setProperty("--share", String(position / Number(this.input.max)));
  }
}

/**
 * @param {Journey} a
 * @param {Journey} b
 */
function hasSameStates(a, b) {
  return a.keys === b.keys && a.loop === b.loop && a.spherical === b.spherical;
}

/**
 * Say a position in seconds of the whole journey.
 *
 * @param {App} app
 * @param {Journey} journey
 * @param {number} position
 */
export function clockText(app, journey, position) {
  return app.t("journey.clock", {
    at: app.formatNumber(position * journey.seconds, 1),
    of: app.formatNumber(duration(journey), 1),
  });
}
