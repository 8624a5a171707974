// @ts-check
// The error of every step on a logarithmic scale, the least so far, and a line at the step on show.

/** @import { SearchStep } from "./search.mjs" */
import { find } from "../../shared/dom.mjs";

const [WIDTH, HEIGHT, MARGIN] = [320, 64, 4];
const MIN_ERROR = 1e-6;

export class ErrorCurve {
  #steps = 0;

  /** @param {HTMLElement} host */
  constructor(host) {
    host.innerHTML = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      <path class="error" vector-effect="non-scaling-stroke"/><path class="best" vector-effect="non-scaling-stroke"/>
      <line y1="0" y2="${HEIGHT}" vector-effect="non-scaling-stroke"/></svg>`;
    this.error = find(host, ".error", SVGPathElement);
    this.best = find(host, ".best", SVGPathElement);
    this.line = find(host, "line", SVGLineElement);
  }

  /** @param {readonly SearchStep[]} steps */
  draw(steps) {
    this.#steps = steps.length;
    const { error, best } = curves(steps, (k) => this.x(k));
    this.error.setAttribute("d", error);
    this.best.setAttribute("d", best);
  }

  /** @param {number} k */
  x(k) {
    return this.#steps < 2 ? 0 : (k / (this.#steps - 1)) * WIDTH;
  }

  /**
   * Put the line at a step.
   * @param {number} k
   */
  mark(k) {
    this.line.setAttribute("x1", String(this.x(k)));
    this.line.setAttribute("x2", String(this.x(k)));
  }
}

/**
 * Return the path of the errors, broken where a descent begins, and the path of the least so far.
 * @param {readonly SearchStep[]} steps
 * @param {(k: number) => number} x
 */
function curves(steps, x) {
  const logs = steps.map(({ error }) => Math.log10(Math.max(MIN_ERROR, error)));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  /** @param {number} log */
  const y = (log) => MARGIN + (1 - (log - low) / Math.max(MIN_ERROR, high - low)) * (HEIGHT - 2 * MARGIN);
  /** @param {number} k @param {number} log */
  const point = (k, log) => `${x(k).toFixed(1)} ${y(log).toFixed(1)}`;
  let [error, best, least] = ["", "", Number.POSITIVE_INFINITY];
  logs.forEach((log, k) => {
    const continues = k > 0 && steps[k].start === steps[k - 1].start;
    least = Math.min(least, log);
    error += `${continues ? "L" : "M"}${point(k, log)}`;
    best += `${k > 0 ? "L" : "M"}${point(k, least)}`;
  });
  return { error, best };
}
