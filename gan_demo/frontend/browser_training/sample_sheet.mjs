// @ts-check
/** A canvas with samples side by side. */

export const COLUMNS = 10;
const GAP = 2; // pixels of a sample between two of them

export class SampleSheet {
  canvas = document.createElement("canvas");
  #shape;

  /** @param {number[]} shape [channels, height, width] of a sample */
  constructor(shape) {
    this.#shape = shape;
    this.canvas.className = "sheet";
    this.canvas.setAttribute("role", "img");
  }

  /** @param {Uint8Array} samples (N, C·H·W) */
  draw(samples) {
    const [channels, height, width] = this.#shape;
    const count = samples.length / (channels * height * width);
    const rows = Math.ceil(count / COLUMNS);
    this.canvas.width = COLUMNS * (width + GAP) - GAP;
    this.canvas.height = rows * (height + GAP) - GAP;
    const context = this.canvas.getContext("2d");
    for (let k = 0; k < count; k++) {
      const [left, top] = [(k % COLUMNS) * (width + GAP), Math.floor(k / COLUMNS) * (height + GAP)];
      context?.putImageData(this.#image(samples, k), left, top);
    }
  }

  /**
   * @param {Uint8Array} samples
   * @param {number} index
   */
  #image(samples, index) {
    const [channels, height, width] = this.#shape;
    const area = height * width;
    const image = new ImageData(width, height);
    for (let pixel = 0; pixel < area; pixel++) {
      for (let c = 0; c < 3; c++) {
        const plane = channels === 3 ? c : 0;
        image.data[4 * pixel + c] = samples[(index * channels + plane) * area + pixel];
      }
      image.data[4 * pixel + 3] = 255;
    }
    return image;
  }
}
