// @ts-check
/**
 * The plane on one canvas: its layers, what the pointer says about them, and the movement from noise to output.
 * @import { Texts } from "../../shared/types.js"
 * @import { StageColours, StageFrame, View } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { drawArrows } from "../draw/arrows.mjs";
import { faded, readColours, surfaceRamp } from "../draw/colours.mjs";
import { contour } from "../draw/contour.mjs";
import { DENSITY_GRID, density, densityBalance } from "../draw/density.mjs";
import { HeatMap } from "../draw/heat_map.mjs";
import { toPlane } from "../draw/plane.mjs";
import { drawPoints, Trails } from "../draw/points.mjs";
import { WarpLayer } from "./warp_layer.mjs";

export const EXTENT = 2.5; // the plane shows [-2.5, 2.5] both ways
const MAX_SIDE = 1400; // canvas pixels
const SHOWN_REAL = 900; // points

export class Stage {
  root = element("div", { className: "stage" });
  canvas = element("canvas");
  #status = element("p", { className: "stage-status", hidden: true });
  /** @type {Set<string>} */
  #layers = new Set();
  /** @type {Float32Array | null} */
  #allReal = null;
  /** @type {Float32Array} those that are drawn */
  #real = new Float32Array();
  #realDensity = new Float32Array();
  /** @type {StageFrame | null} */
  #frame = null;
  /** @type {{ values: Float32Array, n: number } | null} what is drawn in place of D's surface */
  #override = null;
  /** @type {StageFrame | null} the newest frame whose surface is painted */
  #paintedFrame = null;
  /** @type {Float32Array | null} points that somebody draws, in place of everything */
  #drawing = null;
  #realLayer = element("canvas", { width: 0, height: 0 });
  #surface = new HeatMap();
  #balance = new HeatMap();
  #trails = new Trails();
  /** @type {StageColours} */
  #colours;
  #ramp = new Uint8ClampedArray();
  #request = 0;
  #observer;

  /** @param {Texts} texts */
  constructor(texts) {
    this.texts = texts;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", texts["stage.name"]);
    this.canvas.tabIndex = 0;
    this.warp = new WarpLayer(texts, () => this.redraw());
    this.#status.setAttribute("role", "status");
    this.root.append(this.canvas, this.warp.inset, this.#status);
    this.#colours = readColours(this.root);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.root);
    // the text's colour fades within a millisecond (lab.css), which says when the theme changes
    this.root.addEventListener("transitionend", ({ propertyName }) => propertyName === "color" && this.#readTheme());
    for (const name of /** @type {const} */ (["pointermove", "pointerdown"]))
      this.canvas.addEventListener(name, (event) => this.warp.hover(this.#shownWarp(), this.pointOf(event)));
    this.canvas.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.warp.hover(null, [0, 0]); // what a finger touched stays when it is lifted
    });
    this.canvas.addEventListener("click", () => this.warp.play(this.#shownWarp()));
    this.canvas.addEventListener("keydown", (event) => event.key === "Enter" && this.warp.play(this.#shownWarp()));
  }

  /** @returns {View} */
  get view() {
    return { extent: EXTENT, side: this.canvas.width };
  }

  /**
   * Return the point of the plane under the pointer.
   * @param {MouseEvent} event
   */
  pointOf(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return toPlane({ extent: EXTENT, side: width }, event.clientX - left, event.clientY - top);
  }

  /** @param {string} text of what the page waits for; "" nothing */
  say(text) {
    this.#status.textContent = text;
    this.#status.hidden = !text;
  }

  /** @param {Iterable<string>} names */
  setLayers(names) {
    this.#layers = new Set(names);
    if (!this.#shownWarp()) this.warp.hover(null, [0, 0]);
    this.redraw();
  }

  /** @param {Float32Array} points of the data */
  setReal(points) {
    if (points === this.#allReal) return;
    this.#allReal = points;
    this.#realDensity = density(points, EXTENT);
    this.#real = points.slice(0, 2 * SHOWN_REAL);
    this.#realLayer.width = 0; // to be painted again
    this.redraw();
  }

  /**
   * @param {StageFrame | null} frame
   * @param {boolean} follows whether it comes after the last, so that points have moved
   */
  setFrame(frame, follows = true) {
    this.#frame = frame;
    if (!follows || !frame) this.#trails.clear();
    if (frame) this.#trails.add(frame.samples); // also while they are off, to have them at once
    this.redraw();
  }

  /** @param {{ values: Float32Array, n: number } | null} map values of 0 to 1 in place of D's surface */
  setOverride(map) {
    this.#override = map;
    this.#paintedFrame = null;
    this.redraw();
  }

  /** @param {Float32Array | null} points that somebody draws, in place of everything; null ends it */
  setDrawing(points) {
    this.#drawing = points;
    this.root.classList.toggle("drawing", points !== null);
    this.redraw();
  }

  /** Draw with the next picture of the screen. */
  redraw() {
    this.#request ||= requestAnimationFrame(() => {
      this.#request = 0;
      this.draw();
    });
  }

  draw() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const { view } = this;
    if (!view.side) return;
    if (!this.#ramp.length) this.#readTheme();
    context.fillStyle = this.#colours.ground;
    context.fillRect(0, 0, view.side, view.side);
    if (this.#drawing) return this.#drawDrawing(context, view, this.#drawing);
    this.#drawSurface(context, view);
    if (this.#frame) this.#drawFrame(context, view, this.#frame);
    else if (this.#layers.has("real")) this.#drawReal(context, view);
  }

  close() {
    cancelAnimationFrame(this.#request);
    this.#observer.disconnect();
    this.warp.close();
  }

  #shownWarp() {
    return this.#layers.has("warp") && !this.#drawing ? (this.#frame?.warp ?? null) : null;
  }

  #resize() {
    const side = Math.min(MAX_SIDE, Math.round(this.root.clientWidth * Math.min(2, devicePixelRatio)));
    if (!side || side === this.canvas.width) return;
    this.canvas.width = this.canvas.height = side;
    this.draw(); // at once: a canvas of another size is empty
  }

  #readTheme() {
    this.#colours = readColours(this.root);
    this.#ramp = surfaceRamp(this.#colours);
    this.#paintedFrame = null;
    this.#realLayer.width = 0;
    this.redraw();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  #drawSurface(context, view) {
    const surface = this.#override ?? (this.#layers.has("surface") ? this.#frame?.surface : null);
    if (!surface) return;
    if (this.#paintedFrame !== this.#frame || !this.#frame) this.#surface.set(surface.values, surface.n, this.#ramp);
    this.#paintedFrame = this.#frame;
    this.#surface.draw(context, view.side);
    drawContour(context, view, surface, faded(this.#colours.text, 0.55));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {StageFrame} frame
   */
  #drawFrame(context, view, frame) {
    const layers = this.#layers;
    const { fake, text } = this.#colours;
    if (layers.has("density")) this.#drawBalance(context, view, frame);
    if (layers.has("warp") && frame.warp) this.warp.draw(context, view, frame.warp, fake);
    if (layers.has("real")) this.#drawReal(context, view);
    if (layers.has("trails")) this.#trails.draw(context, view, fake);
    if (layers.has("fake"))
      drawPoints(context, view, frame.samples, { colour: fake, size: pointSize(view), opacity: 0.75 });
    if (layers.has("arrows") && frame.arrows) {
      drawArrows(context, view, frame.arrows.points, frame.arrows.gradients, faded(text, 0.8));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Float32Array} points
   */
  #drawDrawing(context, view, points) {
    drawPoints(context, view, points, { colour: this.#colours.real, size: pointSize(view), opacity: 0.8 });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  #drawReal(context, view) {
    const { width } = this.#realLayer;
    if (width !== view.side) this.#paintReal(view);
    context.drawImage(this.#realLayer, 0, 0);
  }

  /**
   * Paint the data's points, which stay, on a canvas of their own.
   * @param {View} view
   */
  #paintReal(view) {
    this.#realLayer.width = this.#realLayer.height = view.side; // which clears it
    const context = /** @type {CanvasRenderingContext2D} */ (this.#realLayer.getContext("2d"));
    drawPoints(context, view, this.#real, { colour: this.#colours.real, size: pointSize(view), opacity: 0.6 });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {StageFrame} frame
   */
  #drawBalance(context, view, frame) {
    const balance = densityBalance(density(frame.densitySamples ?? frame.samples, EXTENT), this.#realDensity);
    this.#balance.set(balance, DENSITY_GRID, this.#ramp);
    this.#balance.draw(context, view.side);
  }
}

/** @param {View} view */
function pointSize({ side }) {
  return Math.max(3, side / 125);
}

/**
 * Draw where D can't decide.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {{ values: Float32Array, n: number }} surface
 * @param {string} colour
 */
function drawContour(context, view, { values, n }, colour) {
  const segments = contour(values, n, n, 0.5);
  const cell = view.side / (n - 1);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, view.side / 450);
  context.beginPath();
  for (let k = 0; k < segments.length; k += 4) {
    context.moveTo(segments[k] * cell, view.side - segments[k + 1] * cell);
    context.lineTo(segments[k + 2] * cell, view.side - segments[k + 3] * cell);
  }
  context.stroke();
}
