// @ts-check

const SPAN_MS = 1000;

/** Iterations a second over the last second. */
export class Rate {
  /** @type {{ time: number, iteration: number }[]} */
  #marks = [];

  clear() {
    this.#marks = [];
  }

  /**
   * Note an iteration; return the rate so far, 0 at the first.
   * @param {number} iteration
   */
  at(iteration) {
    const time = performance.now();
    this.#marks.push({ time, iteration });
    while (this.#marks.length > 2 && time - this.#marks[1].time > SPAN_MS) this.#marks.shift();
    const first = this.#marks[0];
    return time > first.time ? (1000 * (iteration - first.iteration)) / (time - first.time) : 0;
  }
}

/**
 * Wait, so that messages can be read. 0 ms is without the delay that timers have.
 * @param {number} ms
 */
export function pause(ms) {
  return new Promise((resolve) => {
    if (ms > 0) {
      setTimeout(resolve, ms);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
