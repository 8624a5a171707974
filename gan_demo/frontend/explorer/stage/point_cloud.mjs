// @ts-check
/**
 * A stage for models of points: where many samples land, in amber, and the current one as a white dot.
 * @import { App } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { latentState, randomState, rng } from "../latent.mjs";

const MAX_POINTS = 2000;
const EXTENT = 2; // the picture shows [-EXTENT, EXTENT] both ways
const REFERENCE_SIDE = 560; // pixels of a picture for which sizes are given
const [BACKGROUND, REAL, FAKE] = ["rgb(22 24 33)", "rgb(112 128 158 / .7)", "rgb(255 176 64 / .55)"];

/**
 * @typedef {object} PointCloudOptions
 * @property {string} [model] network of the engine that draws them
 * @property {number} [count] of samples
 * @property {() => void} [ready] called when the samples have changed
 */

export class PointCloud {
  #app;
  #model;
  #count;
  #ready;
  #psi = NaN;
  #turn = 0;

  /**
   * @param {App} app
   * @param {PointCloudOptions} [options]
   */
  constructor(app, { model = "main", count = MAX_POINTS, ready = () => app.stage.draw() } = {}) {
    this.#app = app;
    this.#model = model;
    this.#count = count;
    this.#ready = ready;
    /** @type {HTMLCanvasElement | null} the samples behind the dot; null before their first picture */
    this.ground = null;
  }

  /** @param {string} model */
  useNetwork(model) {
    this.#model = model;
    this.#psi = NaN;
  }

  /**
   * Give a canvas a size; return whether it had another one.
   * @param {HTMLCanvasElement} canvas
   * @param {number} side
   */
  resize(canvas, side) {
    if (canvas.width === side) return false;
    canvas.width = side;
    canvas.height = side;
    this.ground = null;
    return true;
  }

  /**
   * Paint samples x (N, 2) on a canvas; the first is the current one.
   * @param {HTMLCanvasElement} canvas
   * @param {Float32Array} x
   */
  paint(canvas, x) {
    const side = canvas.width;
    if (!this.ground || this.#psi !== this.#app.state.psi) this.#refresh(side);
    const context = contextOf(canvas);
    drawBackground(context, side, this);
    for (let k = x.length / 2 - 1; k >= 0; k--) drawPoint(context, side, x[2 * k], x[2 * k + 1], k);
  }

  /**
   * Draw the samples behind the dot, for another truncation or size.
   * @param {number} side
   */
  async #refresh(side) {
    const app = this.#app;
    const turn = ++this.#turn;
    const { psi } = app.state;
    this.#psi = psi;
    this.ground ??= element("canvas");
    const random = rng(0);
    const states = Array.from({ length: this.#count }, () => {
      const { z, y } = randomState(app.space, random.integer(2 ** 31));
      return latentState(z, y, psi);
    });
    try {
      const x = await app.samples(states, { model: this.#model });
      if (turn !== this.#turn || app.destroyed) return;
      Object.assign(this.ground, { width: side, height: side });
      const context = contextOf(this.ground);
      scatter(context, side, app.space.cloud ?? [], REAL, 1.6);
      scatter(context, side, x, FAKE, 1.4);
      this.#ready();
    } catch (error) {
      app.drawingFailed(error);
    }
  }
}

/**
 * Return the pixel of a point of the plane.
 * @param {number} side
 * @param {number} x
 * @param {number} y
 * @returns {[x: number, y: number]}
 */
export function toCanvas(side, x, y) {
  return [((x / EXTENT + 1) * side) / 2, ((1 - y / EXTENT) * side) / 2];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {ArrayLike<number>} points x and y in turn
 * @param {string} colour
 * @param {number} size
 */
function scatter(context, side, points, colour, size) {
  const radius = Math.max(0.9, (size * side) / REFERENCE_SIDE);
  context.fillStyle = colour;
  for (let k = 0; k + 1 < points.length; k += 2) {
    const [x, y] = toCanvas(side, points[k], points[k + 1]);
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }
}

/**
 * Draw where all samples land, as far as it is known.
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {Pick<PointCloud, "ground"> | null} cloud
 */
export function drawBackground(context, side, cloud) {
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, side, side);
  if (cloud?.ground) context.drawImage(cloud.ground, 0, 0, side, side);
}

/**
 * Draw a sample; the 0-th is the current one.
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {number} x
 * @param {number} y
 * @param {number} [k]
 */
export function drawPoint(context, side, x, y, k = 0) {
  const [centreX, centreY] = toCanvas(side, x, y);
  const radius = Math.max(k ? 3 : 5, ((k ? 4 : 7) * side) / REFERENCE_SIDE);
  drawDisc(context, centreX, centreY, radius * 1.4, "rgb(20 20 30)");
  drawDisc(context, centreX, centreY, radius, k ? "rgb(95 176 245)" : "white");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
function drawDisc(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}
