// @ts-check
// The lab on a page: it and the strip of a class are separate components, and meet here.

/**
 * @typedef {object} LabOnPage
 * @property {() => string} hash returns the part of its link that repeats it
 * @property {(hash: string) => void} open open another lab in place of this one
 * @property {() => string} picture returns the stage as a small JPEG in base64; "" while it has none
 * @property {(hash: string) => string} describe says the settings of a lab that are not the usual ones
 */

export class PageLab {
  /** @type {LabOnPage | null} the lab that is on the page */
  current = null;
  /** @type {(() => void) | null} */
  #follower = null;

  /**
   * A lab is there.
   * @param {LabOnPage} lab
   */
  offer(lab) {
    this.current = lab;
    this.#follower?.();
  }

  /**
   * A lab is gone.
   * @param {LabOnPage} lab
   */
  withdraw(lab) {
    if (this.current !== lab) return;
    this.current = null;
    this.#follower?.();
  }

  /**
   * Open a lab in place of the page's; return whether it has one.
   * @param {string} hash
   */
  open(hash) {
    this.current?.open(hash);
    return this.current !== null;
  }

  /**
   * Hear of a lab that comes or goes.
   * @param {() => void} follower
   */
  follow(follower) {
    this.#follower = follower;
  }

  /** @param {() => void} follower */
  unfollow(follower) {
    if (this.#follower === follower) this.#follower = null;
  }
}

export const pageLab = new PageLab();
