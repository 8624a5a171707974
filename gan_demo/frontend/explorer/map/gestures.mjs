// @ts-check
// How a viewer moves on the map: drag, pinch, wheel, keys. A click goes there, and the marker of the current state
// can be dragged.

/** @import { MapCanvas } from "./canvas.mjs" */

const CLICK_PIXELS = 6; // that a click may wander
const GRIP_PIXELS = 18; // from the marker, within which it is dragged
const KEY_PIXELS = 48; // that an arrow key moves
const KEY_ZOOM = 1.5; // of + and −
const MIN_PINCH_PIXELS = 20; // between two fingers, so that no factor is extreme
const LINE_PIXELS = 33; // of a wheel that counts lines
const MAX_WHEEL_PIXELS = 150; // of one event
// milliseconds without wheel before the map takes it: scrolling the page does not end in the map
const WHEEL_PAUSE = 300;
/** @type {Record<string, [dx: number, dy: number]>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @typedef {[px: number, py: number]} Pixel from the top left of the map */
/** @typedef {"" | "press" | "grip" | "pan" | "marker" | "pinch"} Gesture press and grip may still become a click */

export class Gestures {
  /** @param {MapCanvas} map */
  constructor(map) {
    this.map = map;
    /** @type {Map<number, Pixel>} */
    this.pointers = new Map();
    /** @type {Gesture} */
    this.gesture = "";
    /** @type {Pixel} where the first pointer went down */
    this.start = [0, 0];
    this.lastWheel = Number.NEGATIVE_INFINITY; // time of any wheel event on the page
    this.ownsWheel = false;
    this.listeners = new AbortController();
    this.listen();
  }

  listen() {
    const { canvas, overlays } = this.map;
    canvas.addEventListener("pointerdown", (event) => this.pointerDown(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    canvas.addEventListener("pointerup", (event) => this.pointerUp(event));
    canvas.addEventListener("pointercancel", (event) => this.pointerUp(event));
    canvas.addEventListener("pointerleave", () => {
      overlays.reading.textContent = "";
    });
    canvas.addEventListener("keydown", (event) => this.handleKey(event));
    canvas.addEventListener("wheel", (event) => this.handleWheel(event), { passive: false });
    const { signal } = this.listeners;
    const options = { capture: true, passive: true, signal };
    document.addEventListener("wheel", (event) => this.noteWheelElsewhere(event), options);
  }

  /**
   * @param {MouseEvent} event
   * @returns {Pixel}
   */
  pixelOf(event) {
    const box = this.map.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // ---- pointers

  /** @param {PointerEvent} event */
  pointerDown(event) {
    if (event.button > 0 || !this.map.view) return;
    this.map.canvas.setPointerCapture(event.pointerId);
    const pixel = this.pixelOf(event);
    this.pointers.set(event.pointerId, pixel);
    if (this.pointers.size === 2) {
      if (this.gesture === "marker") this.map.layer?.settle();
      this.gesture = "pinch";
    } else if (this.pointers.size === 1) {
      this.gesture = this.isOnMarker(pixel) ? "grip" : "press";
      this.start = pixel;
    }
  }

  /** @param {Pixel} pixel */
  isOnMarker([px, py]) {
    const position = this.map.layer?.position();
    if (!position) return false;
    const [x, y] = this.map.toScreen(position.s, position.t);
    return Math.hypot(px - x, py - y) < GRIP_PIXELS;
  }

  /** @param {PointerEvent} event */
  pointerMove(event) {
    const before = this.pointers.get(event.pointerId);
    const pixel = this.pixelOf(event);
    if (!before) return this.hover(pixel);
    if (this.gesture === "pinch") this.pinch(event.pointerId, before, pixel);
    this.pointers.set(event.pointerId, pixel);
    if (this.gesture === "press" || this.gesture === "grip") {
      if (Math.hypot(pixel[0] - this.start[0], pixel[1] - this.start[1]) < CLICK_PIXELS) return;
      this.gesture = this.gesture === "grip" ? "marker" : "pan";
      this.map.canvas.classList.add("moving");
    }
    if (this.gesture === "pan") this.map.pan(pixel[0] - before[0], pixel[1] - before[1]);
    if (this.gesture === "marker") this.map.layer?.goTo(...this.map.toWorld(...pixel), true);
  }

  /**
   * Move and zoom so that what is between two fingers stays between them.
   *
   * @param {number} pointerId
   * @param {Pixel} before
   * @param {Pixel} pixel
   */
  pinch(pointerId, before, pixel) {
    const other = [...this.pointers].find(([id]) => id !== pointerId)?.[1];
    if (!other) return;
    /** @type {(a: Pixel) => number} */
    const distance = (a) => Math.max(MIN_PINCH_PIXELS, Math.hypot(a[0] - other[0], a[1] - other[1]));
    /** @type {(a: Pixel) => Pixel} */
    const middle = (a) => [(a[0] + other[0]) / 2, (a[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(pixel)];
    this.map.pan(to[0] - from[0], to[1] - from[1]);
    this.map.zoom(distance(pixel) / distance(before), ...to);
  }

  /** @param {PointerEvent} event */
  pointerUp(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { gesture, map } = this;
    if (this.pointers.size) {
      this.gesture = "pan"; // one finger of two is left
      return;
    }
    this.gesture = "";
    map.canvas.classList.remove("moving");
    if (gesture === "marker") map.layer?.settle();
    else if ((gesture === "press" || gesture === "grip") && event.type === "pointerup") this.goTo(this.pixelOf(event));
  }

  /** @param {Pixel} pixel */
  goTo(pixel) {
    const { map } = this;
    if (!map.layer) return;
    map.layer.goTo(...map.toWorld(...pixel), false);
    map.app.announce(map.layer.describe(map.tileAt(...pixel)) || map.app.t("map.went"));
  }

  /** @param {Pixel} pixel */
  hover(pixel) {
    const { map } = this;
    if (!map.view || !map.layer) return;
    map.canvas.classList.toggle("grip", this.isOnMarker(pixel));
    map.overlays.reading.textContent = map.layer.describe(map.tileAt(...pixel));
  }

  // ---- wheel and keys

  /** @param {WheelEvent} event */
  noteWheelElsewhere(event) {
    if (event.composedPath()[0] === this.map.canvas) return;
    this.ownsWheel = false;
    this.lastWheel = event.timeStamp;
  }

  /** @param {WheelEvent} event */
  handleWheel(event) {
    if (!this.map.view) return;
    if (event.timeStamp - this.lastWheel > WHEEL_PAUSE || event.ctrlKey) this.ownsWheel = true;
    this.lastWheel = event.timeStamp;
    if (!this.ownsWheel) return;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1);
    const bounded = Math.max(-MAX_WHEEL_PIXELS, Math.min(MAX_WHEEL_PIXELS, pixels));
    const factor = Math.exp(-bounded * (event.ctrlKey ? 0.01 : 0.0022)); // ctrl: a pinch on a touchpad
    const hasZoomed = this.map.zoom(factor, ...this.pixelOf(event));
    if (hasZoomed || event.ctrlKey || pixels < 0) event.preventDefault(); // else all is in view, and the page scrolls
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const { map } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || !map.view) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? 4 * KEY_PIXELS : KEY_PIXELS;
    if (arrow) map.pan(arrow[0] * step, arrow[1] * step);
    else if (event.key === "+" || event.key === "=") map.zoom(KEY_ZOOM);
    else if (event.key === "-") map.zoom(1 / KEY_ZOOM);
    else if (event.key === "0" || event.key === "Home") map.showAll();
    else if (event.key === "Enter" || event.key === " ") this.goTo([map.width / 2, map.height / 2]);
    else return;
    event.preventDefault();
  }

  close() {
    this.listeners.abort();
  }
}
