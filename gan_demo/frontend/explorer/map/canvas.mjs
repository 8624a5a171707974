// @ts-check
// The map on its canvas: the part of a layer that is in view, and the marker of the current state.

import { element } from "../../shared/dom.mjs";
import { nextFrame } from "../stage/stage.mjs";
import { Gestures } from "./gestures.mjs";
import { MapOverlays } from "./overlays.mjs";
import { TileCache } from "./tile_cache.mjs";
import { paintTiles } from "./tile_painter.mjs";
import {
  allowedView,
  cellsInView,
  cellsToRequest,
  heightFor,
  isWholeView,
  keyAt,
  levelOf,
  toScreen,
  toWorld,
  viewFromText,
  viewToText,
  wholeView,
  zoomedView,
} from "./viewport.mjs";

/** @import { App } from "../types" */
/** @import { TileView } from "./tile_painter.mjs" */
/** @import { Cell, Layer, StoredTile, View } from "./types" */

export class MapCanvas {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {object} options
   * @param {string} options.linkedView the view of the address, or ""
   * @param {(text: string, isWhole: boolean) => void} options.onMove called with each view as text
   */
  constructor(app, host, { linkedView, onMove }) {
    this.app = app;
    this.linkedView = linkedView;
    this.onMove = onMove;
    /** @type {Layer | null} */
    this.layer = null;
    /** @type {TileCache | null} */
    this.cache = null;
    /** @type {{ layer: Layer, cache: TileCache } | null} what was in view before, until the new layer covers it */
    this.former = null;
    /** @type {View | null} */
    this.view = null;
    this.shown = false;
    this.frameRequested = false;
    this.width = 0; // CSS pixels
    this.height = 0;
    this.ratio = 1; // device pixels of a CSS pixel
    this.canvas = element("canvas", { tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", app.t("map.alt"));
    this.overlays = new MapOverlays();
    this.root = element("div", { className: "map-board" }, this.canvas, ...this.overlays.parts);
    host.replaceChildren(this.root);
    this.gestures = new Gestures(this);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(host);
  }

  /**
   * Show another layer.
   * @param {Layer} layer
   */
  showLayer(layer, { keepView = false } = {}) {
    if (this.cache?.tiles.size && this.layer && !this.former) this.former = { layer: this.layer, cache: this.cache };
    this.cache?.close();
    this.layer = layer;
    const [width, height] = layer.tileSize;
    this.cache = new TileCache({
      width,
      height,
      make: (cells) => layer.makeTiles(cells),
      onMade: () => this.redraw(),
      onFailed: (error) => this.app.drawingFailed(error),
    });
    if (!this.width) return;
    const linked = this.takeLinkedView();
    const before = keepView ? this.view : null;
    this.moveTo(linked ?? before ?? wholeView(layer.box, this.width, this.height));
  }

  /** Give the canvas the size that the page and the window allow. */
  fit() {
    const width = this.root.clientWidth;
    if (!width || !this.layer) return;
    const height = heightFor(width, this.layer.box, window.innerHeight);
    if (width === this.width && height === this.height) return;
    const before = this.view ? viewToText(this.view, this.width, this.height) : "";
    this.width = width;
    this.height = height;
    this.ratio = window.devicePixelRatio || 1;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.moveTo(this.takeLinkedView(before) ?? wholeView(this.layer.box, width, height));
  }

  // ---- the view

  /** Return the view of the address or, if it names none, of `fallback`; the address counts once. */
  takeLinkedView(fallback = "") {
    const text = this.linkedView || fallback;
    this.linkedView = "";
    return viewFromText(text, this.width, this.height);
  }

  /** @param {View} wanted */
  moveTo(wanted) {
    if (!this.layer) return;
    this.view = allowedView(wanted, this.layer.box, this.width, this.height);
    this.redraw();
    const isWhole = isWholeView(this.view, this.layer.box, this.width, this.height);
    this.onMove(viewToText(this.view, this.width, this.height), isWhole);
  }

  /**
   * Zoom; what is at (px, py) stays there. Returns whether the scale has changed.
   * @param {number} factor
   */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    if (!this.view) return false;
    const before = this.view.scale;
    this.moveTo(zoomedView(this.view, factor, px, py, this.width, this.height));
    return this.view.scale !== before;
  }

  /**
   * @param {number} dx CSS pixels
   * @param {number} dy
   */
  pan(dx, dy) {
    if (!this.view) return;
    const { x, y, scale } = this.view;
    this.moveTo({ x: x - dx / scale, y: y + dy / scale, scale });
  }

  showAll() {
    if (this.layer) this.moveTo(wholeView(this.layer.box, this.width, this.height));
  }

  /** Bring the current state into the middle. */
  centreMarker() {
    const position = this.layer?.position();
    if (position && this.view) this.moveTo({ ...this.view, x: position.s, y: position.t });
  }

  /**
   * Return the point of the map at a pixel; at its edge, if the pixel is outside.
   * @param {number} px
   * @param {number} py
   * @returns {[x: number, y: number]}
   */
  toWorld(px, py) {
    if (!this.view || !this.layer) return [0, 0];
    const [x, y] = toWorld(this.view, px, py, this.width, this.height);
    const { left, right, bottom, top } = this.layer.box;
    return [Math.min(right, Math.max(left, x)), Math.min(top, Math.max(bottom, y))];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[px: number, py: number]}
   */
  toScreen(x, y) {
    return this.view ? toScreen(this.view, x, y, this.width, this.height) : [0, 0];
  }

  get level() {
    return this.view && this.layer ? levelOf(this.view, this.layer.coarsest) : 0;
  }

  /**
   * @param {number} level
   * @returns {Cell[]}
   */
  visible(level, margin = 0) {
    if (!this.view || !this.layer) return [];
    return cellsInView(this.view, this.layer.box, this.width, this.height, level, margin);
  }

  /**
   * Return the tile at a pixel, if it is there.
   * @param {number} px
   * @param {number} py
   * @returns {StoredTile | undefined}
   */
  tileAt(px, py) {
    return this.cache?.tiles.get(keyAt(this.level, ...this.toWorld(px, py)));
  }

  // ---- drawing

  /** Draw at the next frame, and ask for the tiles that are missing. */
  async redraw() {
    if (!this.view || this.frameRequested || !this.shown) return;
    this.frameRequested = true;
    this.root.dataset.complete = "";
    await nextFrame();
    this.frameRequested = false;
    if (this.app.destroyed || !this.shown) return;
    const missing = this.draw();
    this.cache?.want(missing);
    const isIncomplete = missing.some((cell) => cell.level === this.level && !cell.margin);
    this.root.dataset.complete = isIncomplete ? "" : "1";
  }

  /** Draw what is there; return the cells to ask for. */
  draw() {
    const { level, layer } = this;
    const pen = this.canvas.getContext("2d");
    if (!layer || !pen) return [];
    this.render(pen, this.ratio);
    this.placeMarker();
    return cellsToRequest(level, layer.coarsest, (each, margin) => this.missing(each, margin));
  }

  /**
   * @param {number} level
   * @param {number} margin
   * @returns {Cell[]}
   */
  missing(level, margin) {
    return this.visible(level, margin)
      .filter(({ key }) => {
        const tile = this.cache?.tiles.get(key);
        return !tile || !this.layer?.isReady(tile);
      })
      .map((cell) => ({ ...cell, margin }));
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} ratio
   */
  render(pen, ratio) {
    const { layer, cache } = this;
    if (!layer || !cache) return;
    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
    /** @type {TileView} */
    const view = {
      level: this.level,
      ratio,
      visible: (level) => this.visible(level),
      toScreen: (x, y) => this.toScreen(x, y),
    };
    if (this.visible(layer.coarsest).every(({ key }) => cache.tiles.has(key))) this.former = null;
    if (this.former) paintTiles(pen, view, this.former.layer, this.former.cache);
    paintTiles(pen, view, layer, cache);
    layer.drawOver?.(pen, this, ratio);
  }

  placeMarker() {
    if (!this.view || !this.layer) return;
    const position = this.layer.position();
    const screen = position && this.toScreen(position.s, position.t);
    this.overlays.placeMarker(screen, Boolean(position?.off), this.width, this.height);
    this.overlays.showRuler(this.view.scale, this.layer);
  }

  /** Return what is in view as a picture, at least twice as fine as CSS pixels. */
  toPicture() {
    const ratio = Math.max(2, this.ratio);
    const picture = element("canvas", { width: this.width * ratio, height: this.height * ratio });
    const pen = picture.getContext("2d");
    if (pen) this.render(pen, ratio);
    return picture;
  }

  /** @param {boolean} shown whether the map is on show; else it draws nothing and asks for nothing */
  setShown(shown) {
    this.shown = shown;
    if (!shown) {
      this.cache?.want([]);
      return;
    }
    this.fit();
    this.redraw();
  }

  destroy() {
    this.observer.disconnect();
    this.gestures.close();
    this.cache?.close();
    this.former?.cache.close();
  }
}
