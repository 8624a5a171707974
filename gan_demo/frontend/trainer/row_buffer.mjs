// @ts-check
/**
 * Rows of steps that the page does not have yet.
 * @import { HistoryRows, Report } from "./types.js"
 */

export class RowBuffer {
  /** @type {number[]} */
  #iterations = [];
  /** @type {number[]} */
  #values = [];

  get length() {
    return this.#iterations.length;
  }

  /**
   * @param {number} iteration
   * @param {Report} report
   */
  add(iteration, { dLoss, gLoss, penalty, gradNormD, gradNormG }) {
    this.#iterations.push(iteration);
    this.#values.push(dLoss, gLoss, penalty, gradNormD, gradNormG);
  }

  /**
   * Return all rows, and keep none.
   * @returns {HistoryRows}
   */
  take() {
    const rows = { iterations: Float64Array.from(this.#iterations), values: Float32Array.from(this.#values) };
    this.#iterations = [];
    this.#values = [];
    return rows;
  }
}
