// @ts-check
/** How fast this browser trained last time, by preset. */

/** @param {string} preset */
function key(preset) {
  return `gan_demo.rate.${preset}`;
}

/**
 * Return images a second, 0 if they are not known.
 * @param {string} preset
 */
export function storedRate(preset) {
  try {
    return Number(localStorage.getItem(key(preset))) || 0;
  } catch {
    return 0; // the browser stores nothing for this page
  }
}

/**
 * @param {string} preset
 * @param {number} rate
 */
export function storeRate(preset, rate) {
  try {
    localStorage.setItem(key(preset), rate.toFixed(1));
  } catch {
    // it will be measured again
  }
}
