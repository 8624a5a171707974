// @ts-check
/**
 * The weights between the neurons that are shown, as lines: blue above zero, orange below, wider the larger they are.
 * @import { Units } from "../types.js"
 */

const NAMESPACE = "http://www.w3.org/2000/svg";
const NEAR = 8; // CSS pixels from a line at which the pointer means it
const [THINNEST, WIDEST] = [0.4, 4.5]; // CSS pixels

/** @typedef {{ layer: number, from: number, to: number, weight: number, share: number }} Edge of a weight */
/** @typedef {[x: number, y: number]} Point */

/** Lines behind a network's columns of neurons; the first column is that of the inputs. */
export class Edges {
  root = document.createElementNS(NAMESPACE, "svg");
  #neurons;
  /** @type {{ edge: Edge, line: SVGLineElement, ends: [Point, Point] }[]} */
  #drawn = [];
  #observer = new ResizeObserver(() => this.#place());

  /** @param {HTMLElement} neurons what the columns are in, which are placed relative to it */
  constructor(neurons) {
    this.#neurons = neurons;
    this.root.classList.add("edges");
    this.root.setAttribute("aria-hidden", "true"); // a neuron says its weights in words
    this.#observer.observe(neurons);
  }

  /** @param {readonly Edge[]} edges */
  draw(edges) {
    if (edges.length !== this.#drawn.length) {
      this.#drawn = edges.map((edge) => {
        const line = document.createElementNS(NAMESPACE, "line");
        return {
          edge,
          line,
          ends: [
            [0, 0],
            [0, 0],
          ],
        };
      });
      this.root.replaceChildren(...this.#drawn.map(({ line }) => line));
    }
    this.#drawn.forEach((drawn, k) => {
      drawn.edge = edges[k];
      const { weight, share } = edges[k];
      drawn.line.classList.toggle("negative", weight < 0);
      drawn.line.style.strokeWidth = String(THINNEST + (WIDEST - THINNEST) * share);
      drawn.line.style.strokeOpacity = String(0.15 + 0.75 * share);
    });
    this.#place();
  }

  /**
   * Let some lines stand out; none: all are alike.
   * @param {(edge: Edge) => boolean} isLit
   */
  light(isLit) {
    let isAny = false;
    for (const { edge, line } of this.#drawn) {
      line.classList.toggle("lit", isLit(edge));
      isAny ||= isLit(edge);
    }
    this.root.classList.toggle("some-lit", isAny);
  }

  /**
   * Return the weight whose line is nearest to the pointer, if it is near.
   * @param {MouseEvent} event
   */
  at({ clientX, clientY }) {
    const { left, top } = this.root.getBoundingClientRect();
    /** @type {Point} */
    const point = [clientX - left, clientY - top];
    const distances = this.#drawn.map(({ ends }) => distance(point, ends));
    const nearest = distances.indexOf(Math.min(...distances));
    return distances[nearest] <= NEAR ? this.#drawn[nearest].edge : null;
  }

  close() {
    this.#observer.disconnect();
  }

  #place() {
    const { left, top } = this.root.getBoundingClientRect();
    const columns = [...this.#neurons.querySelectorAll(".layer")].map((column) =>
      [...column.querySelectorAll(".neuron")].map((neuron) => neuron.getBoundingClientRect()),
    );
    for (const drawn of this.#drawn) {
      const { layer, from, to } = drawn.edge;
      const [start, end] = [columns[layer]?.[from], columns[layer + 1]?.[to]];
      if (!start || !end) continue;
      drawn.ends = [
        [start.right - left, start.top + start.height / 2 - top],
        [end.left - left, end.top + end.height / 2 - top],
      ];
      const [[x1, y1], [x2, y2]] = drawn.ends;
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) drawn.line.setAttribute(name, String(value));
    }
  }
}

/**
 * Return the weights between neurons that are shown, with their size as a share of their layer's largest.
 * @param {Units} units
 * @param {number} shown neurons of a layer at most
 * @returns {Edge[]}
 */
export function edgesOf({ counts, weights }, shown) {
  return counts.flatMap((count, layer) => {
    const inputs = weights[layer].length / count;
    const largest = weights[layer].reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
    return Array.from({ length: Math.min(count, shown) }, (_, to) =>
      Array.from({ length: Math.min(inputs, shown) }, (_, from) => {
        const weight = weights[layer][to * inputs + from];
        return { layer, from, to, weight, share: Math.abs(weight) / largest };
      }),
    ).flat();
  });
}

/**
 * Return a point's distance to a line between two ends.
 * @param {Point} point
 * @param {[Point, Point]} ends
 */
export function distance([x, y], [[x1, y1], [x2, y2]]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
