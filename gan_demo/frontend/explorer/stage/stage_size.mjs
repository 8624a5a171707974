// @ts-check
/** The size of the stage: each pixel of a sample is a square of whole device pixels. */

export const SIDE = 4; // samples a row, with neighbours
export const GAP = 1; // pixels of a sample between neighbours
const NARROW = 736; // CSS pixels, 46 rem: as in explorer.css
const MAX_SIDE = 560; // CSS pixels
const MIN_SIDE = 196;
const [NARROW_SHARE, WIDE_SHARE] = [0.32, 0.62]; // of the window's height, at most

/**
 * Return the pixels of a picture of one sample, or of sixteen.
 * @param {number[]} shape
 * @param {number} count
 * @returns {[width: number, height: number]}
 */
export function pictureSize([, height, width], count) {
  if (count === 1) return [width, height];
  return [SIDE * width + (SIDE - 1) * GAP, SIDE * height + (SIDE - 1) * GAP];
}

/**
 * Return CSS pixels: of the stage, of one pixel of a sample, and the height that either count needs.
 * @param {number[]} shape
 * @param {boolean} drawsPoints then the picture has no pixels of its own
 * @param {number} count
 * @param {{ width: number, containerWidth: number, windowHeight: number, ratio: number }} room
 *   In a narrow container the stage stays in sight above the tools, so that it is smaller.
 */
export function stageSize(shape, drawsPoints, count, { width, containerWidth, windowHeight, ratio }) {
  const share = containerWidth <= NARROW ? NARROW_SHARE : WIDE_SHARE;
  const heightLimit = Math.max(MIN_SIDE, share * windowHeight);
  const devicePixels = Math.min(width, MAX_SIDE, heightLimit) * ratio;
  /** @type {(count: number) => { width: number, height: number, pixel: number }} */
  const sized = (pictures) => {
    const [across, down] = drawsPoints ? [1, 1] : pictureSize(shape, pictures);
    const pixel = Math.max(1, Math.floor(devicePixels / across)) / ratio;
    return { width: across * pixel, height: down * pixel, pixel };
  };
  const size = sized(count);
  const other = drawsPoints ? size : sized(count === 1 ? SIDE * SIDE : 1);
  return { ...size, reservedHeight: Math.max(size.height, other.height) };
}
