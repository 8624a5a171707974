// @ts-check
// The current state drawn by several networks, side by side, each as soon as it is there; they follow every change.

import { button, element } from "../../shared/dom.mjs";
import { PointCloud } from "../stage/point_cloud.mjs";
import { nextFrame } from "../stage/stage.mjs";

/** @import { App, LatentState } from "../types" */
/** @import { Checkpoint } from "./types" */

const SIDE = 96; // CSS pixels of a picture, about
const CLOUD_SAMPLES = 600; // behind the dot of a model of points

/**
 * @typedef {object} ColumnActions
 * @property {(checkpoint: Checkpoint) => Promise<string>} load resolves to the network's name in the engine
 * @property {(checkpoint: Checkpoint) => void} select
 * @property {(checkpoint: Checkpoint) => void} remove
 * @property {(checkpoint: Checkpoint) => string} nameOf returns the caption
 */

/**
 * @typedef {object} Column
 * @property {Checkpoint} checkpoint
 * @property {HTMLElement} root
 * @property {HTMLButtonElement} tile
 * @property {HTMLCanvasElement} canvas
 * @property {string} network its name in the engine, "" until it is there
 * @property {PointCloud | null} cloud
 * @property {boolean} failed
 */

export class Columns {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {ColumnActions} actions
   */
  constructor(app, host, actions) {
    this.app = app;
    this.actions = actions;
    /** @type {Map<string, Column>} by the checkpoint's address */
    this.columns = new Map();
    this.shown = false;
    this.loading = false;
    this.drawing = false;
    this.drawAgain = false;
    this.drawnCount = 0;
    this.side = app.drawsPoints ? SIDE : app.shape[2] * Math.max(1, Math.floor(SIDE / app.shape[2]));
    this.root = element("div", { className: "columns" });
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", app.t("time.columns"));
    this.root.style.setProperty("--side", `${this.side}px`);
    host.append(this.root);
  }

  /** @returns {string[]} the addresses of the networks that are shown */
  get sources() {
    return [...this.columns.keys()];
  }

  /**
   * Show these checkpoints in this order; an element stays with its checkpoint.
   *
   * @param {Checkpoint[]} checkpoints
   */
  setCheckpoints(checkpoints) {
    for (const [source, { root }] of this.columns) {
      if (checkpoints.some((each) => each.source === source)) continue;
      root.remove();
      this.columns.delete(source);
    }
    checkpoints.forEach((checkpoint, k) => {
      const column = this.columns.get(checkpoint.source) ?? this.createColumn(checkpoint);
      this.columns.set(checkpoint.source, column);
      const present = this.root.children[k];
      if (present !== column.root) this.root.insertBefore(column.root, present ?? null);
    });
    this.loadMissing();
  }

  /**
   * @param {Checkpoint} checkpoint
   * @returns {Column}
   */
  createColumn(checkpoint) {
    const { app, actions } = this;
    const name = actions.nameOf(checkpoint);
    const canvas = element("canvas", { className: "pixelated" });
    const tile = element("button", { type: "button", className: "tile" }, canvas);
    tile.setAttribute("aria-label", app.t("time.show", { moment: name }));
    tile.addEventListener("click", () => actions.select(checkpoint));
    const root = element("div", { className: "column waiting" }, tile, element("span", { textContent: name }));
    if (checkpoint.title) {
      const remove = button("close", "", app.t("time.remove", { moment: name }), "away");
      remove.addEventListener("click", () => actions.remove(checkpoint));
      root.append(remove);
    }
    return { checkpoint, root, tile, canvas, network: "", cloud: null, failed: false };
  }

  /** @param {Checkpoint} checkpoint the one on stage */
  mark(checkpoint) {
    for (const { tile, checkpoint: each } of this.columns.values()) {
      tile.setAttribute("aria-pressed", String(each.source === checkpoint.source));
    }
  }

  /** Load the networks that are missing, one after the other. */
  async loadMissing() {
    if (this.loading || !this.shown) return;
    this.loading = true;
    let column = this.nextToLoad();
    while (this.shown && column) {
      await this.load(column);
      if (this.app.destroyed) return;
      column = this.nextToLoad();
    }
    this.loading = false;
  }

  /** @param {Column} column */
  async load(column) {
    try {
      column.network = await this.actions.load(column.checkpoint);
      if (!this.app.destroyed) this.draw();
    } catch (error) {
      column.failed = true;
      column.root.classList.replace("waiting", "broken");
      column.tile.title = this.app.t("time.failed", { reason: this.app.errorText(error) });
    }
  }

  /** Return the next column without a network; the one on stage first, as it costs nothing. */
  nextToLoad() {
    const missing = [...this.columns.values()].filter(({ network, failed }) => !network && !failed);
    const { step } = this.app.space;
    return missing.find(({ checkpoint }) => !checkpoint.title && checkpoint.step === (step ?? null)) ?? missing[0];
  }

  /** Draw the current state in all columns. The stage goes first; then these, as fast as they come. */
  async draw() {
    this.drawAgain = true;
    if (this.drawing) return;
    this.drawing = true;
    while (this.drawAgain && this.shown && !this.app.destroyed) {
      this.drawAgain = false;
      const { state } = this.app;
      const loaded = [...this.columns.values()].filter(({ network }) => network);
      await Promise.all(loaded.map((column) => this.paint(column, state)));
      this.drawnCount++;
      this.root.dataset.drawn = String(this.drawnCount);
      await nextFrame();
    }
    this.drawing = false;
  }

  /**
   * @param {Column} column
   * @param {LatentState} state
   */
  async paint(column, state) {
    const { app } = this;
    try {
      const x = await app.samples([state], { model: column.network });
      if (app.drawsPoints) this.cloudOf(column).paint(column.canvas, x);
      else app.paint(column.canvas, app.pixels(x));
      column.root.classList.remove("waiting");
    } catch (error) {
      if (this.shown) app.drawingFailed(error);
    }
  }

  /** @param {Column} column */
  cloudOf(column) {
    if (!column.cloud) {
      const options = { model: column.network, count: CLOUD_SAMPLES, ready: () => this.draw() };
      column.cloud = new PointCloud(this.app, options);
      column.cloud.resize(column.canvas, 2 * this.side);
    }
    return column.cloud;
  }

  show() {
    this.shown = true;
    this.loadMissing();
    this.draw();
  }

  /** Stop drawing. Networks that are dropped from memory meanwhile are loaded again by `show`. */
  hide() {
    this.shown = false;
    for (const column of this.columns.values()) {
      column.network = "";
      column.cloud = null;
    }
  }
}
