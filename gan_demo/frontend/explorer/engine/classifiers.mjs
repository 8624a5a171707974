// @ts-check
/**
 * What our classifiers and D read from samples: networks "classifier" and "discriminator" of the engine.
 * @import { App, LabelField, LatentState, Tensors } from "../types.js"
 */

/** @typedef {Pick<App, "url" | "space" | "engine">} ReaderApp */

const NO_YES = ["no", "yes"];

/** @param {number} count */
const numbers = (count) => Array.from({ length: count }, (_, k) => String(k));

/**
 * The fields of the classifiers of gan_demo/gan/classifier.py, in the order of their outputs; a test compares them.
 * @type {Record<string, LabelField[]>}
 */
export const FIELDS = {
  digits: [{ name: "digit", values: numbers(10) }],
  faces: [
    { name: "smile", values: NO_YES },
    { name: "glasses", values: ["none", "light", "dark"] },
    { name: "hat", values: NO_YES },
    { name: "beard", values: NO_YES },
    { name: "long_hair", values: NO_YES },
    { name: "hair_color", values: numbers(11) },
    { name: "skin_tone", values: numbers(8) },
    { name: "background", values: numbers(5) },
  ],
};

export class SampleReader {
  #app;
  #width;

  /** @param {ReaderApp} app */
  constructor(app) {
    this.#app = app;
    /** Fields that the classifier reads; none without one. */
    this.fields = app.url("classifier") ? (FIELDS[app.space.classifier] ?? []) : [];
    this.hasDiscriminator = Boolean(app.space.discriminator && app.url("discriminator"));
    this.#width = this.fields.reduce((sum, { values }) => sum + values.length, 0);
  }

  /**
   * Read n samples; resolves to probabilities of each sample's fields.
   * @param {Float32Array} x
   * @param {number} n
   * @returns {Promise<Float32Array[][]>}
   */
  async read(x, n) {
    const { engine, space } = this.#app;
    await engine.load("classifier", this.#app.url("classifier"));
    const { p } = await engine.run("classifier", { x: { data: x, dims: [n, ...space.shape] } });
    return Array.from({ length: n }, (_, k) => {
      let start = k * this.#width;
      return this.fields.map(({ values }) => {
        const probabilities = p.data.slice(start, start + values.length);
        start += values.length;
        return probabilities;
      });
    });
  }

  /**
   * Return D's logits (n) of the samples x of these states.
   * @param {Float32Array} x
   * @param {readonly LatentState[]} states
   */
  async judge(x, states) {
    const { engine, space } = this.#app;
    await engine.load("discriminator", this.#app.url("discriminator"));
    const n = states.length;
    /** @type {Tensors} */
    const feeds = { x: { data: x, dims: [n, ...space.shape] } };
    const width = states[0].y.length;
    if (width) feeds.y = { data: Float32Array.from(states.flatMap(({ y }) => [...y])), dims: [n, width] };
    const { logit } = await engine.run("discriminator", feeds);
    return logit.data;
  }
}

/**
 * Return the index of the most probable value, and its probability.
 * @param {ArrayLike<number>} p
 * @returns {[index: number, probability: number]}
 */
export function mostProbable(p) {
  let best = 0;
  for (let k = 1; k < p.length; k++) if (p[k] > p[best]) best = k;
  return [best, p[best]];
}
