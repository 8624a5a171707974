// @ts-check
/** Time as an argument, so that tests can bring a clock of their own. */

/**
 * @typedef {object} Clock
 * @property {() => number} now ms
 * @property {(action: () => void, delay: number) => number} start call `action` after `delay` ms; returns the timer
 * @property {(timer: number) => void} stop
 */

/** @type {Clock} */
export const browserClock = {
  now: () => performance.now(),
  start: (action, delay) => window.setTimeout(action, delay),
  stop: (timer) => window.clearTimeout(timer),
};
