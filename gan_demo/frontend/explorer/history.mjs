// @ts-check
/**
 * Undo and redo over immutable states: a drag of many changes is one step.
 * @import { LatentState } from "./types.js"
 */
import { sameState } from "./latent.mjs";

const MAX_STEPS = 200; // states that can be gone back to

export class StateHistory {
  /** @type {LatentState[]} */
  #past = [];
  /** @type {LatentState[]} */
  #future = [];
  #isDragging = false;

  /** @param {LatentState} state */
  constructor(state) {
    this.state = state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Make another state the current one; return whether it differs from the current one.
   * @param {LatentState} next
   * @param {boolean} [isDrag] one of many changes of a move, which settle() ends
   */
  go(next, isDrag = false) {
    if (sameState(next, this.state)) {
      if (!isDrag) this.settle();
      return false;
    }
    if (!this.#isDragging) {
      this.#past = [...this.#past, this.state].slice(-MAX_STEPS);
      this.#future = [];
    }
    this.#isDragging = isDrag;
    this.state = next;
    return true;
  }

  /** End a move. */
  settle() {
    this.#isDragging = false;
  }

  /** Go one step back; return whether there was one. */
  undo() {
    return this.#step(this.#past, this.#future);
  }

  /** Go one step forward again; return whether there was one. */
  redo() {
    return this.#step(this.#future, this.#past);
  }

  /**
   * @param {LatentState[]} from
   * @param {LatentState[]} to
   */
  #step(from, to) {
    const next = from.pop();
    if (!next) return false;
    to.push(this.state);
    this.#isDragging = false;
    this.state = next;
    return true;
  }
}
