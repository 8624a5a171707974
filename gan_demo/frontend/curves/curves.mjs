// @ts-check
/**
 * The charts of a run, drawn by uPlot. They keep their elements while data comes in, so zoom and hover survive every
 * update. The panels and the rest of `data` are described in types.d.ts.
 * @import { ComponentArguments } from "../shared/types.js"
 * @import { CurvesData, PanelSpec, Stretch } from "./types.js"
 */
import { element } from "../shared/dom.mjs";
import { lettersWide } from "../shared/format.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { BarsPanel } from "./bars.mjs";
import { Panel } from "./panel.mjs";
import { listenToSettings, Toolbar } from "./view_settings.mjs";

const GUTTER = 16; // CSS pixels beside a chart without names: half of its last label
const LEAST_AXIS_WIDTH = 46;
const AXIS_LETTER = 6.2; // CSS pixels of a digit
const LEAST_ZOOM = 1e-5; // of all that there is

/** @type {Mounts<Node, Curves>} */
const boards = new Mounts();

/** @param {Pick<ComponentArguments<CurvesData>, "data" | "parentElement">} component */
export function draw({ data, parentElement }) {
  boards.at(parentElement, () => new Curves(parentElement, data)).draw(data);
}

/**
 * Move the line at the step that is on show elsewhere, without drawing the charts again.
 * @param {Node} parentElement
 * @param {number | null} step null for the newest
 */
export function at(parentElement, step) {
  boards.get(parentElement)?.moveTo(step);
}

/**
 * Light up the marks of some numbers.
 * @param {Node} parentElement
 * @param {number[]} numbers
 */
export function highlight(parentElement, numbers) {
  boards.get(parentElement)?.highlight(numbers);
}

/** @param {Node} parentElement */
export function clear(parentElement) {
  boards.clear(parentElement);
}

/** All charts of a board: they show the same stretch of the same axis. */
export class Curves {
  /** @type {Map<string, Panel | BarsPanel>} */
  panels = new Map();
  /** @type {Stretch | null} what is shown, null for everything */
  zoom = null;
  /** @type {Stretch | null} everything that there is on any chart */
  extent = null;
  /** @type {number | null} the step that is on show elsewhere */
  at = null;
  /** CSS pixels right of every chart for the names at its lines' ends: the same for all, so that they align. */
  gutter = GUTTER;
  scale = 1;
  #axisLetters = 0; // of the longest text of an axis so far

  /**
   * @param {HTMLElement | ShadowRoot} parent
   * @param {CurvesData} data
   */
  constructor(parent, data) {
    this.data = data;
    this.grid = element("div", { className: "curves" });
    this.root = element("div", { className: "board-of-curves" }, this.grid);
    parent.querySelector(".board-of-curves")?.remove();
    parent.append(this.root);
    this.toolbar = new Toolbar(this.root, () => this.setZoom(null));
    this.observer = new ResizeObserver(() => {
      for (const panel of this.#charts()) panel.resize();
    });
    this.observer.observe(this.grid);
    this.stopListening = listenToSettings(() => this.update());
    // the text's colour fades within a millisecond (curves.css), which says when the theme changes
    this.root.addEventListener("transitionend", (event) => {
      if (event.target === this.root && event.propertyName === "color") this.update();
    });
  }

  /** @param {CurvesData} data */
  draw(data) {
    if (data.axis !== this.data.axis) this.zoom = null; // the same numbers would mean another stretch
    this.data = data;
    this.scale = data.scale || 1;
    this.gutter = gutterOf(data.panels) * this.scale;
    if (data.at !== undefined) this.at = data.at;
    this.grid.style.setProperty("--columns", String(data.across || 1));
    this.#arrange(data.panels);
    this.update();
  }

  update() {
    const { data } = this;
    const charts = this.#charts();
    for (const panel of charts) panel.update();
    const extents = charts.map((panel) => panel.table.extent).filter((extent) => extent !== null);
    this.extent = extents.length
      ? [Math.min(...extents.map(([from]) => from)), Math.max(...extents.map(([, to]) => to))]
      : null;
    for (const panel of charts) panel.draw();
    for (const panel of this.#bars()) panel.draw(data, this.at);
    this.toolbar.update(data.texts, this.zoom !== null, data.tools !== false);
  }

  /** @param {number | null} step */
  moveTo(step) {
    if (this.at === step) return;
    this.at = step;
    for (const panel of this.#charts()) panel.moveTo(step);
    for (const panel of this.#bars()) panel.draw(this.data, step);
  }

  /**
   * Return the width of the axis left of every chart: of its widest text on any of them, so that charts align.
   * @param {string[]} texts
   */
  axisWidth(texts) {
    const longest = Math.max(0, ...texts.map(lettersWide));
    this.#axisLetters = Math.max(this.#axisLetters, longest);
    return this.scale * Math.max(LEAST_AXIS_WIDTH, 12 + AXIS_LETTER * this.#axisLetters);
  }

  /**
   * Light up the marks of some numbers.
   * @param {number[]} numbers
   */
  highlight(numbers) {
    for (const panel of this.#charts()) panel.overlay.highlight(numbers);
  }

  /**
   * Show a stretch in all charts, as far as there are rows; null shows everything.
   * @param {Stretch | null} zoom
   * @param {Panel} [panel] that was zoomed
   * @param {boolean} [isMoving] whether fingers still move: then `onZoom` is not called yet
   */
  setZoom(zoom, panel, isMoving = false) {
    const { extent } = this;
    if (zoom && extent) {
      const least = Math.max((extent[1] - extent[0]) * LEAST_ZOOM, 1e-9);
      const [from, to] = [Math.max(extent[0], zoom[0]), Math.min(extent[1], zoom[1])];
      if (to - from < least) return;
      this.zoom = from <= extent[0] && to >= extent[1] ? null : [from, to];
    } else {
      this.zoom = zoom;
    }
    this.root.dataset.zoom = this.zoom ? this.zoom.join() : "";
    this.update();
    if (!isMoving) this.reportZoom(panel);
  }

  /**
   * Tell the board's owner what stretch is shown, and how many rows there are in it.
   * @param {Panel} [panel]
   */
  reportZoom(panel = this.#charts().find((chart) => chart.plot)) {
    const { zoom, data } = this;
    if (!data.onZoom || !panel) return;
    if (zoom) data.onZoom(panel.spec.id, zoom[0], zoom[1], panel.table.rowsIn(zoom));
    else data.onZoom(panel.spec.id, null, null, panel.table.rowCount);
  }

  close() {
    this.observer.disconnect();
    this.stopListening();
    for (const panel of this.panels.values()) panel.destroy();
  }

  #charts() {
    return [...this.panels.values()].filter((panel) => panel instanceof Panel);
  }

  #bars() {
    return [...this.panels.values()].filter((panel) => panel instanceof BarsPanel);
  }

  /**
   * Keep one section for each panel, in their order; those that stay are not touched.
   * @param {PanelSpec[]} specs
   */
  #arrange(specs) {
    const wanted = new Set(specs.map((spec) => spec.id));
    for (const [id, panel] of this.panels) {
      if (wanted.has(id)) continue;
      panel.destroy();
      panel.section.box.remove();
      this.panels.delete(id);
    }
    specs.forEach((spec, index) => {
      const { section } = this.#panel(spec);
      section.label(spec);
      if (this.grid.children[index] !== section.box) this.grid.insertBefore(section.box, this.grid.children[index]);
    });
  }

  /**
   * Return the panel of a specification, and give it the newest.
   * @param {PanelSpec} spec
   */
  #panel(spec) {
    let panel = this.panels.get(spec.id);
    if (panel && panel.spec.kind !== spec.kind) throw new Error(`panel ${spec.id} has become another kind`);
    if (!panel) {
      panel = spec.kind === "bars" ? new BarsPanel(spec) : new Panel(this, spec);
      this.panels.set(spec.id, panel);
    }
    panel.spec = spec;
    return panel;
  }
}

/**
 * Return the space for the names at the lines' ends.
 * @param {PanelSpec[]} panels
 */
function gutterOf(panels) {
  const tags = panels.flatMap((panel) => (panel.kind === "lines" ? panel.series.map(({ tag }) => tag ?? "") : []));
  const longest = Math.max(0, ...tags.map(lettersWide));
  return longest ? 10 + 7 * longest : GUTTER;
}
