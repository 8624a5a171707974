// @ts-check
/**
 * Dragging on the picture: left and right along one direction, up and down along another. Arrow keys do the same.
 * @import { App, Direction, LatentState } from "../types.js"
 * @import { Stage } from "./stage.mjs"
 */
import { coordinate, withCoordinate } from "../latent.mjs";

const ACROSS = 5; // standard deviations from edge to edge
const CLICK_RADIUS = 5; // pixels that a click may wander
const KEY_STEP = 0.1; // standard deviations
const SIDE = 4; // samples a row, with neighbours

/** @type {Partial<Record<string, [right: number, up: number]>>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/**
 * @typedef {object} Drag
 * @property {number} pointer id
 * @property {number} x
 * @property {number} y
 * @property {LatentState} from
 * @property {boolean} hasMoved
 */

export class DragPlane {
  #app;
  #stage;
  /** @type {Drag | null} */
  #drag = null;

  /**
   * @param {App} app
   * @param {Stage} stage
   */
  constructor(app, stage) {
    this.#app = app;
    this.#stage = stage;
    /** The directions across and up; fewer than two where there are no directions. */
    this.axes = defaultAxes(app.space.directions);
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.#pressed(event));
    canvas.addEventListener("pointermove", (event) => this.#moved(event));
    canvas.addEventListener("pointerup", (event) => this.#released(event));
    canvas.addEventListener("pointercancel", () => this.#end());
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  directionsArrived() {
    if (this.axes.length < 2) this.axes = defaultAxes(this.#app.space.directions);
  }

  /**
   * @param {Direction} across
   * @param {Direction} up
   */
  set(across, up) {
    this.axes = [across, up];
  }

  get #isFree() {
    return this.axes.length === 2 && !this.#stage.isLocked && !this.#stage.previewed;
  }

  /** @param {PointerEvent} event */
  #pressed({ pointerId, clientX, clientY, button }) {
    if (!this.#isFree || button > 0 || this.#drag) return;
    this.#stage.canvas.setPointerCapture(pointerId);
    this.#drag = { pointer: pointerId, x: clientX, y: clientY, from: this.#app.state, hasMoved: false };
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.hasMoved && Math.hypot(x, y) < CLICK_RADIUS) return;
    drag.hasMoved = true;
    const side = this.#stage.canvas.clientWidth || 1;
    this.#go(drag.from, (ACROSS * x) / side, (-ACROSS * y) / side, true);
  }

  /** @param {PointerEvent} event */
  #released(event) {
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    this.#end();
    if (!drag.hasMoved) this.#clicked(event);
  }

  #end() {
    if (this.#drag?.hasMoved) this.#app.settle();
    this.#drag = null;
  }

  /**
   * @param {LatentState} from
   * @param {number} right standard deviations
   * @param {number} up
   * @param {boolean} isDrag
   */
  #go(from, right, up, isDrag) {
    const [across, upward] = this.axes.map((axis) => axis.u);
    const state = withCoordinate(from, across, coordinate(from, across) + right);
    this.#app.go(withCoordinate(state, upward, coordinate(state, upward) + up), { drag: isDrag });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = KEYS[event.key];
    if (!way || !this.#isFree || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 5 * KEY_STEP : KEY_STEP;
    this.#go(this.#app.state, way[0] * step, way[1] * step, event.repeat);
    if (!event.repeat) this.#app.settle();
    const app = this.#app;
    const positions = this.axes.map(
      (axis) => `${app.directionName(axis, true)} ${app.formatNumber(coordinate(app.state, axis.u), 1)}`,
    );
    app.announce(positions.join(", "));
  }

  /**
   * Go to the neighbour that was clicked.
   * @param {PointerEvent} event
   */
  #clicked(event) {
    if (this.#stage.count === 1 || !this.#isFree) return;
    const { left, top, width, height } = this.#stage.canvas.getBoundingClientRect();
    /** @type {(share: number) => number} */
    const cell = (share) => Math.min(SIDE - 1, Math.max(0, Math.floor(SIDE * share)));
    const index = SIDE * cell((event.clientY - top) / height) + cell((event.clientX - left) / width);
    const state = this.#stage.states()[index];
    if (index) this.#app.go(state);
  }
}

/**
 * Return slant across and thickness upwards where strokes are drawn, else the two directions that change most.
 * @param {Direction[]} directions
 */
function defaultAxes(directions) {
  const strokes = ["slant", "thickness"].flatMap((name) =>
    directions.filter((direction) => direction.family === "learned" && direction.name === name).slice(0, 1),
  );
  const strongest = directions.filter(({ family }) => family === "change").slice(0, 2);
  return [strokes, strongest].find((axes) => axes.length === 2) ?? directions.slice(0, 2);
}
