// @ts-check
/** Values on a square grid as colours: an image of one pixel a value, which the browser enlarges smoothly. */

export class HeatMap {
  #canvas = document.createElement("canvas");
  /** @type {ImageData | null} */
  #image = null;

  /**
   * Set the values (n · n, rows from below, as the plane has them), which lie within 0 and 1; NaN is transparent.
   * @param {ArrayLike<number>} values
   * @param {number} n
   * @param {Uint8ClampedArray} ramp RGBA colours from 0 to 1
   */
  set(values, n, ramp) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    if (!this.#image || this.#canvas.width !== n) {
      this.#canvas.width = this.#canvas.height = n;
      this.#image = context.createImageData(n, n);
    }
    fillPixels(this.#image.data, values, n, ramp);
    context.putImageData(this.#image, 0, 0);
  }

  /**
   * Draw it over a square; the first and the last values lie on its edges.
   * @param {CanvasRenderingContext2D} context
   * @param {number} side
   */
  draw(context, side) {
    const n = this.#canvas.width;
    const cell = side / (n - 1);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "low"; // bilinear: of 50 × 50 values nobody sees the difference, but for the time
    context.drawImage(this.#canvas, -cell / 2, -cell / 2, side + cell, side + cell);
  }
}

/**
 * Write the colours of values, whose first row is the lowest, as pixels, whose first row is the highest.
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {ArrayLike<number>} values
 * @param {number} n
 * @param {Uint8ClampedArray} ramp
 */
export function fillPixels(pixels, values, n, ramp) {
  const last = ramp.length / 4 - 1;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const value = values[(n - 1 - row) * n + column];
      const pixel = 4 * (row * n + column);
      const colour = 4 * Math.round(Math.min(1, Math.max(0, value)) * last);
      for (let channel = 0; channel < 4; channel++) {
        pixels[pixel + channel] = Number.isNaN(value) ? 0 : ramp[colour + channel];
      }
    }
  }
}
