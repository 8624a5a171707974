// @ts-check
/**
 * When a session measures, and against what.
 * @import { Measures, StageFrame } from "./types.js"
 */
import { joined } from "./frames.mjs";

const INTERVAL = 1000; // ms between two measurements while it trains

/**
 * @typedef {object} MeterLike
 * @property {boolean} isBusy
 * @property {(input: import("./measure/meter.mjs").MeterInput) => Promise<Measures>} measure
 */

/** @typedef {{ centres: Float32Array, sigma: number } | null} Modes */

export class Measuring {
  /** Is a measurement wanted as soon as there are samples for it? */
  isWanted = true;
  /** @type {Measures | null} what fresh points of the data measure: the bias of finite samples */
  floor = null;
  /** @type {Float32Array} points of the data */
  real = new Float32Array();
  /** @type {Float32Array} others of the same data */
  #fresh = new Float32Array();
  #meter;
  #extent;
  #at = -Infinity;

  /**
   * @param {MeterLike} meter
   * @param {number} extent of the plane
   */
  constructor(meter, extent) {
    this.#meter = meter;
    this.#extent = extent;
  }

  /**
   * Take other data: the first half to measure against, the second for what perfect samples would read.
   * @param {Float32Array} points
   */
  begin(points) {
    this.real = points.subarray(0, points.length / 2);
    this.#fresh = points.subarray(points.length / 2);
    this.floor = null;
    this.isWanted = true;
  }

  /** Is it time for a measurement of a training that runs? */
  get isDue() {
    return performance.now() - this.#at > INTERVAL;
  }

  /** Can one begin now? @param {boolean} isPlaying */
  isReady(isPlaying) {
    return this.isWanted && !this.#meter.isBusy && (this.isDue || !isPlaying);
  }

  /**
   * Measure a frame with many samples; null if the data has changed meanwhile.
   * @param {StageFrame} stage
   * @param {Modes} modes
   */
  async measure({ samples, densitySamples = new Float32Array() }, modes) {
    this.isWanted = false;
    this.#at = performance.now();
    const fixed = { real: this.real, modes, extent: this.#extent };
    const fresh = this.#fresh;
    const measures = await this.#meter.measure({ ...fixed, generated: joined([samples, densitySamples]) });
    if (fixed.real !== this.real) return null;
    this.floor ??= await this.#meter.measure({ ...fixed, generated: fresh });
    return measures;
  }
}
