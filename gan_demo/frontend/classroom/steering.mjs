// @ts-check
// Who leads and who follows in the class of a run: the teacher's tabs send what they show, followers go where the
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
   */
  update(state, isTeacher) {
    const wasOpen = this.state.open;
    this.state = state;
    this.isTeacher = isTeacher;
    if (state.open) this.#go();
    else if (wasOpen) this.#end();
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
   * The viewer went to another step; null is the newest. Return whether a follower has left the teacher by that.
   * @param {number | null} at
   */
  moved(at) {
    if (!this.state.open) return false;
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
    if (!this.state.open || !this.isTeacher) return;
    this.#highlight = index;
    this.hooks.push({ highlight: index });
  }

  /** Go where the teacher points. The teacher's tabs follow each other, but none follows itself. */
  #go() {
    const { state } = this;
    if (!state.open) return;
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
