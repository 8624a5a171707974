// @ts-check
// What lies over the map: the marker of the current state, a cross in the middle for keys, a reading, and a ruler.

import { element } from "../../shared/dom.mjs";
import { rulerLength } from "./viewport.mjs";

/** @import { Layer } from "./types" */

const RULER_PIXELS = 120; // at most

export class MapOverlays {
  constructor() {
    this.cross = element("i", { className: "cross" });
    this.marker = element("i", { className: "here" });
    this.reading = element("p", { className: "told" }); // what was read from the cell under the pointer
    this.rulerText = element("span");
    this.ruler = element("div", { className: "ruler" }, this.rulerText);
    this.parts = [this.cross, this.marker, this.reading, this.ruler];
  }

  /**
   * Move the marker; outside the map it stays at the nearest edge.
   *
   * @param {[x: number, y: number] | null} screen null hides it
   * @param {boolean} off whether the current state itself is not on the map
   * @param {number} width of the map
   * @param {number} height
   */
  placeMarker(screen, off, width, height) {
    this.marker.hidden = !screen;
    if (!screen) return;
    const [x, y] = screen;
    const isInside = x >= 0 && y >= 0 && x <= width && y <= height;
    this.marker.classList.toggle("outside", !isInside);
    this.marker.classList.toggle("off", off);
    const [px, py] = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    this.marker.style.transform = `translate(${px}px, ${py}px)`;
  }

  /**
   * @param {number} scale
   * @param {Pick<Layer, "lengthText">} layer
   */
  showRuler(scale, layer) {
    const { units, pixels } = rulerLength(scale, RULER_PIXELS);
    this.ruler.style.width = `${pixels}px`;
    this.rulerText.textContent = layer.lengthText(units);
  }
}
