// A pad to draw a digit on. Strokes are kept as lines, so that the picture is drawn anew as large as the network knows digits,
// with a pen as thick as theirs, centred by its mass as MNIST is (LeCun et al. 1998): 20 of 28 pixels high or wide.
import { centred } from "./image_input.mjs";

const PEN = 2.3; // pixels of the model; MNIST's strokes are about as thick
const ERASER = 5;
const FINE = 8; // pixels of the pad for one of the model
const INSIDE = 20 / 28; // of the picture's side, for the digit
const KEY = 1.5; // pixels that an arrow key moves the pen

export class Pad {
  // changed(): another picture. `fitted`: is the drawing to be brought to size and centred?
  constructor(app, host, { fitted, changed }) {
    Object.assign(this, { app, fitted, changed, strokes: [], undone: [], erasing: false, open: null, pen: null });
    [, this.height, this.width] = app.shape;
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, { className: "pad", tabIndex: 0, width: FINE * this.width, height: FINE * this.height });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", app.t("find.pad"));
    this.hint = Object.assign(document.createElement("p"), { className: "hint", textContent: app.t("find.draw_here") });
    host.append(this.canvas, this.hint);
    this.listen();
    this.draw();
  }

  get empty() {
    return !this.strokes.some((one) => !one.erase);
  }

  listen() {
    const on = (name, act) => this.canvas.addEventListener(name, act);
    on("pointerdown", (event) => {
      if (event.button) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.begin(this.place(event));
    });
    on("pointermove", (event) => {
      if (!this.open || !this.canvas.hasPointerCapture(event.pointerId)) return;
      for (const one of event.getCoalescedEvents?.() ?? []) this.open.points.push(this.place(one));
      this.open.points.push(this.place(event));
      this.draw();
    });
    on("pointerup", () => this.end());
    on("pointercancel", () => this.end());
    on("keydown", (event) => this.key(event));
    on("blur", () => this.end());
  }

  // In pixels of the model.
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * this.width,
      ((event.clientY - box.top) / box.height) * this.height,
    ];
  }

  begin(point) {
    this.open = { erase: this.erasing, points: [point, point] };
    this.strokes.push(this.open);
    this.draw();
  }

  end() {
    if (!this.open) return;
    this.open = null;
    this.undone = [];
    this.draw();
    this.changed();
  }

  // Without a mouse: space puts the pen down and lifts it, the arrow keys move it.
  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (event.key === " ") {
      this.pen ??= [this.width / 2, this.height / 2];
      if (this.open) this.end();
      else this.begin([...this.pen]);
      this.app.announce(this.app.t(this.open ? "find.pen_down" : "find.pen_up"));
    } else if (by) {
      const [x, y] = this.pen ?? [this.width / 2, this.height / 2];
      this.pen = [
        Math.min(this.width, Math.max(0, x + KEY * by[0])),
        Math.min(this.height, Math.max(0, y + KEY * by[1])),
      ];
      this.open?.points.push([...this.pen]);
      this.draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  undo() {
    if (!this.strokes.length) return;
    this.strokes.pop();
    this.draw();
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.open = null;
    this.draw();
    this.changed();
  }

  draw() {
    trace(this.canvas.getContext("2d"), this.strokes, FINE, [0, 0], 1);
    this.hint.hidden = !this.empty;
    if (!this.pen || this.canvas.getRootNode().activeElement !== this.canvas) return;
    const pen = this.canvas.getContext("2d");
    pen.strokeStyle = getComputedStyle(this.canvas).getPropertyValue("--st-primary-color") || "#f60";
    pen.lineWidth = 2;
    pen.strokeRect((this.pen[0] - 1) * FINE, (this.pen[1] - 1) * FINE, 2 * FINE, 2 * FINE);
  }

  // The picture in [-1, 1] as the network would know it; null where nothing is drawn.
  picture() {
    const large = document.createElement("canvas");
    Object.assign(large, { width: this.canvas.width, height: this.canvas.height });
    const pen = large.getContext("2d", { willReadFrequently: true });
    trace(pen, this.strokes, FINE, [0, 0], 1);
    const box = bounds(pen.getImageData(0, 0, large.width, large.height));
    if (!box) return null;
    if (this.fitted) {
      const side = INSIDE * FINE * Math.max(this.width, this.height) - PEN * FINE;
      const times = side / Math.max(1, Math.max(box.width, box.height) - PEN * FINE);
      const middle = [(box.left + box.width / 2) / FINE, (box.top + box.height / 2) / FINE];
      trace(pen, this.strokes, FINE, [this.width / 2 - times * middle[0], this.height / 2 - times * middle[1]], times);
    }
    const grey = smaller(pen.getImageData(0, 0, large.width, large.height), FINE);
    return Float32Array.from(this.fitted ? centred(grey, this.width, this.height) : grey, (value) => value / 127.5 - 1);
  }
}

// Strokes moved by `by` and `times` as large; the pen stays as thick as it is.
function trace(pen, strokes, fine, by, times) {
  pen.globalCompositeOperation = "source-over";
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
  pen.lineCap = pen.lineJoin = "round";
  for (const { erase, points } of strokes) {
    pen.strokeStyle = erase ? "#000" : "#fff";
    pen.lineWidth = fine * (erase ? ERASER * times : PEN);
    pen.beginPath();
    points.forEach(([x, y], k) => pen[k ? "lineTo" : "moveTo"](fine * (by[0] + times * x), fine * (by[1] + times * y)));
    pen.stroke();
  }
}

function bounds({ data, width, height }) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x)] < 128) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// Means of squares of `fine` pixels.
function smaller({ data, width, height }, fine) {
  const [w, h] = [width / fine, height / fine];
  const grey = new Float32Array(w * h);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      grey[Math.floor(y / fine) * w + Math.floor(x / fine)] += data[4 * (y * width + x)] / fine ** 2;
  }
  return grey;
}
