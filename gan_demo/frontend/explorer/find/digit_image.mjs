// @ts-check
// Digits as MNIST has them (LeCun et al. 1998): 20 of 28 pixels high or wide, their centre of mass in the middle. Grey
// levels are 0 to 255, light on dark, row by row.

/**
 * The box of what is drawn, in pixels.
 * @typedef {{ left: number, top: number, width: number, height: number }} Box
 */

/** RGBA, as ImageData has it. @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Rgba */

const MIN_INK = 128; // red from which a pixel counts as drawn

/**
 * Move a picture by whole pixels so that its centre of mass is in the middle. What leaves it is lost.
 * @param {Float32Array} grey
 * @param {number} width
 * @param {number} height
 */
export function centre(grey, width, height) {
  let [mass, x, y] = [0, 0, 0];
  grey.forEach((value, k) => {
    mass += value;
    x += value * (k % width);
    y += value * Math.floor(k / width);
  });
  if (!mass) return grey;
  const [right, down] = [Math.round((width - 1) / 2 - x / mass), Math.round((height - 1) / 2 - y / mass)];
  return grey.map((_, k) => {
    const [column, row] = [(k % width) - right, Math.floor(k / width) - down];
    return column >= 0 && column < width && row >= 0 && row < height ? grey[row * width + column] : 0;
  });
}

/**
 * Return the box of what is drawn, or null of an empty picture.
 * @param {Rgba} image
 * @returns {Box | null}
 */
export function boundsOf({ data, width, height }) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x)] < MIN_INK) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * Return the means of squares of `side` pixels, as grey levels.
 * @param {Rgba} image
 * @param {number} side
 */
export function averagePool({ data, width, height }, side) {
  const [columns, rows] = [width / side, height / side];
  const grey = new Float32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      grey[Math.floor(y / side) * columns + Math.floor(x / side)] += data[4 * (y * width + x)] / side ** 2;
    }
  }
  return grey;
}
