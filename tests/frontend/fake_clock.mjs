// @ts-check
/** @import { Clock } from "../../gan_demo/frontend/shared/clock.mjs" */

/**
 * A clock that stands still until it is advanced.
 * @implements {Clock}
 */
export class FakeClock {
  #now = 0;
  #lastTimer = 0;
  /** @type {Map<number, { at: number, action: () => void }>} */
  #timers = new Map();

  now() {
    return this.#now;
  }

  /** The number of timers that have not gone off. */
  get pending() {
    return this.#timers.size;
  }

  /**
   * @param {() => void} action
   * @param {number} delay ms
   */
  start(action, delay) {
    this.#lastTimer++;
    this.#timers.set(this.#lastTimer, { at: this.#now + delay, action });
    return this.#lastTimer;
  }

  /** @param {number} timer */
  stop(timer) {
    this.#timers.delete(timer);
  }

  /**
   * Let time pass; timers go off in order, and promises that they settle are awaited.
   * @param {number} ms
   */
  async advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [timer, { at, action }] = due;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      action();
      await settled();
    }
    this.#now = end;
  }
}

/** Wait until all promises that can settle have settled. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}
