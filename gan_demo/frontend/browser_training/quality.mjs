// @ts-check
/**
 * The FCD of a training's samples, measured now and then.
 * @import { ImageData as Images } from "../trainer/data/images.mjs"
 * @import { TrainerApi, TrainerSettings } from "../trainer/types.js"
 */
import { fetchPacked } from "../shared/packed_files.mjs";
import { sampleInputs } from "./sample_inputs.mjs";

const SAMPLES = 500; // as on the server: the FCD depends on their number
const STREAM = 5; // of random numbers
const FIRST_MS = 5000; // after a beginning
const INTERVAL_MS = 10_000; // between two evaluations, at least

export const SHARE = 0.05; // of the time, at most

export class Quality {
  #address;
  /** @type {Promise<number> | null} */
  #running = null;
  #hasReference = false;
  #due = 0;

  /** @param {string} address of what measures samples */
  constructor(address) {
    this.#address = address;
  }

  get isDue() {
    return !this.#running && performance.now() >= this.#due;
  }

  /** A training begins or goes on. */
  begin() {
    this.#due = Math.max(this.#due, performance.now() + FIRST_MS);
  }

  /**
   * Return the FCD; that of a measurement that runs already, if one does.
   * @param {TrainerApi} trainer
   * @param {TrainerSettings} settings
   * @param {Images} images
   */
  measure(trainer, settings, images) {
    this.#running ??= this.#measured(trainer, settings, images).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /**
   * @param {TrainerApi} trainer
   * @param {TrainerSettings} settings
   * @param {Images} images
   */
  async #measured(trainer, settings, images) {
    const file = this.#hasReference ? null : await fetchPacked(this.#address, () => {});
    const begin = performance.now();
    const { latents, labels } = sampleInputs(settings, images, SAMPLES, STREAM);
    const distance = await trainer.evaluate(file, latents, labels);
    this.#hasReference = true;
    const end = performance.now();
    this.#due = end + Math.max(INTERVAL_MS, (end - begin) / SHARE);
    return distance;
  }
}
