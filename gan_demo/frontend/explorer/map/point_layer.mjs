// The map of a model of points: the plane of the samples, coloured by D, with many samples on it. A click goes to the nearest.
import { randomState, rng } from "../latent.mjs";
import { verdict, verdictColour } from "./colours.mjs";
import { middle } from "./viewport.mjs";

const MANY = 1500;
const NODES = 8; // a side of a cell is asked of D at both ends and NODES − 1 places between them
const FINE = 32; // pixels of a cell a side, interpolated
const EDGE = 2.5;

export class Points {
  constructor(app, { reader, changed }) {
    Object.assign(this, { app, reader, changed, states: [], x: new Float32Array(), here: null, asked: 0 });
    Object.assign(this, {
      box: { left: -EDGE, right: EDGE, bottom: -EDGE, top: EDGE },
      coarsest: -1,
      cell: [FINE, FINE],
      smooth: false,
    });
  }

  async make(cells) {
    if (!this.reader.hasDiscriminator)
      return cells.map(() => ({ pixels: new Uint8ClampedArray(4 * FINE * FINE), real: null }));
    const places = cells.flatMap((cell) => grid(cell));
    const each = (NODES + 1) ** 2;
    const logits = await this.reader.judge(Float32Array.from(places), Array(places.length / 2).fill(this.app.state));
    return cells.map((_, k) => {
      const shares = [...logits.slice(k * each, (k + 1) * each)].map((one) => verdict(one, this.app.space));
      return { pixels: Uint8ClampedArray.from(between(shares).flatMap((one) => [...verdictColour(one), 255])), shares };
    });
  }

  ready() {
    return true;
  }

  colour() {
    return "";
  }

  tell(cell) {
    if (!cell?.shares) return "";
    const mean = cell.shares.reduce((a, b) => a + b, 0) / cell.shares.length;
    return this.app.t("map.verdict", { share: this.app.formatNumber(100 * mean) });
  }

  // The samples, and where the current one is.
  async refresh() {
    const { app } = this;
    const turn = ++this.asked;
    try {
      if (!this.states.length || this.states[0].psi !== app.state.psi) await this.cloud();
      this.here = await app.samples([app.state]);
      if (turn === this.asked && !app.destroyed) this.changed();
    } catch (error) {
      app.drawingFailed(error);
    }
  }

  async cloud() {
    const chance = rng(0);
    const { psi } = this.app.state;
    const states = Array.from({ length: MANY }, () => ({
      ...randomState(this.app.space, chance.integer(2 ** 31)),
      psi,
    }));
    this.x = await this.app.samples(states);
    this.states = states;
  }

  over(pen, board, ratio) {
    const dots = (points, ink, size) => {
      pen.fillStyle = ink;
      for (let k = 0; k + 1 < points.length; k += 2) {
        const [x, y] = board.screen(points[k], points[k + 1]);
        pen.fillRect((x - size / 2) * ratio, (y - size / 2) * ratio, size * ratio, size * ratio);
      }
    };
    dots(this.app.space.cloud ?? [], "rgb(120 128 140 / .8)", 3);
    dots(this.x, "rgb(18 20 30 / .85)", 3.5);
    dots(this.x, "rgb(255 196 92)", 2);
  }

  where() {
    return this.here && { s: this.here[0], t: this.here[1], off: false };
  }

  go(s, t, drag) {
    let [best, nearest] = [Infinity, -1];
    for (let k = 0; k < this.states.length; k++) {
      const away = (this.x[2 * k] - s) ** 2 + (this.x[2 * k + 1] - t) ** 2;
      if (away < best) [best, nearest] = [away, k];
    }
    if (nearest >= 0) this.app.go({ ...this.states[nearest] }, { drag });
  }

  settle() {
    this.app.settle();
  }

  length(units) {
    return this.app.formatNumber(units, Math.max(0, -Math.floor(Math.log10(units))));
  }
}

// The places of a cell, row by row from the top, x and y in turn.
function grid(cell) {
  const [cx, cy] = middle(cell);
  const size = 2 ** -cell.level;
  const along = (k) => (k / NODES - 0.5) * size;
  const count = NODES + 1;
  return Array.from({ length: count * count }, (_, k) => [
    cx + along(k % count),
    cy - along(Math.floor(k / count)),
  ]).flat();
}

// Bilinear, from (NODES + 1)² places to FINE² pixels: neighbouring cells meet without a seam.
function between(shares) {
  const count = NODES + 1;
  const parts = (k) => {
    const place = ((k + 0.5) / FINE) * NODES;
    return [Math.floor(place), place % 1];
  };
  return Array.from({ length: FINE * FINE }, (_, k) => {
    const [[i, a], [j, b]] = [parts(k % FINE), parts(Math.floor(k / FINE))];
    const row = (at) => (1 - a) * shares[at * count + i] + a * shares[at * count + i + 1];
    return (1 - b) * row(j) + b * row(j + 1);
  });
}
