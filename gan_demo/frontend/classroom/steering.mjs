// @ts-check
// Who leads and who follows along a training: the teacher's tabs send what they show, followers go where the
// teacher points, and whoever scrubs looks around alone until they follow again. Needs no browser.

/** @import { ClassState } from "../shared/types.js" */
/** @import { PointingChanges } from "./types.js" */

/**
 * @typedef {object} SteeringHooks
 * @property {(step: number | null) => boolean} goTo show a step, null for the newest; false if there is none yet
 * @property {(index: number | null) => void} highlight ring a sample
 * @property {(changes: PointingChanges) => void} push send what the teacher points at
 * @property {() => boolean} isWaiting whether something pushed has not arrived at the server
 */

/** @typedef {"teacher" | "following" | "alone"} Role */

export class Steering {
  /** @type {ClassState} */
  state = { open: false };
  isTeacher = false;
  /** Whether this page shows what the class is shown. */
  isThere = true;
  /** @type {number | null} the step on show, null for the newest */
  #shown = null;
  /** @type {number | null | undefined} the step pointed at that is shown; undefined for none */
  #at = undefined;
  /** @type {number | null} */
  #highlight = null;

  /**
   * @param {string} tab the id of this browser tab
   * @param {boolean} isFollowing whether a follower goes along from the start
   * @param {SteeringHooks} hooks
   */
  constructor(tab, isFollowing, hooks) {
    this.tab = tab;
    this.isFollowing = isFollowing;
    this.hooks = hooks;
  }

  /** @returns {Role} */
  get role() {
    if (this.isTeacher) return "teacher";
    return this.isFollowing ? "following" : "alone";
  }

  /**
   * Take a new state of the class, and go where the teacher points.
   * @param {ClassState} state
   * @param {boolean} isTeacher
   * @param {boolean} [isThere] whether this page shows what the class is shown
   */
  update(state, isTeacher, isThere = true) {
    const wasOpen = this.state.open;
    this.state = state;
    this.isTeacher = isTeacher;
    this.isThere = isThere;
    if (!state.open) {
      if (wasOpen) this.#end();
    } else if (isThere) {
      this.#go();
    }
  }

  /** Follow the teacher again. */
  follow() {
    this.isFollowing = true;
    this.#at = undefined;
    this.#go();
  }

  /** Look around alone. */
  leave() {
    this.isFollowing = false;
    this.#forget();
  }

  /**
   * Another step is on show, by whatever cause; null is the newest.
   * @param {number | null} at
   */
  shows(at) {
    this.#shown = at;
  }

  /**
   * The viewer went to another step; null is the newest. Return whether a follower has left the teacher by that.
   * @param {number | null} at
   */
  moved(at) {
    this.shows(at);
    if (!this.state.open || !this.isThere) return false;
    if (this.isTeacher) {
      this.#at = at;
      this.hooks.push({ at });
    } else if (this.isFollowing && at !== this.#at) {
      this.leave();
      return true;
    }
    return false;
  }

  /**
   * The viewer selected a sample; the teacher points it out to all.
   * @param {number | null} index
   */
  picked(index) {
    if (!this.state.open || !this.isTeacher || !this.isThere) return;
    this.#highlight = index;
    this.hooks.push({ highlight: index });
  }

  /**
   * Go where the teacher points. The teacher's tabs follow each other, but none follows itself; where nobody has
   * pointed yet, as when the class begins, the class sees what the teacher sees already.
   */
  #go() {
    const { state } = this;
    if (!state.open) return;
    if (this.isTeacher && !state.by) {
      this.#at = this.#shown;
      if (!this.hooks.isWaiting()) this.hooks.push({ at: this.#shown });
      return;
    }
    const isLed = this.isTeacher ? state.by !== this.tab && !this.hooks.isWaiting() : this.isFollowing;
    if (!isLed) return;
    if (this.#at !== state.at && this.hooks.goTo(state.at)) this.#at = state.at;
    if (this.#highlight === state.highlight) return;
    this.#highlight = state.highlight;
    this.hooks.highlight(state.highlight);
  }

  /** The class is over: those who were led see the newest step, as without a class. */
  #end() {
    const wasLedBack = !this.isTeacher && this.isFollowing && this.#at !== undefined && this.#at !== null;
    if (wasLedBack) this.hooks.goTo(null);
    this.#forget();
  }

  #forget() {
    this.#at = undefined;
    this.#highlight = null;
    this.hooks.highlight(null);
  }
}
