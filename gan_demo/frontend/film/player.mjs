// @ts-check
// The position in a film's steps: stepping, playing, and following the newest. Needs no browser.

import { nearestIndex } from "./moments.mjs";

const FILM_MS = 6000; // that a film takes, within the limits of a frame
const SHORTEST_FRAME_MS = 33;
const LONGEST_FRAME_MS = 400;
const LOOP_PAUSE_MS = 1800; // at the last step, before a looping film begins again

export class Player {
  /** @type {number[]} in ascending order */
  steps = [];
  /** The index of the present step; -1 before the first one is shown. */
  index = -1;
  /** Whether a newer step replaces the present one. */
  isFollowing = true;
  isPlaying = false;
  /** Whether the film begins again after its end. */
  loops = false;
  /** @type {number | null} ms; null while the first frame has not come */
  #dueAt = null;

  /**
   * The present step, or undefined while none is shown.
   * @returns {number | undefined}
   */
  get step() {
    return this.steps[this.index];
  }

  get lastIndex() {
    return this.steps.length - 1;
  }

  get isAtEnd() {
    return this.index >= this.lastIndex;
  }

  /** The present position on the scrubber, 0 to 1. */
  get share() {
    return this.steps.length > 1 ? this.index / this.lastIndex : 1;
  }

  /** Start over, for another run. */
  reset() {
    this.index = -1;
    this.isFollowing = true;
    this.stop();
  }

  /**
   * Take other steps; return the index to show: the newest while following, else the nearest to the present step.
   * @param {number[]} steps
   */
  setSteps(steps) {
    const before = this.step;
    const isFollowing = (this.isFollowing || this.index < 0) && !this.isPlaying;
    this.steps = steps;
    return isFollowing ? this.lastIndex : nearestIndex(steps, before ?? 0);
  }

  /** @param {number} index */
  moveTo(index) {
    this.index = index;
    this.isFollowing = index === this.lastIndex;
  }

  /** Start to play; return false if there is nothing to play. */
  play() {
    if (this.steps.length < 2) return false;
    this.isPlaying = true;
    this.#dueAt = null;
    return true;
  }

  /** Stop; return false if nothing was playing. */
  stop() {
    const wasPlaying = this.isPlaying;
    this.isPlaying = false;
    return wasPlaying;
  }

  /**
   * Return the index that is due at `time` while the film plays, or null; stop at the end of a film that does not loop.
   * A picture that is late is waited for.
   * @param {number} time ms
   * @param {(step: number) => boolean} isReady whether a step's picture can be shown
   */
  next(time, isReady) {
    const isAtEnd = this.isAtEnd;
    if (isAtEnd && !this.loops) {
      this.stop();
      return null;
    }
    const frameMs = Math.max(SHORTEST_FRAME_MS, Math.min(LONGEST_FRAME_MS, FILM_MS / this.steps.length));
    this.#dueAt ??= time + frameMs;
    const next = isAtEnd ? 0 : this.index + 1;
    if (time < this.#dueAt + (isAtEnd ? LOOP_PAUSE_MS : 0) || !isReady(this.steps[next])) return null;
    this.#dueAt = Math.max(this.#dueAt + frameMs, time);
    return next;
  }
}
