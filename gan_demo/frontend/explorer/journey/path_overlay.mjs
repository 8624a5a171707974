// @ts-check
// A journey of a model of points, drawn as a line over the stage.

import { toCanvas } from "../stage/point_cloud.mjs";
import { legCount, stateAt } from "./journey.mjs";

/** @import { App } from "../types" */
/** @import { Journey } from "./types" */

const POINTS_A_LEG = 32;
const SIDE = 1000; // of the drawing, in units of its viewBox
const SVG = "http://www.w3.org/2000/svg";

export class PathOverlay {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.draws = 0; // of which only the last one counts
    this.line = document.createElementNS(SVG, "path");
    this.keyframes = document.createElementNS(SVG, "g");
    this.root = document.createElementNS(SVG, "svg");
    this.root.setAttribute("class", "path");
    this.root.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
    this.root.append(this.line, this.keyframes);
  }

  /** @param {Journey} journey */
  async draw(journey) {
    const draw = ++this.draws;
    const count = POINTS_A_LEG * legCount(journey) + 1;
    const states = Array.from({ length: count }, (_, k) => stateAt(journey, k / POINTS_A_LEG));
    try {
      const x = await this.app.samples([...states, ...journey.keys]);
      if (draw !== this.draws) return;
      const points = Array.from({ length: x.length / 2 }, (_, k) =>
        toCanvas(SIDE, x[2 * k], x[2 * k + 1]).map((value) => value.toFixed(1)),
      );
      const path = points.slice(0, count).map((point) => point.join(" "));
      this.line.setAttribute("d", `M${path.join("L")}`);
      this.keyframes.innerHTML = points
        .slice(count)
        .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="11"/>`)
        .join("");
      this.app.stage.overlay.prepend(this.root);
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  clear() {
    this.draws++;
    this.root.remove();
  }
}
