// @ts-check
/**
 * Drawing points on the stage: a brush that follows mouse or finger, its size, density, an eraser, undo.
 * @import { Texts } from "../../shared/types.js"
 * @import { Stage } from "./stage.mjs"
 */

import { button, element } from "../../shared/dom.mjs";
import { Drawing } from "../data/drawing.mjs";

const LEAST = 8; // points that a training can begin with
const SPACING = 0.35; // of the brush's size between two dabs of a stroke

export class Pad {
  root = element("div", { className: "pad", hidden: true });
  #stage;
  #onDone;
  #drawing;
  #brush = { size: 0.2, density: 6, erases: false };
  /** @type {[number, number] | null} where the last dab was */
  #last = null;
  #buttons;
  #controller = new AbortController();

  /**
   * @param {Texts} texts
   * @param {Stage} stage
   * @param {{ uniform: () => number, normal: () => number }} random
   * @param {(points: Float32Array | null) => void} onDone called with the points, or null where nothing came of it
   */
  constructor(texts, stage, random, onDone) {
    this.#stage = stage;
    this.#onDone = onDone;
    this.#drawing = new Drawing(random);
    this.#buttons = {
      erase: button("", texts["pad.erase"]),
      undo: button("undo", "", texts["pad.undo"]),
      redo: button("redo", "", texts["pad.redo"]),
      clear: button("bin", "", texts["pad.clear"]),
      cancel: button("", texts.cancel),
      done: button("", texts["pad.done"], texts["pad.done"], "primary"),
    };
    const { erase, undo, redo, clear, cancel, done } = this.#buttons;
    this.root.append(
      element("p", { textContent: texts["pad.help"] }),
      this.#slider(texts["pad.size"], 0.04, 0.6, 0.02, "size"),
      this.#slider(texts["pad.density"], 1, 24, 1, "density"),
      element("div", { className: "row" }, erase, undo, redo, clear),
      element("div", { className: "row end" }, cancel, done),
    );
    this.#listen();
  }

  /** Begin with points, which may be none. */
  /** @param {Float32Array} points */
  open(points) {
    this.root.hidden = false;
    this.#controller = new AbortController();
    if (points.length) this.#drawing.replace(points);
    this.#listenToCanvas(this.#controller.signal);
    this.#stage.setDrawing(this.#drawing.points);
    this.#update();
  }

  close() {
    this.root.hidden = true;
    this.#controller.abort();
    this.#stage.setDrawing(null);
  }

  /**
   * @param {string} name
   * @param {number} min
   * @param {number} max
   * @param {number} step
   * @param {"size" | "density"} key
   */
  #slider(name, min, max, step, key) {
    const input = element("input", { type: "range", min: String(min), max: String(max), step: String(step) });
    input.value = String(this.#brush[key]);
    const share = () => input.style.setProperty("--share", String((Number(input.value) - min) / (max - min)));
    share();
    input.addEventListener("input", () => {
      this.#brush[key] = Number(input.value);
      share();
    });
    return element("label", { className: "setting" }, element("span", { className: "name", textContent: name }), input);
  }

  #listen() {
    const { erase, undo, redo, clear, cancel, done } = this.#buttons;
    erase.addEventListener("click", () => {
      this.#brush.erases = !this.#brush.erases;
      this.#update();
    });
    /** @param {() => void} change */
    const changing = (change) => () => {
      change();
      this.#stage.setDrawing(this.#drawing.points);
      this.#update();
    };
    undo.addEventListener(
      "click",
      changing(() => this.#drawing.undo()),
    );
    redo.addEventListener(
      "click",
      changing(() => this.#drawing.redo()),
    );
    clear.addEventListener(
      "click",
      changing(() => this.#drawing.replace(new Float32Array())),
    );
    cancel.addEventListener("click", () => this.#finish(null));
    done.addEventListener("click", () => this.#finish(this.#drawing.points));
  }

  /** @param {AbortSignal} signal */
  #listenToCanvas(signal) {
    const { canvas } = this.#stage;
    canvas.addEventListener(
      "pointerdown",
      (event) => {
        event.preventDefault();
        canvas.setPointerCapture(event.pointerId);
        this.#drawing.begin();
        this.#last = null;
        this.#dabTo(this.#stage.pointOf(event));
      },
      { signal },
    );
    canvas.addEventListener("pointermove", (event) => this.#last && this.#dabTo(this.#stage.pointOf(event)), {
      signal,
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"]))
      canvas.addEventListener(name, () => this.#lift(), { signal });
  }

  /**
   * Dab along the way from the last dab, so that a fast stroke has no gaps.
   * @param {[number, number]} point
   */
  #dabTo([x, y]) {
    const [fromX, fromY] = this.#last ?? [x, y];
    const distance = Math.hypot(x - fromX, y - fromY);
    const spacing = SPACING * this.#brush.size;
    if (this.#last && distance < spacing) return;
    const count = Math.max(1, Math.floor(distance / spacing));
    for (let k = 1; k <= count; k++) {
      this.#drawing.dab(fromX + ((x - fromX) * k) / count, fromY + ((y - fromY) * k) / count, this.#brush);
    }
    this.#last = [x, y];
    this.#stage.setDrawing(this.#drawing.points);
  }

  #lift() {
    if (!this.#last) return;
    this.#last = null;
    this.#drawing.end();
    this.#update();
  }

  #update() {
    const { erase, undo, redo, clear, done } = this.#buttons;
    erase.setAttribute("aria-pressed", String(this.#brush.erases));
    undo.disabled = !this.#drawing.canUndo;
    redo.disabled = !this.#drawing.canRedo;
    const count = this.#drawing.points.length / 2;
    clear.disabled = count === 0;
    done.disabled = count < LEAST;
  }

  /** @param {Float32Array | null} points */
  #finish(points) {
    this.close();
    this.#onDone(points);
  }
}
