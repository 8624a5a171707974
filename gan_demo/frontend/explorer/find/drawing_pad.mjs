// @ts-check
// A pad to draw a digit on. Strokes are stored as lines, so that a digit can be drawn again in the size that the
// network knows, with a pen as thick as that of its training images.

/** @import { App } from "../types.js" */
import { element } from "../../shared/dom.mjs";
import { averagePool, boundsOf, centre } from "./digit_image.mjs";

const PEN_WIDTH = 2.3; // pixels of the model; MNIST's strokes are about as thick
const ERASER_WIDTH = 5;
const SCALE = 8; // pixels of the pad for one of the model
const DIGIT_SHARE = 20 / 28; // of the picture's side
const KEY_STEP = 1.5; // pixels that an arrow key moves the pen
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** In pixels of the model. @typedef {[x: number, y: number]} Point */
/** @typedef {{ isEraser: boolean, points: Point[] }} Stroke */

export class DrawingPad {
  isErasing = false;
  /** @type {Stroke[]} */
  strokes = [];
  /** The stroke that is being drawn. @type {Stroke | null} */
  #open = null;
  /** Where the keyboard's pen is. @type {Point | null} */
  #pen = null;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {{ isDigit: boolean, changed: () => void, undoable: (can: boolean) => void }} options `isDigit`: bring
   *   drawings to size and centre them; `undoable` is told whether there is a stroke to undo
   */
  constructor(app, host, { isDigit, changed, undoable }) {
    this.app = app;
    this.isDigit = isDigit;
    this.changed = changed;
    this.undoable = undoable;
    const [, height, width] = app.shape;
    this.height = height;
    this.width = width;
    this.canvas = element("canvas", {
      className: "pad",
      tabIndex: 0,
      width: SCALE * width,
      height: SCALE * height,
    });
    this.context = contextOf(this.canvas);
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", app.t("find.pad"));
    this.hint = element("p", { className: "hint", textContent: app.t("find.draw_here") });
    host.append(this.canvas, this.hint);
    this.listen();
    this.draw();
  }

  get isEmpty() {
    return this.strokes.every(({ isEraser }) => isEraser);
  }

  // ---- drawing

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.begin(this.pointOf(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#open || !canvas.hasPointerCapture(event.pointerId)) return;
      const events = [...(event.getCoalescedEvents?.() ?? []), event];
      this.#open.points.push(...events.map((each) => this.pointOf(each)));
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel", "blur"]) canvas.addEventListener(name, () => this.end());
    canvas.addEventListener("keydown", (event) => this.press(event));
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * this.width,
      ((event.clientY - box.top) / box.height) * this.height,
    ];
  }

  /** @param {Point} point */
  begin(point) {
    this.#open = { isEraser: this.isErasing, points: [point, point] };
    this.strokes.push(this.#open);
    this.draw();
  }

  end() {
    if (!this.#open) return;
    this.#open = null;
    this.draw();
    this.changed();
  }

  /**
   * Draw by keyboard: space puts the pen down and lifts it, the arrow keys move it.
   * @param {KeyboardEvent} event
   */
  press(event) {
    const direction = ARROWS[event.key];
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (event.key === " ") this.togglePen();
    else if (direction) this.movePen(direction);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  togglePen() {
    this.#pen ??= [this.width / 2, this.height / 2];
    if (this.#open) this.end();
    else this.begin([...this.#pen]);
    this.app.announce(this.app.t(this.#open ? "find.pen_down" : "find.pen_up"));
  }

  /** @param {Point} direction */
  movePen([right, down]) {
    const [x, y] = this.#pen ?? [this.width / 2, this.height / 2];
    this.#pen = [
      Math.min(this.width, Math.max(0, x + KEY_STEP * right)),
      Math.min(this.height, Math.max(0, y + KEY_STEP * down)),
    ];
    this.#open?.points.push([...this.#pen]);
    this.draw();
  }

  undo() {
    if (!this.strokes.length) return;
    this.strokes.pop();
    this.draw();
    this.changed();
  }

  /** Remove all strokes; the caller decides whether there is another picture instead. */
  wipe() {
    this.strokes = [];
    this.#open = null;
    this.draw();
  }

  // ---- pictures

  draw() {
    const { context } = this;
    this.undoable(this.strokes.length > 0);
    trace(context, this.strokes, [0, 0], 1);
    this.hint.hidden = !this.isEmpty;
    const root = /** @type {Document | ShadowRoot} */ (this.canvas.getRootNode());
    if (!this.#pen || root.activeElement !== this.canvas) return;
    const [x, y] = this.#pen;
    context.strokeStyle = getComputedStyle(this.canvas).getPropertyValue("--st-primary-color") || "#f60";
    context.lineWidth = 2;
    context.strokeRect((x - 1) * SCALE, (y - 1) * SCALE, 2 * SCALE, 2 * SCALE);
  }

  /** Return the drawing as a sample in [-1, 1], or null if there is none. */
  sample() {
    const large = element("canvas", { width: this.canvas.width, height: this.canvas.height });
    const context = contextOf(large);
    const image = () => context.getImageData(0, 0, large.width, large.height);
    trace(context, this.strokes, [0, 0], 1);
    const box = boundsOf(image());
    if (!box) return null;
    if (!this.isDigit) return toSample(averagePool(image(), SCALE));
    const pen = PEN_WIDTH * SCALE;
    const side = DIGIT_SHARE * SCALE * Math.max(this.width, this.height);
    const scale = (side - pen) / Math.max(1, Math.max(box.width, box.height) - pen);
    const middle = [(box.left + box.width / 2) / SCALE, (box.top + box.height / 2) / SCALE];
    trace(context, this.strokes, [this.width / 2 - scale * middle[0], this.height / 2 - scale * middle[1]], scale);
    return toSample(centre(averagePool(image(), SCALE), this.width, this.height));
  }
}

/** @param {Float32Array} grey 0 to 255 */
function toSample(grey) {
  return grey.map((value) => value / 127.5 - 1);
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("the browser has no 2-D canvas");
  return context;
}

/**
 * Draw strokes `scale` times as large and then moved by `offset`, with a pen that stays as thick as it is.
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Stroke[]} strokes
 * @param {Point} offset
 * @param {number} scale
 */
function trace(context, strokes, [offsetX, offsetY], scale) {
  context.fillStyle = "#000";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { isEraser, points } of strokes) {
    context.strokeStyle = isEraser ? "#000" : "#fff";
    context.lineWidth = SCALE * (isEraser ? ERASER_WIDTH * scale : PEN_WIDTH);
    context.beginPath();
    points.forEach(([x, y], k) => {
      const [left, top] = [SCALE * (offsetX + scale * x), SCALE * (offsetY + scale * y)];
      if (k) context.lineTo(left, top);
      else context.moveTo(left, top);
    });
    context.stroke();
  }
}
