// A film of a journey, a few pictures long, with a line over it that shows and sets where one is.
import * as journeys from "./journey.mjs";

const PICTURES = 12;

export class Scrub {
  // seek(position) while it moves; done() when it is let go.
  constructor(app, host, seek, done) {
    Object.assign(this, { app, turn: 0, journey: null, due: false });
    this.root = document.createElement("div");
    this.root.className = "scrub";
    this.root.innerHTML = `<div class="pictures" aria-hidden="true">${"<canvas class='pixelated'></canvas>".repeat(PICTURES)}</div>
      <input type="range" min="0" step="any">`;
    this.input = this.root.querySelector("input");
    this.canvases = [...this.root.querySelectorAll("canvas")];
    this.input.setAttribute("aria-label", app.t("journey.scrub"));
    this.input.addEventListener("input", () => seek(Number(this.input.value)));
    this.input.addEventListener("change", () => {
      app.settle();
      done();
    });
    this.input.addEventListener("keydown", (event) => this.key(event, seek));
    host.append(this.root);
  }

  // A twentieth of a leg a step, a whole one with Page keys.
  key(event, seek) {
    const by = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05, PageDown: -1, PageUp: 1 }[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    const to = Number(this.input.value) + by;
    seek(Math.min(Number(this.input.max), Math.max(0, event.key.startsWith("Page") ? Math.round(to) : to)));
    this.app.settle();
  }

  // paint(canvas, x, k) draws the k-th sample of x. Only what changes the pictures draws them again.
  async draw(journey, paint) {
    const before = this.journey;
    this.journey = journey;
    this.input.max = Math.max(journeys.legs(journey), 0.001);
    this.input.disabled = !journeys.legs(journey);
    if (before && ["keys", "loop", "spherical"].every((name) => before[name] === journey[name])) return;
    const turn = ++this.turn;
    const apart = journeys.legs(journey) / PICTURES;
    const states = this.canvases.map((_, k) => journeys.at(journey, (k + 0.5) * apart));
    try {
      const x = await this.app.samples(states);
      if (turn === this.turn) this.canvases.forEach((canvas, k) => paint(canvas, x, k));
      this.root.dataset.drawn = turn;
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  at(position) {
    this.input.value = position;
    const s = (n) => this.app.formatNumber(n, 1);
    const { seconds } = this.journey;
    this.input.setAttribute(
      "aria-valuetext",
      this.app.t("journey.clock", { at: s(position * seconds), of: s(journeys.duration(this.journey)) }),
    );
    this.root.style.setProperty("--share", position / Number(this.input.max));
  }
}
