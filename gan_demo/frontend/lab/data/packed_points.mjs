// @ts-check
/** Points of the plane as a short text for a link: 12 bits a coordinate of [-2.5, 2.5], two letters of base64 each. */

const EXTENT = 2.5;
const LEVELS = 4095;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
export const MAX_LINKED = 1500; // points; a longer address breaks in messengers

/** @param {ArrayLike<number>} points */
export function packPoints(points) {
  let text = "";
  for (let k = 0; k < points.length; k++) {
    const share = Math.min(1, Math.max(0, (points[k] + EXTENT) / (2 * EXTENT)));
    const level = Math.round(share * LEVELS);
    text += LETTERS[level >> 6] + LETTERS[level & 63];
  }
  return text;
}

/**
 * Return the points of a text, or null if it is not such a text.
 * @param {string} text
 */
export function unpackPoints(text) {
  if (!text || text.length % 4 || text.length > 4 * MAX_LINKED || !/^[\w-]+$/.test(text)) return null;
  return Float32Array.from({ length: text.length / 2 }, (_, k) => {
    const level = LETTERS.indexOf(text[2 * k]) * 64 + LETTERS.indexOf(text[2 * k + 1]);
    return (level / LEVELS) * 2 * EXTENT - EXTENT;
  });
}

/**
 * Return at most `most` of the points, evenly spaced in their order.
 * @param {Float32Array} points
 * @param {number} most
 */
export function thinnedPoints(points, most) {
  const count = points.length / 2;
  if (count <= most) return points;
  return Float32Array.from(
    { length: 2 * most },
    (_, k) => points[2 * Math.floor((Math.floor(k / 2) * count) / most) + (k % 2)],
  );
}
