// @ts-check
// Keeps the page around the board up to date. The page (its buttons, what it offers at the end of a run) is drawn by
// a script on the server, which runs when the board triggers it: for what the viewer asks, and when the run's status
// is no longer the one that the page was drawn with.

import { browserClock } from "../shared/clock.mjs";

/** @import { Clock } from "../shared/clock.mjs" */
/** @import { PageState } from "./types.js" */

const ANSWER_TIME = 4000; // ms that the page has to answer the viewer before another status is reported to it
const REPEAT_AFTER = 4000; // ms after which an unheard status is reported again
const MARGIN = 50; // ms, as timers may be early

export class PageSync {
  /** The state that the page was drawn with. */
  #drawnState = "";
  /** The run's newest state; "" before the first update. */
  #runState = "";
  /** The state that was reported to the page last; "" once the page shows the run's state. */
  #reportedState = "";
  #reportedAt = -Infinity;
  #askedAt = -Infinity;
  #isClosed = false;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {(name: string, value: unknown) => void} trigger run the page's script
   * @param {Clock} [clock]
   */
  constructor(trigger, clock = browserClock) {
    this.trigger = trigger;
    this.clock = clock;
  }

  /**
   * The page has been drawn with a state.
   * @param {PageState} state
   */
  pageDrawn(state) {
    this.#drawnState = key(state);
  }

  /**
   * The run has a state, perhaps the one it had.
   * @param {PageState} state
   */
  runChanged(state) {
    this.#runState = key(state);
    this.#check();
  }

  /**
   * Ask the page for something on behalf of the viewer. A change of status that follows from it, such as the end of
   * the run, is reported only when the page had time to answer: two runs of the script at once would undo each
   * other's address.
   * @param {string} name
   * @param {unknown} value
   */
  ask(name, value) {
    this.#askedAt = this.clock.now();
    this.trigger(name, value);
    this.#checkAfter(ANSWER_TIME);
  }

  close() {
    this.#isClosed = true;
    this.#stopTimer();
  }

  /**
   * Report the run's state to the page if it shows another one, and again while it does not follow: a server that is
   * just coming back loses the report.
   */
  #check() {
    if (this.#isClosed || !this.#runState) return;
    const time = this.clock.now();
    if (time < this.#askedAt + ANSWER_TIME) return; // `ask` has set a timer
    this.#stopTimer();
    if (this.#runState === this.#drawnState) {
      this.#reportedState = "";
      return;
    }
    if (this.#runState !== this.#reportedState || time >= this.#reportedAt + REPEAT_AFTER) {
      this.#reportedState = this.#runState;
      this.#reportedAt = time;
      this.trigger("status", this.#runState);
    }
    this.#checkAfter(REPEAT_AFTER);
  }

  /** @param {number} delay ms */
  #checkAfter(delay) {
    this.#stopTimer();
    this.#timer = this.clock.start(() => {
      this.#timer = null;
      this.#check();
    }, delay + MARGIN);
  }

  #stopTimer() {
    if (this.#timer !== null) this.clock.stop(this.#timer);
    this.#timer = null;
  }
}

/** @param {PageState} state */
function key({ status, position, fitted, crowded }) {
  return `${status}:${position}:${fitted}:${crowded}`;
}
