// @ts-check
// A picture to paint pixel by pixel: brush, filling, picking up a colour; by keyboard too.

/** @import { App, Pixels } from "../types.js" */
import { button, element, find } from "../../shared/dom.mjs";
import { toHex, toRgb } from "./colours.mjs";

const MAX_UNDO = 60; // strokes
const BLACK = "#000000";
/** @type {Record<string, Cell>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {[column: number, row: number]} Cell */
/** @typedef {"brush" | "wide" | "fill" | "pick"} Mode */
/** @type {readonly Mode[]} */
const MODES = ["brush", "wide", "fill", "pick"];

export class PixelEditor {
  colour = BLACK;
  /** @type {Mode} */
  mode = "brush";
  /** Pictures before the last strokes. @type {Pixels[]} */
  #past = [];
  /** Where a stroke is being drawn. @type {Cell | null} */
  #brush = null;
  /** Where the keyboard is. @type {Cell} */
  #cell;
  /** @type {HTMLButtonElement[]} */
  #swatches = [];

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {{ changed: () => void, undoable: (can: boolean) => void }} options `undoable` is told whether there is a
   *   change to undo
   */
  constructor(app, host, { changed, undoable }) {
    this.app = app;
    this.changed = changed;
    this.undoable = undoable;
    const [, height, width] = app.shape;
    this.height = height;
    this.width = width;
    this.#cell = [width >> 1, height >> 1];
    /** @type {Pixels} */
    this.pixels = new Uint8ClampedArray(4 * width * height).fill(255);
    host.innerHTML = `<div class="easel">
        <canvas class="pixelated" tabindex="0" role="application"></canvas><i class="cursor" hidden></i>
      </div><div class="modes pair" role="group"></div><div class="palette" role="group"></div>`;
    this.canvas = find(host, "canvas");
    this.canvas.setAttribute("aria-label", app.t("find.easel"));
    this.cursor = find(host, ".cursor");
    this.palette = find(host, ".palette");
    this.palette.setAttribute("aria-label", app.t("find.colours"));
    this.modeButtons = MODES.map((mode) => this.buildMode(mode));
    find(host, ".modes").append(...this.modeButtons);
    this.anyColour = element("input", { type: "color", title: app.t("find.any_colour") });
    this.anyColour.setAttribute("aria-label", this.anyColour.title);
    this.anyColour.addEventListener("input", () => this.chooseColour(this.anyColour.value));
    this.chooseMode("brush");
    this.listen();
    this.draw();
  }

  // ---- modes and colours

  /** @param {Mode} mode */
  buildMode(mode) {
    const created = button("", this.app.t(`find.${mode}`));
    created.dataset.mode = mode;
    created.addEventListener("click", () => this.chooseMode(mode));
    return created;
  }

  /** @param {Mode} mode */
  chooseMode(mode) {
    this.mode = mode;
    for (const each of this.modeButtons) each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
  }

  /**
   * Offer these colours, beside any other.
   * @param {readonly string[]} colours
   */
  offer(colours) {
    this.#swatches = colours.map((colour) => {
      const swatch = button("", "", this.app.t("find.colour", { name: colour }), "swatch");
      swatch.style.setProperty("--swatch", colour);
      swatch.dataset.colour = colour;
      swatch.addEventListener("click", () => this.chooseColour(colour));
      return swatch;
    });
    this.palette.replaceChildren(...this.#swatches, this.anyColour);
    this.chooseColour(colours[0] ?? BLACK);
  }

  /** @param {string} colour */
  chooseColour(colour) {
    this.colour = colour;
    for (const swatch of this.#swatches) swatch.setAttribute("aria-pressed", String(swatch.dataset.colour === colour));
    this.anyColour.value = colour;
    if (this.mode === "pick") this.chooseMode("brush");
  }

  // ---- pointer and keyboard

  listen() {
    const { canvas } = this;
    canvas.addEventListener("focus", () => this.showCursor());
    canvas.addEventListener("blur", () => {
      this.cursor.hidden = true;
    });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.press(this.cellOf(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#brush || !canvas.hasPointerCapture(event.pointerId)) return;
      const to = this.cellOf(event);
      this.paintLine(this.#brush, to);
      this.#brush = to;
    });
    canvas.addEventListener("pointerup", () => this.endStroke());
    canvas.addEventListener("pointercancel", () => this.endStroke());
    canvas.addEventListener("keydown", (event) => this.pressKey(event));
  }

  /**
   * @param {PointerEvent} event
   * @returns {Cell}
   */
  cellOf(event) {
    const box = this.canvas.getBoundingClientRect();
    /** @param {number} share @param {number} count */
    const index = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return [
      index((event.clientX - box.left) / box.width, this.width),
      index((event.clientY - box.top) / box.height, this.height),
    ];
  }

  /**
   * Do at a pixel what the mode says. A stroke goes on until endStroke().
   * @param {Cell} cell
   */
  press(cell) {
    if (this.mode === "pick") {
      this.chooseColour(this.colourAt(cell));
      return;
    }
    this.remember();
    if (this.mode === "fill") {
      this.fill(cell);
      this.draw();
      this.changed();
    } else {
      this.#brush = cell;
      this.paintLine(cell, cell);
    }
  }

  endStroke() {
    if (!this.#brush) return;
    this.#brush = null;
    this.changed();
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const direction = ARROWS[event.key];
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (event.key === " " || event.key === "Enter") {
      this.press(this.#cell);
      this.endStroke();
      this.showCursor();
    } else if (direction) {
      const [column, row] = this.#cell;
      const [right, down] = direction;
      this.#cell = [(column + right + this.width) % this.width, (row + down + this.height) % this.height];
      this.showCursor();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show where the keyboard is, and say what is there. */
  showCursor() {
    const [column, row] = this.#cell;
    this.cursor.hidden = !this.canvas.matches(":focus-visible");
    Object.assign(this.cursor.style, {
      left: `${(100 * column) / this.width}%`,
      top: `${(100 * row) / this.height}%`,
      width: `${100 / this.width}%`,
      height: `${100 / this.height}%`,
    });
    const colour = this.colourAt(this.#cell);
    this.app.announce(this.app.t("find.cell", { x: column + 1, y: row + 1, colour }));
  }

  // ---- the picture

  /**
   * Put another picture in its place.
   * @param {Pixels} pixels
   */
  set(pixels) {
    this.remember();
    this.pixels.set(pixels);
    this.draw();
    this.changed();
  }

  remember() {
    this.#past = [...this.#past, this.pixels.slice()].slice(-MAX_UNDO);
  }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.pixels.set(before);
    this.draw();
    this.changed();
  }

  /**
   * @param {Cell} from
   * @param {Cell} to
   */
  paintLine([fromColumn, fromRow], [toColumn, toRow]) {
    const [right, down] = [toColumn - fromColumn, toRow - fromRow];
    const steps = Math.max(1, Math.abs(right), Math.abs(down));
    for (let k = 0; k <= steps; k++) {
      const column = Math.round(fromColumn + (right * k) / steps);
      const row = Math.round(fromRow + (down * k) / steps);
      this.dab([column, row]);
    }
    this.draw();
  }

  /**
   * Paint with the brush at one pixel; the wide one covers two by two.
   * @param {Cell} cell
   */
  dab([column, row]) {
    const size = this.mode === "wide" ? 2 : 1;
    for (let down = 0; down < size; down++) {
      for (let right = 0; right < size; right++) this.paintCell([column + right, row + down]);
    }
  }

  /** @param {Cell} cell */
  paintCell([column, row]) {
    if (column >= this.width || row >= this.height) return;
    this.pixels.set([...toRgb(this.colour), 255], 4 * (row * this.width + column));
  }

  /**
   * Paint all connected pixels of one colour.
   * @param {Cell} cell
   */
  fill(cell) {
    const from = this.colourAt(cell);
    if (from === this.colour) return;
    const waiting = [cell];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [column, row] = next;
      const isInside = column >= 0 && row >= 0 && column < this.width && row < this.height;
      if (!isInside || this.colourAt(next) !== from) continue;
      this.paintCell(next);
      waiting.push([column + 1, row], [column - 1, row], [column, row + 1], [column, row - 1]);
    }
  }

  /** @param {Cell} cell */
  colourAt([column, row]) {
    const start = 4 * (row * this.width + column);
    return toHex([...this.pixels.subarray(start, start + 3)]);
  }

  draw() {
    this.undoable(this.#past.length > 0);
    this.app.paint(this.canvas, this.pixels, this.width, this.height);
  }
}
