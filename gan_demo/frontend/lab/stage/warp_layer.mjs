// @ts-check
/**
 * The layer of the warped noise grid: where a cell comes from, and the noise on its way to the output.
 * @import { Texts } from "../../shared/types.js"
 * @import { View, WarpFrame } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { faded } from "../draw/colours.mjs";
import { toLeft, toTop } from "../draw/plane.mjs";
import { between, cellAreas, cellAt, cellOpacities, cornersOf, drawWarp, nodeAt } from "../draw/warp.mjs";

const MOVE_TIME = 1400; // ms from noise to output
const FULL_DENSITY = 1.2; // share of the noise per unit of area that is drawn as the most opaque
const INSET_SIDE = 120; // CSS pixels
const NOISE_EXTENT = 2.5;

export class WarpLayer {
  inset = element("figure", { className: "inset", hidden: true });
  #canvas = element("canvas", { width: 2 * INSET_SIDE, height: 2 * INSET_SIDE });
  #highlighted = -1;
  #dim = 0; // of the noise that is drawn
  #share = 1; // of the way from noise to output
  #request = 0;
  #redraw;

  /**
   * @param {Texts} texts
   * @param {() => void} redraw
   */
  constructor(texts, redraw) {
    this.#redraw = redraw;
    this.inset.append(this.#canvas, element("figcaption", { textContent: texts["stage.noise"] }));
  }

  /**
   * Highlight the cell under the pointer and show it in the noise.
   * @param {WarpFrame | null} warp null: none
   * @param {[x: number, y: number]} point
   */
  hover(warp, [x, y]) {
    const cell = warp ? (warp.dim === 1 ? nodeAt(warp.output, x, y) : cellAt(warp.output, warp.n, x, y)) : -1;
    if (cell === this.#highlighted) return;
    this.#highlighted = cell;
    this.inset.hidden = cell < 0;
    if (warp && cell >= 0) this.#drawInset(warp, cell);
    this.#redraw();
  }

  /**
   * Let the noise move to where G puts it. Who wants less motion sees the way in three pictures.
   * @param {WarpFrame | null} warp null: nothing moves
   */
  play(warp) {
    if (!warp) return;
    cancelAnimationFrame(this.#request);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const start = performance.now();
    const move = () => {
      const share = Math.min(1, (performance.now() - start) / MOVE_TIME);
      this.#share = isCalm ? Math.floor(2 * share) / 2 : eased(share);
      this.#redraw();
      if (share < 1) this.#request = requestAnimationFrame(move);
    };
    move();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {WarpFrame} warp
   * @param {string} colour
   */
  draw(context, view, warp, colour) {
    if (warp.dim !== this.#dim) this.hover(null, [0, 0]); // what was pointed at was of other noise
    this.#dim = warp.dim;
    const nodes = this.#share < 1 ? between(warp.noise, warp.output, this.#share) : warp.output;
    if (warp.dim === 1) return drawLine(context, view, { nodes, highlighted: this.#highlighted }, colour);
    const opacities = cellOpacities(cellAreas(nodes, warp.n), warp.masses, FULL_DENSITY);
    drawWarp(context, view, { nodes, n: warp.n, opacities, highlighted: this.#highlighted }, colour);
  }

  close() {
    cancelAnimationFrame(this.#request);
  }

  /**
   * @param {WarpFrame} warp
   * @param {number} cell
   */
  #drawInset(warp, cell) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    const view = { extent: NOISE_EXTENT, side: this.#canvas.width };
    const { color } = getComputedStyle(this.inset);
    context.clearRect(0, 0, view.side, view.side);
    if (warp.dim === 1) return drawLine(context, view, { nodes: warp.noise, highlighted: cell }, color);
    const opacities = new Float32Array((warp.n - 1) ** 2).fill(0.08);
    drawWarp(context, view, { nodes: warp.noise, n: warp.n, opacities, highlighted: cell }, color);
    const corner = cornersOf(cell, warp.n)[0];
    context.strokeStyle = faded(color, 0.9);
    context.strokeRect(toLeft(view, warp.noise[2 * corner]) - 4, toTop(view, warp.noise[2 * corner + 1]) - 4, 8, 8);
  }
}

/**
 * Draw what a line of noise becomes, and one of its nodes as a dot.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {{ nodes: Float32Array, highlighted: number }} line
 * @param {string} colour
 */
function drawLine(context, view, { nodes, highlighted }, colour) {
  context.strokeStyle = faded(colour, 0.6);
  context.lineWidth = Math.max(1.5, view.side / 250);
  context.beginPath();
  for (let k = 0; k + 1 < nodes.length; k += 2) context.lineTo(toLeft(view, nodes[k]), toTop(view, nodes[k + 1]));
  context.stroke();
  if (highlighted < 0) return;
  context.fillStyle = faded(colour, 0.9);
  context.beginPath();
  const [x, y] = nodes.subarray(2 * highlighted, 2 * highlighted + 2);
  context.arc(toLeft(view, x), toTop(view, y), 3 * context.lineWidth, 0, 2 * Math.PI);
  context.fill();
}

/** @param {number} share */
function eased(share) {
  return share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2;
}
