// @ts-check
// The map of a model of points: the plane of the samples, coloured by D, with many samples on it. A click goes to the
// nearest sample.

import { randomState, rng } from "../latent.mjs";
import { verdict, verdictColour } from "./colours.mjs";
import { fractionDigits, verdictText } from "./image_layer.mjs";
import { middleOf } from "./viewport.mjs";

/** @import { SampleReader } from "../engine/classifiers.mjs" */
/** @import { App, LatentState } from "../types" */
/** @import { MapCanvas } from "./canvas.mjs" */
/** @import { Cell, Layer, StoredTile, Tile } from "./types" */

const SAMPLES = 1500;
const NODES = 8; // D judges both ends of a cell's side and NODES − 1 points between them
const TILE_SIDE = 32; // pixels, interpolated between the nodes
const EDGE = 2.5; // of the map, in every direction
const DOT_COLOURS = { data: "rgb(120 128 140 / .8)", outline: "rgb(18 20 30 / .85)", sample: "rgb(255 196 92)" };

/** @implements {Layer} */
export class PointLayer {
  /**
   * @param {App} app
   * @param {object} options
   * @param {Pick<SampleReader, "hasDiscriminator" | "judge">} options.reader
   * @param {() => void} options.onChange called when the samples have changed
   */
  constructor(app, { reader, onChange }) {
    this.app = app;
    this.reader = reader;
    this.onChange = onChange;
    this.box = { left: -EDGE, right: EDGE, bottom: -EDGE, top: EDGE };
    this.coarsest = -1;
    /** @type {[width: number, height: number]} */
    this.tileSize = [TILE_SIDE, TILE_SIDE];
    this.strength = 0;
    /** @type {LatentState[]} */
    this.states = [];
    /** @type {Float32Array} samples of the states, x and y in turn */
    this.samples = new Float32Array();
    /** @type {Float32Array | null} the sample of the current state */
    this.current = null;
    this.refreshes = 0; // of which only the last one counts
  }

  /**
   * @param {Cell[]} cells
   * @returns {Promise<Tile[]>}
   */
  async makeTiles(cells) {
    if (!this.reader.hasDiscriminator) {
      return cells.map(() => ({ pixels: new Uint8ClampedArray(4 * TILE_SIDE * TILE_SIDE) }));
    }
    const points = cells.flatMap(nodesOf);
    const states = Array.from({ length: points.length / 2 }, () => this.app.state);
    const logits = await this.reader.judge(Float32Array.from(points), states);
    const count = (NODES + 1) ** 2;
    return cells.map((_, k) => {
      const shares = [...logits.slice(k * count, (k + 1) * count)].map((logit) => verdict(logit, this.app.space));
      return { pixels: verdictPixels(shares), shares };
    });
  }

  isReady() {
    return true;
  }

  colourOf() {
    return "";
  }

  /** @param {StoredTile | undefined} tile */
  describe(tile) {
    if (!tile?.shares) return "";
    const mean = tile.shares.reduce((a, b) => a + b, 0) / tile.shares.length;
    return verdictText(this.app, mean);
  }

  /** Draw the samples again where the truncation has changed, and that of the current state. */
  async refresh() {
    const { app } = this;
    const refresh = ++this.refreshes;
    try {
      if (!this.states.length || this.states[0].psi !== app.state.psi) await this.drawSamples();
      this.current = await app.samples([app.state]);
      if (refresh === this.refreshes && !app.destroyed) this.onChange();
    } catch (error) {
      app.drawingFailed(error);
    }
  }

  async drawSamples() {
    const { space, state } = this.app;
    const { psi } = state;
    const generator = rng(0);
    const states = Array.from({ length: SAMPLES }, () => ({ ...randomState(space, generator.integer(2 ** 31)), psi }));
    this.samples = await this.app.samples(states);
    this.states = states;
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {MapCanvas} map
   * @param {number} ratio
   */
  drawOver(pen, map, ratio) {
    /** @type {(points: ArrayLike<number>, colour: string, size: number) => void} */
    const drawDots = (points, colour, size) => {
      pen.fillStyle = colour;
      for (let k = 0; k + 1 < points.length; k += 2) {
        const [x, y] = map.toScreen(points[k], points[k + 1]);
        pen.fillRect((x - size / 2) * ratio, (y - size / 2) * ratio, size * ratio, size * ratio);
      }
    };
    drawDots(this.app.space.cloud ?? [], DOT_COLOURS.data, 3);
    drawDots(this.samples, DOT_COLOURS.outline, 3.5);
    drawDots(this.samples, DOT_COLOURS.sample, 2);
  }

  position() {
    return this.current && { s: this.current[0], t: this.current[1], off: false };
  }

  /**
   * @param {number} s
   * @param {number} t
   * @param {boolean} drag
   */
  goTo(s, t, drag) {
    const { samples, states } = this;
    const distance = (/** @type {number} */ k) => (samples[2 * k] - s) ** 2 + (samples[2 * k + 1] - t) ** 2;
    const nearest = states.reduce((best, _, k) => (best < 0 || distance(k) < distance(best) ? k : best), -1);
    if (nearest >= 0) this.app.go({ ...states[nearest] }, { drag });
  }

  settle() {
    this.app.settle();
  }

  /** @param {number} units */
  lengthText(units) {
    return this.app.formatNumber(units, fractionDigits(units));
  }
}

/**
 * Return the points of a cell that D judges, row by row from the top, x and y in turn.
 *
 * @param {Cell} cell
 */
function nodesOf(cell) {
  const [middleX, middleY] = middleOf(cell);
  const size = 2 ** -cell.level;
  const offset = (/** @type {number} */ k) => (k / NODES - 0.5) * size;
  const count = NODES + 1;
  return Array.from({ length: count * count }, (_, k) => [
    middleX + offset(k % count),
    middleY - offset(Math.floor(k / count)),
  ]).flat();
}

/**
 * Interpolate verdicts bilinearly from (NODES + 1)² nodes to TILE_SIDE² pixels. Neighbouring cells meet without a
 * seam.
 *
 * @param {number[]} shares
 */
export function verdictPixels(shares) {
  const count = NODES + 1;
  const pixels = new Uint8ClampedArray(4 * TILE_SIDE * TILE_SIDE);
  const split = (/** @type {number} */ pixel) => {
    const node = ((pixel + 0.5) / TILE_SIDE) * NODES;
    return [Math.floor(node), node % 1];
  };
  for (let row = 0; row < TILE_SIDE; row++) {
    const [j, b] = split(row);
    for (let column = 0; column < TILE_SIDE; column++) {
      const [i, a] = split(column);
      const along = (/** @type {number} */ k) => (1 - a) * shares[k * count + i] + a * shares[k * count + i + 1];
      const share = (1 - b) * along(j) + b * along(j + 1);
      pixels.set([...verdictColour(share), 255], 4 * (row * TILE_SIDE + column));
    }
  }
  return pixels;
}
