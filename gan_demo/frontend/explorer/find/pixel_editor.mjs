// A picture to paint pixel by pixel: brush, filling, taking up a colour; keyboard too.
import { button } from "../../shared/dom.mjs";
import { hex, rgb } from "./image_input.mjs";

const KEPT = 60; // strokes that can be undone

export class Painter {
  // changed(): another picture.
  constructor(app, host, { changed }) {
    Object.assign(this, { app, changed, past: [], colour: "#000000", mode: "brush", size: 1, at: null, cell: null });
    [, this.h, this.w] = app.shape;
    this.pixels = new Uint8ClampedArray(4 * this.w * this.h).fill(255);
    host.innerHTML = `<div class="easel"><canvas class="pixelated" tabindex="0" role="application"></canvas><i class="cursor" hidden></i></div>
      <div class="modes pair" role="group"></div><div class="palette" role="group"></div>`;
    const [easel, modes, colours] = host.children;
    [this.canvas, this.cursor] = easel.children;
    this.colours = colours;
    this.canvas.setAttribute("aria-label", app.t("find.easel"));
    this.canvas.addEventListener("focus", () => this.moved());
    this.canvas.addEventListener("blur", () => {
      this.cursor.hidden = true;
    });
    colours.setAttribute("aria-label", app.t("find.colours"));
    this.modes = ["brush", "wide", "fill", "pick"].map((name) => this.mode_(name));
    modes.append(...this.modes);
    this.choose("brush");
    this.listen();
    this.draw();
  }

  mode_(name) {
    const made = button("", this.app.t(`find.${name}`));
    made.dataset.mode = name;
    made.addEventListener("click", () => this.choose(name));
    return made;
  }

  choose(name) {
    [this.mode, this.size] = name === "wide" ? ["brush", 2] : [name, 1];
    for (const one of this.modes) one.setAttribute("aria-pressed", String(one.dataset.mode === name));
  }

  // The colours on offer; the last chooses any other.
  offer(colours) {
    const any = Object.assign(document.createElement("input"), { type: "color", title: this.app.t("find.any_colour") });
    any.setAttribute("aria-label", any.title);
    any.addEventListener("input", () => this.take(any.value));
    this.any = any;
    this.swatches = colours.map((colour) => {
      const made = Object.assign(button("", "", this.app.t("find.colour", { name: colour })), { className: "swatch" });
      made.style.setProperty("--swatch", colour);
      made.dataset.colour = colour;
      made.addEventListener("click", () => this.take(colour));
      return made;
    });
    this.colours.replaceChildren(...this.swatches, any);
    this.take(colours[0] ?? "#000000");
  }

  take(colour) {
    this.colour = colour;
    for (const one of this.swatches) one.setAttribute("aria-pressed", String(one.dataset.colour === colour));
    this.any.value = colour;
    if (this.mode === "pick") this.choose("brush");
  }

  // A picture to start from.
  set(pixels) {
    this.keep();
    this.pixels.set(pixels);
    this.draw();
    this.changed();
  }

  listen() {
    const on = (name, act) => this.canvas.addEventListener(name, act);
    on("pointerdown", (event) => {
      if (event.button) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.press(this.place(event));
    });
    on("pointermove", (event) => {
      if (!this.at || !this.canvas.hasPointerCapture(event.pointerId)) return;
      const to = this.place(event);
      this.line(this.at, to);
      this.at = to;
    });
    const end = () => {
      if (this.at) this.changed();
      this.at = null;
    };
    on("pointerup", end);
    on("pointercancel", end);
    on("keydown", (event) => this.key(event));
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const part = (value, start, length, count) =>
      Math.min(count - 1, Math.max(0, Math.floor(((value - start) / length) * count)));
    return [part(event.clientX, box.left, box.width, this.w), part(event.clientY, box.top, box.height, this.h)];
  }

  press([x, y]) {
    if (this.mode === "pick") return this.take(this.colourAt(x, y));
    this.keep();
    if (this.mode === "fill") this.flood(x, y);
    else {
      this.at = [x, y];
      this.line(this.at, this.at);
      return;
    }
    this.draw();
    this.changed();
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (event.key === " " || event.key === "Enter") {
      this.press(this.cell);
      this.at = null;
      this.changed();
      this.moved();
    } else if (by) {
      this.cell = [(this.cell[0] + by[0] + this.w) % this.w, (this.cell[1] + by[1] + this.h) % this.h];
      this.moved();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Where the keyboard is.
  moved() {
    this.cell ??= [this.w >> 1, this.h >> 1];
    const [x, y] = this.cell;
    this.cursor.hidden = !this.canvas.matches(":focus-visible");
    Object.assign(this.cursor.style, {
      left: `${(100 * x) / this.w}%`,
      top: `${(100 * y) / this.h}%`,
      width: `${100 / this.w}%`,
      height: `${100 / this.h}%`,
    });
    this.app.announce(this.app.t("find.cell", { x: x + 1, y: y + 1, colour: this.colourAt(x, y) }));
  }

  keep() {
    this.past = [...this.past, this.pixels.slice()].slice(-KEPT);
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.pixels.set(before);
    this.draw();
    this.changed();
  }

  line([x0, y0], [x1, y1]) {
    const steps = Math.max(1, Math.abs(x1 - x0), Math.abs(y1 - y0));
    const colour = rgb(this.colour);
    for (let k = 0; k <= steps; k++) {
      const [x, y] = [Math.round(x0 + ((x1 - x0) * k) / steps), Math.round(y0 + ((y1 - y0) * k) / steps)];
      for (let dy = 0; dy < this.size; dy++) for (let dx = 0; dx < this.size; dx++) this.dot(x + dx, y + dy, colour);
    }
    this.draw();
  }

  dot(x, y, colour) {
    if (x < this.w && y < this.h) this.pixels.set([...colour, 255], 4 * (y * this.w + x));
  }

  flood(x, y) {
    const [from, to] = [this.colourAt(x, y), this.colour];
    if (from === to) return;
    const colour = rgb(to);
    for (const left = [[x, y]]; left.length; ) {
      const [a, b] = left.pop();
      if (a < 0 || b < 0 || a >= this.w || b >= this.h || this.colourAt(a, b) !== from) continue;
      this.dot(a, b, colour);
      left.push([a + 1, b], [a - 1, b], [a, b + 1], [a, b - 1]);
    }
  }

  colourAt(x, y) {
    const at = 4 * (y * this.w + x);
    return hex([...this.pixels.subarray(at, at + 3)]);
  }

  draw() {
    this.app.paint(this.canvas, this.pixels, this.w, this.h);
  }
}
