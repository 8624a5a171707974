// @ts-check
/**
 * The measurements of a training, one at a time in a worker.
 * @import { Measures } from "../types.js"
 */

/**
 * @typedef {object} MeterInput
 * @property {Float32Array} real
 * @property {Float32Array} generated
 * @property {{ centres: Float32Array, sigma: number } | null} modes
 * @property {number} extent
 */

export class Meter {
  #worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  #id = 0;
  /** @type {Map<number, (measures: Measures) => void>} */
  #waiting = new Map();

  constructor() {
    this.#worker.addEventListener("message", ({ data: { id, measures } }) => {
      this.#waiting.get(id)?.(measures);
      this.#waiting.delete(id);
    });
  }

  get isBusy() {
    return this.#waiting.size > 0;
  }

  /**
   * @param {MeterInput} input
   * @returns {Promise<Measures>}
   */
  measure(input) {
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, ...input });
    });
  }

  close() {
    this.#worker.terminate();
    this.#waiting.clear();
  }
}
