// @ts-check
/**
 * The picture of the current state, or sixteen around it. One draw at a time, the newest wins; dragging moves in a
 * plane.
 * @import { App } from "../app.mjs"
 * @import { LatentState } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { toPixels } from "../engine/engine.mjs";
import { neighbours } from "../latent.mjs";
import { DragPlane } from "./drag_plane.mjs";
import { PointCloud } from "./point_cloud.mjs";
import { GAP, pictureSize, SIDE, stageSize } from "./stage_size.mjs";

const FRAME_MS = 14; // shorter than a frame of a usual screen
const MAX_MEASURES = 500; // entries that are left in the browser's performance timeline

/** @typedef {(canvas: HTMLCanvasElement) => void} Draw */

let stageCount = 0;

export class Stage {
  #app;
  #host;
  #box;
  #moment;
  #observer;
  // of its own, as the stage of the model before may still be drawn with the same engine
  #channel = `stage ${++stageCount}`;
  #network = "main";
  /** @type {Draw | null} */
  #lock = null;
  /** @type {Promise<void> | null} */
  #drawing = null;
  #isOutdated = false;
  #drawn = 0;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.#app = app;
    this.#host = host;
    this.canvas = element("canvas", { className: "pixelated", tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", app.t("stage.alt"));
    this.canvas.setAttribute("aria-roledescription", app.t("stage.role")); // a picture that takes keys
    this.#moment = element("p", { className: "moment", hidden: true });
    this.noticeLine = element("p", { className: "notice" });
    this.noticeLine.setAttribute("role", "status");
    this.noticeLine.addEventListener("click", () => {
      if (getSelection()?.isCollapsed !== false) app.showNotice("");
    });
    this.overlay = element("div", { className: "overlay" }, this.#moment, this.noticeLine);
    this.#box = host.appendChild(element("div", { className: "stage" }, this.canvas, this.overlay));
    /** @type {PointCloud | null} */
    this.cloud = app.drawsPoints ? new PointCloud(app) : null;
    this.count = !app.drawsPoints && app.params.get("stage", "count") === "16" ? SIDE * SIDE : 1;
    this.seed = 1; // of the neighbours
    this.spread = 0.3;
    /** @type {LatentState | null} */
    this.previewed = null;
    this.plane = new DragPlane(app, this);
    this.#observer = new ResizeObserver(() => this.fit());
    this.#observer.observe(this.#column);
  }

  /** The column of the page that the stage is in. */
  get #column() {
    return /** @type {HTMLElement} */ (this.#host.parentElement);
  }

  get isLocked() {
    return this.#lock !== null;
  }

  // ---- what to draw

  /** @param {LatentState | null} state */
  preview(state) {
    this.previewed = state;
    return this.draw();
  }

  /** @param {Draw | null} draw */
  lock(draw) {
    this.#lock = draw;
    if (draw) draw(this.canvas);
    else this.draw();
  }

  /**
   * Let another network of the engine draw, with a caption that says which; null: the model itself.
   * @param {string | null} name
   * @param {string} [caption]
   */
  useNetwork(name, caption = "") {
    this.#moment.textContent = caption;
    this.#moment.hidden = !caption;
    this.#network = name ?? "main";
    this.cloud?.useNetwork(this.#network);
    return this.draw();
  }

  /** @param {1 | 16} count */
  setCount(count) {
    this.count = count;
    this.fit();
    return this.draw();
  }

  /**
   * Show other neighbours.
   * @param {number} seed
   */
  shuffle(seed) {
    this.seed = seed;
    return this.draw();
  }

  /** Return the states on show, in the order of the picture; the first is the current one. */
  states() {
    const current = this.previewed ?? this.#app.state;
    return this.count === 1 ? [current] : [current, ...neighbours(current, SIDE * SIDE - 1, this.seed, this.spread)];
  }

  /**
   * Draw; resolves when what is current now, or something newer, is on the canvas.
   * @returns {Promise<void>}
   */
  draw() {
    if (this.isLocked || this.#app.replaced) return Promise.resolve();
    if (this.#drawing) {
      this.#isOutdated = true;
      return this.#drawing;
    }
    this.#drawing = this.#drawAll().finally(() => {
      this.#drawing = null;
    });
    return this.#drawing;
  }

  async #drawAll() {
    try {
      do {
        this.#isOutdated = false;
        const started = performance.now();
        if (!(await this.#drawOnce(started))) return;
        // not more often than the screen shows
        if (this.#isOutdated && performance.now() - started < FRAME_MS) await nextFrame();
      } while (this.#isOutdated && !this.isLocked);
    } catch (error) {
      this.#app.drawingFailed(error);
      if (!this.#app.isShown) throw error;
    }
  }

  /**
   * Draw the current states once; return false if the app is gone meanwhile.
   * @param {number} started
   */
  async #drawOnce(started) {
    const changedAt = this.#app.changedAt || started;
    const states = this.states();
    const preview = this.#previewShape();
    const options = { urgent: true, channel: this.#channel, model: this.#network, preview: preview !== null };
    const x = await this.#app.samples(states, options);
    if (this.#app.destroyed) return false;
    if (!this.isLocked) this.#paint(x, states.length, preview ?? this.#app.shape);
    this.#measure(changedAt);
    return true;
  }

  /** The shape of a smaller image that does while the state is dragged, or null. */
  #previewShape() {
    const isDragged = this.#app.isDragging && this.count === 1 && this.#network === "main";
    return (isDragged && this.#app.space.styles?.preview) || null;
  }

  /**
   * @param {Float32Array} x
   * @param {number} count
   * @param {number[]} shape of an image
   */
  #paint(x, count, shape) {
    if (this.cloud) this.cloud.paint(this.canvas, x);
    else if (count === 1) this.#app.paint(this.canvas, toPixels(x, shape), shape[2], shape[1]);
    else this.#paintSheet(x, count);
    this.canvas.dataset.drawn = String(++this.#drawn);
  }

  /**
   * @param {Float32Array} x
   * @param {number} count
   */
  #paintSheet(x, count) {
    const [, height, width] = this.#app.shape;
    const [sheetWidth, sheetHeight] = pictureSize(this.#app.shape, count);
    if (this.canvas.width !== sheetWidth || this.canvas.height !== sheetHeight)
      Object.assign(this.canvas, { width: sheetWidth, height: sheetHeight });
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    for (let k = 0; k < count; k++) {
      const image = new ImageData(this.#app.pixels(x, k), width, height);
      context.putImageData(image, (k % SIDE) * (width + GAP), Math.floor(k / SIDE) * (height + GAP));
    }
  }

  /**
   * Record the time from a change to the canvas, for benchmarks.
   * @param {number} start
   */
  #measure(start) {
    performance.measure("explorer:draw", { start, end: performance.now() });
    if (this.#drawn % MAX_MEASURES === 0) performance.clearMeasures("explorer:draw");
  }

  // ---- its size

  /** Size the stage so that each pixel of a sample is a square of whole device pixels. */
  fit() {
    const width = this.#host.clientWidth;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    const containerWidth = this.#app.container.getBoundingClientRect().width;
    const room = { width, containerWidth, windowHeight: window.innerHeight, ratio };
    const size = stageSize(this.#app.shape, this.#app.drawsPoints, this.count, room);
    this.#box.style.width = `${size.width}px`;
    this.#box.style.height = `${size.height}px`;
    this.#box.style.setProperty("--gap", `${GAP * size.pixel}px`);
    this.#host.style.minHeight = `${size.reservedHeight}px`; // what is below stays, one or sixteen
    if (this.cloud?.resize(this.canvas, Math.round(size.width * ratio))) this.draw();
    this.#lock?.(this.canvas);
    const column = this.#column; // it stays in sight beside a long tool, if all of it can
    column.classList.toggle("sticks", column.offsetHeight < window.innerHeight - 80);
  }

  destroy() {
    this.#observer.disconnect();
  }
}

/** Resolves at the next frame of the screen. */
export function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
