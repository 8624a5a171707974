// A journey among points, drawn over the stage.
import { toCanvas } from "../stage/point_cloud.mjs";
import * as journeys from "./journey.mjs";

const FINE = 32; // places a leg

export class Path {
  constructor(app) {
    Object.assign(this, { app, turn: 0 });
    this.root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.root.setAttribute("class", "path");
    this.root.setAttribute("viewBox", "0 0 1000 1000");
    this.root.innerHTML = `<path></path><g></g>`;
  }

  async draw(journey) {
    const turn = ++this.turn;
    const count = FINE * journeys.legs(journey) + 1;
    const states = Array.from({ length: count }, (_, k) => journeys.at(journey, k / FINE));
    try {
      const x = await this.app.samples([...states, ...journey.keys]);
      if (turn !== this.turn) return;
      const points = Array.from({ length: x.length / 2 }, (_, k) =>
        toCanvas(1000, x[2 * k], x[2 * k + 1]).map((one) => one.toFixed(1)),
      );
      this.root.firstElementChild.setAttribute(
        "d",
        `M${points
          .slice(0, count)
          .map((one) => one.join(" "))
          .join("L")}`,
      );
      this.root.lastElementChild.innerHTML = points
        .slice(count)
        .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="11"/>`)
        .join("");
      this.app.stage.overlay.prepend(this.root);
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  clear() {
    this.turn++;
    this.root.remove();
  }
}
