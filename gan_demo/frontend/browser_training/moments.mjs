// @ts-check
/**
 * Samples of a training over time, thinned evenly as it grows.
 * @import { Moment } from "./types.js"
 */

const MOST = 160;
const MOST_BYTES = 8e6; // they are written to disk with the training

export class Moments {
  /** @type {Moment[]} ascending by step */
  all = [];

  /** @param {Moment[]} [moments] */
  constructor(moments = []) {
    this.all = moments;
  }

  /**
   * Add the samples of a step, in place of those of its step and of later ones.
   * @param {number} step
   * @param {Float32Array} values in [-1, 1]
   */
  add(step, values) {
    while (this.all.length && this.all[this.all.length - 1].step >= step) this.all.pop();
    this.all.push({ step, samples: toBytes(values) });
    if (this.all.length > Math.max(2, Math.min(MOST, MOST_BYTES / values.length)))
      this.all = this.all.filter((_, k) => k % 2 === 0 || k === this.all.length - 1);
  }
}

/**
 * Return values in [-1, 1] as bytes, as images.to_uint8 does.
 * @param {Float32Array} values
 */
function toBytes(values) {
  const bytes = new Uint8ClampedArray(values.length); // which rounds; its ``from`` takes sixty times as long
  for (let k = 0; k < values.length; k++) bytes[k] = Math.fround(values[k] * 127.5) + 127.5;
  return new Uint8Array(bytes.buffer);
}
