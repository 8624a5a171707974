// Dragging on the picture: left and right along one direction, up and down along another. Arrow keys do the same.
import { coordinate, withCoordinate } from "../latent.mjs";

const ACROSS = 5; // standard deviations from edge to edge
const CLICK = 5; // pixels that a click may wander
const STEP = 0.1;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

// Slant across and thickness upwards where strokes are drawn, else the two that change most.
function usual(directions) {
  const strokes = ["slant", "thickness"].map((name) =>
    directions.find((one) => one.family === "learned" && one.name === name),
  );
  const strongest = directions.filter((one) => one.family === "change").slice(0, 2);
  return [strokes, strongest].find((two) => two.length === 2 && two.every(Boolean)) ?? directions.slice(0, 2);
}

export class DragPlane {
  constructor(app, stage) {
    Object.assign(this, { app, stage, held: null, axes: usual(app.space.directions) });
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.take(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.leave(event));
    canvas.addEventListener("pointercancel", () => this.end());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  directionsArrived() {
    if (this.axes.length < 2) this.axes = usual(this.app.space.directions);
  }

  // `across` and `up` are of space.directions.
  set(across, up) {
    this.axes = [across, up];
  }

  get free() {
    return this.axes.length === 2 && !this.stage.locked && !this.stage.previewed;
  }

  take(event) {
    if (!this.free || event.button > 0 || this.held) return;
    this.stage.canvas.setPointerCapture(event.pointerId);
    const { state } = this.app;
    this.held = { id: event.pointerId, x: event.clientX, y: event.clientY, from: state, moving: false };
  }

  drag(event) {
    const { held } = this;
    if (held?.id !== event.pointerId) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moving && Math.hypot(x, y) < CLICK) return;
    held.moving = true;
    const side = this.stage.canvas.clientWidth || 1;
    this.go(held.from, (ACROSS * x) / side, (-ACROSS * y) / side, true);
  }

  leave(event) {
    const { held } = this;
    if (held?.id !== event.pointerId) return;
    this.end();
    if (!held.moving) this.click(event);
  }

  end() {
    if (this.held?.moving) this.app.settle();
    this.held = null;
  }

  go(from, right, up, drag) {
    const [across, upward] = this.axes.map((one) => one.u);
    const one = withCoordinate(from, across, coordinate(from, across) + right);
    this.app.go(withCoordinate(one, upward, coordinate(one, upward) + up), { drag });
  }

  key(event) {
    const way = KEYS[event.key];
    if (!way || !this.free || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 5 * STEP : STEP;
    this.go(this.app.state, way[0] * step, way[1] * step, event.repeat);
    if (!event.repeat) this.app.settle();
    const told = this.axes.map(
      (one) => `${this.app.directionName(one, true)} ${this.app.formatNumber(coordinate(this.app.state, one.u), 1)}`,
    );
    this.app.announce(told.join(", "));
  }

  // One of sixteen was clicked.
  click(event) {
    if (this.stage.count === 1 || !this.free) return;
    const { canvas } = this.stage;
    const box = canvas.getBoundingClientRect();
    const at = (share) => Math.min(3, Math.max(0, Math.floor(4 * share)));
    const index = 4 * at((event.clientY - box.top) / box.height) + at((event.clientX - box.left) / box.width);
    const chosen = this.stage.states()[index];
    if (index) this.app.go(chosen);
  }
}
