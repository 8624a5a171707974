// @ts-check
/**
 * Sample grids of a run by step, fetched and decoded ahead of what is on show: first the wanted one, then its
 * neighbours, then the whole history from coarse to fine, so that a fast drag has something near to show from the
 * start.
 */

const MAX_LOADING_AHEAD = 4; // at once, besides the one that is wanted
const MAX_FRAMES = 400; // in memory; the farthest go first
const MAX_FRAMES_AT_REST = 8; // while nobody has dragged
const RETRY_AFTER = 2000; // ms until a picture that failed is requested again
const NEIGHBOURS = 6; // on either side, loaded before the rest
const COARSEST_STRIDE = 16;

/**
 * @typedef {object} Frame
 * @property {HTMLImageElement} image
 * @property {boolean} isReady
 * @property {number} failedAt `performance.now()` of the failure, or 0
 */

export class Frames {
  /** @type {Map<number, Frame>} by step */
  #frames = new Map();
  /** @type {readonly number[]} */
  #steps = [];
  #index = 0;
  #loadsAll = false;
  #loadingCount = 0;

  /**
   * @param {(step: number) => string} address of the picture of a step
   * @param {(step: number) => void} onLoaded called when a picture is decoded or has failed
   */
  constructor(address, onLoaded) {
    this.address = address;
    this.onLoaded = onLoaded;
  }

  /**
   * Load the picture at `index` of `steps`; once `all` was true, the whole history too, by and by.
   * @param {readonly number[]} steps
   * @param {number} index
   * @param {boolean} all
   */
  look(steps, index, all) {
    this.#steps = steps;
    this.#index = index;
    this.#loadsAll ||= all;
    if (steps[index] !== undefined) this.#load(steps[index]);
    this.#loadAhead();
  }

  /**
   * Return the decoded picture of a step, or null while it is not there.
   * @param {number} step
   */
  image(step) {
    const frame = this.#frames.get(step);
    return frame?.isReady ? frame.image : null;
  }

  /**
   * Return whether the last request for a step's picture failed.
   * @param {number} step
   */
  failed(step) {
    return Boolean(this.#frames.get(step)?.failedAt);
  }

  /**
   * Return the index of the decoded picture nearest to `index`, or -1.
   * @param {number} index
   */
  nearest(index) {
    for (let distance = 0; distance < this.#steps.length; distance++) {
      if (this.image(this.#steps[index - distance])) return index - distance;
      if (this.image(this.#steps[index + distance])) return index + distance;
    }
    return -1;
  }

  /** @param {number} step */
  #load(step) {
    const known = this.#frames.get(step);
    if (known && !(known.failedAt && performance.now() - known.failedAt > RETRY_AFTER)) return;
    const image = new Image();
    const frame = { image, isReady: false, failedAt: 0 };
    this.#frames.set(step, frame);
    this.#loadingCount++;
    image.decoding = "sync"; // it is decoded here, ahead; a blank frame in between would flicker
    image.dataset.step = String(step);
    image.src = this.address(step);
    const onReady = () => {
      frame.isReady = true;
    };
    const onFailure = () => {
      frame.failedAt = performance.now();
    };
    image
      .decode()
      .then(onReady, onFailure)
      .finally(() => {
        this.#loadingCount--;
        this.#forgetFarthest();
        this.onLoaded(step);
        this.#loadAhead();
      });
  }

  #loadAhead() {
    const isFull = this.#frames.size >= Math.min(MAX_FRAMES, this.#steps.length);
    if (!this.#loadsAll || this.#loadingCount > MAX_LOADING_AHEAD || isFull) return;
    for (const index of this.#order()) {
      if (this.#loadingCount > MAX_LOADING_AHEAD) return;
      const step = this.#steps[index];
      if (!this.#frames.has(step)) this.#load(step);
    }
  }

  /** Yield indices in the order in which they are loaded ahead. */
  *#order() {
    const { length } = this.#steps;
    for (let distance = 1; distance <= NEIGHBOURS; distance++) {
      if (this.#index + distance < length) yield this.#index + distance;
      if (this.#index - distance >= 0) yield this.#index - distance;
    }
    const low = Math.max(0, this.#index - MAX_FRAMES / 2);
    const high = Math.min(length, this.#index + MAX_FRAMES / 2);
    for (let stride = COARSEST_STRIDE; stride >= 1; stride /= 2) {
      for (let index = low; index < high; index += stride) yield index;
    }
  }

  #forgetFarthest() {
    const most = this.#loadsAll ? MAX_FRAMES : MAX_FRAMES_AT_REST;
    if (this.#frames.size <= most) return;
    const indexOf = new Map(this.#steps.map((step, index) => [step, index]));
    /** @param {number} step */
    const distance = (step) => Math.abs((indexOf.get(step) ?? Infinity) - this.#index);
    const farthest = [...this.#frames]
      .filter(([, frame]) => frame.isReady || frame.failedAt)
      .sort(([a], [b]) => distance(b) - distance(a));
    for (const [step] of farthest.slice(0, this.#frames.size - most)) this.#frames.delete(step);
  }
}
