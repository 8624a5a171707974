// @ts-check
/**
 * Points drawn from a picture, the more the darker it is.
 */

const EXTENT = 1.8; // half of the longer side, in units of the plane

/**
 * Return the darkness of each pixel, 0 white or transparent to 1 black, of RGBA bytes.
 * @param {Uint8ClampedArray} rgba
 */
export function darkness(rgba) {
  return Float32Array.from({ length: rgba.length / 4 }, (_, k) => {
    const [red, green, blue, alpha] = rgba.subarray(4 * k, 4 * k + 4);
    const light = (2126 * red + 7152 * green + 722 * blue) / 2_550_000;
    return (1 - light) * (alpha / 255);
  });
}

/**
 * Draw `count` points (N, 2) with probability by darkness, anywhere within their pixel; null of a picture without dark.
 * The picture's longer side spans [-1.8, 1.8].
 * @param {Float32Array} weights rows from the top
 * @param {number} width
 * @param {number} count
 * @param {{ uniform: () => number }} rng
 */
export function samplePicture(weights, width, count, rng) {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let k = 0; k < weights.length; k++) {
    total += weights[k];
    cumulative[k] = total;
  }
  if (!(total > 0)) return null;
  const height = weights.length / width;
  const scale = (2 * EXTENT) / Math.max(width, height);
  const points = new Float32Array(2 * count);
  for (let n = 0; n < count; n++) {
    const pixel = firstAbove(cumulative, rng.uniform() * total);
    points[2 * n] = ((pixel % width) + rng.uniform() - width / 2) * scale;
    points[2 * n + 1] = (height / 2 - Math.floor(pixel / width) - rng.uniform()) * scale;
  }
  return points;
}

/**
 * Return the first index whose cumulative value is above a threshold.
 * @param {Float64Array} cumulative
 * @param {number} threshold
 */
function firstAbove(cumulative, threshold) {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
