// @ts-check
// Arithmetic of the moments of a film: the nearest step, a step's position on the scrubber, the picture's size.

/**
 * Return the index of the step nearest to `step`; of two equally near ones, the later.
 * @param {readonly number[]} steps in ascending order
 * @param {number} step
 */
export function nearestIndex(steps, step) {
  let best = 0;
  for (let i = 1; i < steps.length; i++) if (Math.abs(steps[i] - step) <= Math.abs(steps[best] - step)) best = i;
  return best;
}

/**
 * Return the position of a step on the scrubber, 0 to 1, interpolated between the steps that are kept.
 * @param {readonly number[]} steps in ascending order
 * @param {number} step
 */
export function trackShare(steps, step) {
  const after = steps.findIndex((candidate) => candidate >= step);
  if (after <= 0 || steps.length < 2) return after < 0 ? 1 : 0;
  const share = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
  return (after - 1 + share) / (steps.length - 1);
}

/**
 * Return the width of the picture in CSS pixels. Pixel art is enlarged by a whole number of device pixels, so that
 * every pixel of a sample is a square of the same size.
 * @param {number} naturalWidth the picture's own width
 * @param {number} available CSS pixels
 * @param {number} pixelRatio device pixels in a CSS pixel
 * @param {boolean} isPixelated
 */
export function pictureWidth(naturalWidth, available, pixelRatio, isPixelated) {
  const times = Math.floor((available * pixelRatio) / naturalWidth);
  return isPixelated && times >= 1 ? (naturalWidth * times) / pixelRatio : available;
}
