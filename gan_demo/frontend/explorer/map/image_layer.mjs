// @ts-check
// The map of a model of images: in each cell of a plane of latent space the sample of its middle, and what is read
// from it.

import { mostProbable } from "../engine/classifiers.mjs";
import { sameState } from "../latent.mjs";
import { positionOf, stateAt } from "./axes.mjs";
import { classColour, verdict, verdictColour } from "./colours.mjs";
import { middleOf } from "./viewport.mjs";

/** @import { SampleReader } from "../engine/classifiers.mjs" */
/** @import { App, LatentState } from "../types" */
/** @import { Box, Cell, Colouring, Layer, Plane, Position, StoredTile, Tile } from "./types" */

const GREY_TINT = 0.38; // strength; pictures in colour get a frame alone and stay as they are

/** @implements {Layer} */
export class ImageLayer {
  /**
   * @param {App} app
   * @param {object} options
   * @param {Plane} options.plane
   * @param {SampleReader} options.reader
   * @param {() => Colouring} options.colouring returns what the map is coloured by at the moment
   */
  constructor(app, { plane, reader, colouring }) {
    this.app = app;
    this.plane = plane;
    this.reader = reader;
    this.colouring = colouring;
    const { across, up } = plane;
    /** @type {Box} */
    this.box = { left: across.low, right: across.high, bottom: up.low, top: up.high };
    this.coarsest = across.direction && up.direction ? -1 : 0; // a wider cell would lie between two labels
    const [channels, height, width] = app.shape;
    /** @type {[width: number, height: number]} */
    this.tileSize = [width, height];
    this.strength = channels === 1 ? GREY_TINT : 0;
    /** @type {(Position & { state: LatentState }) | null} where the viewer went on the map */
    this.lastGoal = null;
  }

  /**
   * @param {Cell[]} cells
   * @returns {Promise<Tile[]>}
   */
  async makeTiles(cells) {
    const { app, reader } = this;
    const colouring = this.colouring();
    const states = cells.map((cell) => stateAt(this.plane, app.space.labels, ...middleOf(cell)));
    const x = await app.samples(states);
    const classes = typeof colouring === "number" ? await reader.read(x, cells.length) : null;
    const logits = colouring === "verdict" ? await reader.judge(x, states) : null;
    return cells.map((_, k) => ({
      pixels: app.pixels(x, k),
      ...(classes && { classes: classes[k] }),
      ...(logits && { real: verdict(logits[k], app.space) }),
    }));
  }

  /** @param {StoredTile} tile */
  isReady(tile) {
    const colouring = this.colouring();
    if (colouring === "") return true;
    return colouring === "verdict" ? tile.real !== undefined : tile.classes !== undefined;
  }

  /** @param {StoredTile} tile */
  colourOf(tile) {
    const colouring = this.colouring();
    if (colouring === "verdict" && tile.real !== undefined) return `rgb(${verdictColour(tile.real).join(" ")})`;
    if (typeof colouring === "number" && tile.classes) return classColour(mostProbable(tile.classes[colouring])[0]);
    return "";
  }

  /** @param {StoredTile | undefined} tile */
  describe(tile) {
    const { app } = this;
    const colouring = this.colouring();
    if (colouring === "verdict" && tile?.real !== undefined) return verdictText(app, tile.real);
    if (typeof colouring !== "number" || !tile?.classes) return "";
    const { name, values } = this.reader.fields[colouring];
    const [value, share] = mostProbable(tile.classes[colouring]);
    return app.t("map.reading", {
      field: app.fieldName(name),
      value: app.valueName(name, values[value]),
      share: app.formatNumber(100 * share),
    });
  }

  position() {
    const { state, space } = this.app;
    // On the axis of a label several positions have the same state: the marker stays where the viewer went.
    if (this.lastGoal && sameState(this.lastGoal.state, state)) return this.lastGoal;
    return positionOf(this.plane, space.labels, state);
  }

  /**
   * @param {number} s
   * @param {number} t
   * @param {boolean} drag
   */
  goTo(s, t, drag) {
    const state = stateAt(this.plane, this.app.space.labels, s, t);
    this.lastGoal = { state, s, t, off: false };
    this.app.go(state, { drag });
  }

  settle() {
    this.app.settle();
  }

  /** @param {number} units */
  lengthText(units) {
    if (!this.plane.across.direction) return "";
    return this.app.t("map.deviations", { n: this.app.formatNumber(units, fractionDigits(units)) });
  }
}

/**
 * @param {App} app
 * @param {number} share
 */
export function verdictText(app, share) {
  return app.t("map.verdict", { share: app.formatNumber(100 * share) });
}

/**
 * Return how many digits after the point a round length needs.
 *
 * @param {number} units
 */
export function fractionDigits(units) {
  return Math.max(0, -Math.floor(Math.log10(units)));
}
