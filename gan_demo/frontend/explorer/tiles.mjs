// @ts-check
/**
 * Small pictures of states, to look at or to press; drawn when nothing urgent is.
 * @import { App, LatentState, SampleOptions, TilesOptions } from "./types.js"
 */
import { element } from "../shared/dom.mjs";

export class Tiles {
  #app;
  #items;
  #turn = 0;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {TilesOptions} options
   */
  constructor(app, host, { count, columns = count, label = "", name = (k) => String(k + 1), pick = null }) {
    this.#app = app;
    this.#items = Array.from({ length: count }, (_, k) => new Tile(name(k), pick && (() => pick(k))));
    this.canvases = this.#items.map((item) => item.canvas);
    this.root = element("div", { className: "tiles" }, ...this.#items.map((item) => item.root));
    this.root.style.setProperty("--columns", String(columns));
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", label);
    host.append(this.root);
  }

  /**
   * Draw the states; resolves when all are drawn, or newer ones are wanted.
   * @param {readonly LatentState[]} states
   * @param {SampleOptions} [options]
   */
  async draw(states, options = {}) {
    const turn = ++this.#turn;
    try {
      const x = await this.#app.samples(states, options);
      if (turn !== this.#turn || this.#app.destroyed) return;
      for (const [k, canvas] of this.canvases.slice(0, states.length).entries())
        this.#app.paint(canvas, this.#app.pixels(x, k));
      this.root.dataset.drawn = String(turn);
    } catch (error) {
      this.#app.drawingFailed(error);
    }
  }

  /**
   * Frame one; -1 none.
   * @param {number} index
   */
  mark(index) {
    for (const [k, { root }] of this.#items.entries()) root.setAttribute("aria-pressed", String(k === index));
  }

  destroy() {
    this.#turn++;
    this.root.remove();
  }
}

class Tile {
  /**
   * @param {string} name
   * @param {(() => void) | null} pick
   */
  constructor(name, pick) {
    this.canvas = element("canvas", { className: "pixelated" });
    this.root = pick ? element("button", { type: "button", onclick: pick }) : element("div");
    this.root.className = "tile";
    this.root.title = name;
    this.root.setAttribute("aria-label", name);
    if (!pick) this.root.setAttribute("role", "img");
    this.root.append(this.canvas);
  }
}
