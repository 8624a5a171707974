// A stage for models of points: where many samples land, in amber, and the current one as a white dot.
import { randomState, rng } from "../latent.mjs";

const MANY = 2000;
const EXTENT = 2; // the picture shows [-EXTENT, EXTENT] both ways
const [PAPER, REAL, FAKE] = ["rgb(22 24 33)", "rgb(112 128 158 / .7)", "rgb(255 176 64 / .55)"];

export class PointCloud {
  // model: which network of the engine draws them; ready() is called when they have changed.
  constructor(app, { model = "main", many = MANY, ready = () => app.stage.draw() } = {}) {
    Object.assign(this, { app, model, many, ready, ground: null, psi: null, turn: 0 });
  }

  use(model) {
    Object.assign(this, { model, psi: null });
  }

  // True if the canvas had another size.
  size(canvas, side) {
    if (canvas.width === side) return false;
    canvas.width = canvas.height = side;
    this.ground = null;
    return true;
  }

  paint(canvas, x) {
    const side = canvas.width;
    if (!this.ground || this.psi !== this.app.state.psi) this.refresh(side);
    const pen = canvas.getContext("2d");
    drawBackground(pen, side, this);
    for (let k = x.length / 2 - 1; k >= 0; k--) drawPoint(pen, side, x[2 * k], x[2 * k + 1], k);
  }

  // The samples behind the dot, for another truncation or size.
  async refresh(side) {
    const { app } = this;
    const turn = ++this.turn;
    this.psi = app.state.psi;
    this.ground ??= document.createElement("canvas");
    const chance = rng(0);
    const states = Array.from({ length: this.many }, () => ({
      ...randomState(app.space, chance.integer(2 ** 31)),
      psi: this.psi,
    }));
    try {
      const x = await app.samples(states, { model: this.model });
      if (turn !== this.turn || app.destroyed) return;
      Object.assign(this.ground, { width: side, height: side });
      const pen = this.ground.getContext("2d");
      scatter(pen, side, app.space.cloud ?? [], REAL, 1.6);
      scatter(pen, side, x, FAKE, 1.4);
      this.ready();
    } catch (error) {
      app.drawingFailed(error);
    }
  }
}

export function toCanvas(side, x, y) {
  return [((x / EXTENT + 1) * side) / 2, ((1 - y / EXTENT) * side) / 2];
}

function scatter(pen, side, points, ink, size) {
  const r = Math.max(0.9, (size * side) / 560);
  pen.fillStyle = ink;
  for (let k = 0; k + 1 < points.length; k += 2) {
    const [x, y] = toCanvas(side, points[k], points[k + 1]);
    pen.fillRect(x - r, y - r, 2 * r, 2 * r);
  }
}

// Where all samples land, as far as it is known.
export function drawBackground(pen, side, cloud) {
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, side, side);
  if (cloud?.ground) pen.drawImage(cloud.ground, 0, 0, side, side);
}

// A sample; the 0-th is the one that counts.
export function drawPoint(pen, side, x, y, k = 0) {
  const [cx, cy] = toCanvas(side, x, y);
  const r = Math.max(k ? 3 : 5, ((k ? 4 : 7) * side) / 560);
  for (const [radius, ink] of [
    [r * 1.4, "rgb(20 20 30)"],
    [r, k ? "rgb(95 176 245)" : "white"],
  ]) {
    pen.beginPath();
    pen.arc(cx, cy, radius, 0, 2 * Math.PI);
    pen.fillStyle = ink;
    pen.fill();
  }
}
