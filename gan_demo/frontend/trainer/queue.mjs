// @ts-check

/** Actions one after another. */
export class Queue {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Do something when all earlier actions are done, whether they failed or not.
   * @template Result
   * @param {() => Result | Promise<Result>} action
   * @returns {Promise<Result>}
   */
  run(action) {
    const result = this.#last.then(action);
    this.#last = result.catch(() => {});
    return result;
  }
}
