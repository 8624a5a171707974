// @ts-check
/**
 * Samples as pictures of any size: images enlarged by whole factors, points as a white dot where they land.
 * @import { App, Pixels } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { drawBackground, drawPoint } from "./point_cloud.mjs";

export class SamplePainter {
  #app;
  #small;
  #large;

  /**
   * @param {App} app
   * @param {object} options
   * @param {number} options.maxSide pixels that pictures are wide at most, about
   * @param {boolean} [options.isEven] are the sides of enlarged pictures even, as video encoders want them?
   */
  constructor(app, { maxSide, isEven = false }) {
    this.#app = app;
    const [channels, height, width] = app.shape;
    const factor = Math.max(1, Math.floor(maxSide / width));
    const evenSide = 2 * Math.floor(maxSide / 2);
    this.isGrey = !app.drawsPoints && channels === 1;
    this.width = app.drawsPoints ? evenSide : width;
    this.height = app.drawsPoints ? evenSide : height;
    this.scale = 1;
    if (!app.drawsPoints) this.scale = isEven && factor % 2 && (width % 2 || height % 2) ? factor + 1 : factor;
    this.#small = element("canvas", { width: this.width, height: this.height });
    this.#large = element("canvas", this.outer);
  }

  /** The size of enlarged pictures. */
  get outer() {
    return { width: this.width * this.scale, height: this.height * this.scale };
  }

  /**
   * Return RGBA of the n-th sample of x, width × height.
   * @param {Float32Array} x
   * @param {number} n
   * @returns {Pixels}
   */
  pixels(x, n) {
    if (!this.#app.drawsPoints) return this.#app.pixels(x, n);
    const context = contextOf(this.#small, { willReadFrequently: true });
    drawBackground(context, this.width, this.#app.stage.cloud);
    drawPoint(context, this.width, x[2 * n], x[2 * n + 1]);
    return context.getImageData(0, 0, this.width, this.height).data;
  }

  /**
   * Return a canvas, the same each time, with a picture enlarged.
   * @param {Pixels} pixels
   */
  large(pixels) {
    contextOf(this.#small).putImageData(new ImageData(pixels, this.width, this.height), 0, 0);
    const context = contextOf(this.#large);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#small, 0, 0, this.#large.width, this.#large.height);
    return this.#large;
  }

  /**
   * Paint the n-th sample of x on a canvas in its natural size.
   * @param {HTMLCanvasElement} target
   * @param {Float32Array} x
   * @param {number} n
   */
  onto(target, x, n) {
    this.#app.paint(target, this.pixels(x, n), this.width, this.height);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
function contextOf(canvas, settings) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}
