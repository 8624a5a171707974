// @ts-check
// The moment on show on a page: its board and the strip of a class are separate components, and meet here.

export class PageMoment {
  /** @type {((at: number | null) => boolean) | null} shows a moment, null for the newest; false if there is none yet */
  #show = null;
  /** @type {((at: number | null, byHand: boolean) => void) | null} */
  #follower = null;
  /** @type {(() => void) | null} */
  #onBoard = null;

  /**
   * A board is there, and has something to show.
   * @param {(at: number | null) => boolean} show
   */
  offer(show) {
    if (this.#show === show) return;
    this.#show = show;
    this.#onBoard?.();
  }

  /**
   * A board is gone.
   * @param {(at: number | null) => boolean} show
   */
  withdraw(show) {
    if (this.#show === show) this.#show = null;
  }

  /**
   * Another moment is on show; null is the newest.
   * @param {number | null} at
   * @param {boolean} byHand whether the viewer went there, and was not led there
   */
  moved(at, byHand) {
    this.#follower?.(at, byHand);
  }

  /**
   * Hear of moments, and of a board that comes.
   * @param {(at: number | null, byHand: boolean) => void} follower
   * @param {() => void} onBoard
   */
  follow(follower, onBoard) {
    this.#follower = follower;
    this.#onBoard = onBoard;
  }

  unfollow() {
    this.#follower = null;
    this.#onBoard = null;
  }

  /**
   * Show a moment; return whether that was possible.
   * @param {number | null} at
   */
  goTo(at) {
    return this.#show?.(at) ?? false;
  }
}

export const pageMoment = new PageMoment();
