// @ts-check
// The offer to fork the run: any saved state can be continued with other settings.

import { find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";

/** @import { LiveBoardTexts } from "./types.js" */

/**
 * Say how the state that is offered relates to the step on show, which may not have been saved.
 * @param {number} step that is offered
 * @param {number | null} shownStep null for the newest
 * @param {number} newestStep
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
export function forkNote(step, shownStep, newestStep, texts, language) {
  if (step === (shownStep ?? newestStep)) return texts.fork_note;
  if (shownStep === null) return texts.fork_newest;
  return fill(step < shownStep ? texts.fork_before : texts.fork_first, { shown: number(language, shownStep) });
}

/**
 * Return the saved state to fork from: the last one before the step on show, else the first; null without any.
 * @param {readonly number[]} states steps with a saved state, in ascending order
 * @param {number | null} shownStep null for the newest
 */
export function forkStep(states, shownStep) {
  const before = states.filter((step) => shownStep === null || step <= shownStep);
  return before.at(-1) ?? states[0] ?? null;
}

export class ForkOffer {
  /** @type {number | null} the state that is offered */
  #step = null;

  /**
   * @param {HTMLElement} root
   * @param {(step: number) => void} onFork
   */
  constructor(root, onFork) {
    this.root = root;
    this.button = find(root, "button");
    this.note = find(root, "span");
    this.button.addEventListener("click", () => {
      if (this.#step !== null) onFork(this.#step);
    });
  }

  /**
   * @param {number | null} step null to offer nothing
   * @param {number | null} shownStep null for the newest
   * @param {number} newestStep
   * @param {LiveBoardTexts} texts
   * @param {string} language
   */
  draw(step, shownStep, newestStep, texts, language) {
    this.#step = step;
    this.root.hidden = step === null;
    if (step === null) return;
    this.button.textContent = fill(texts.fork, { step: number(language, step) });
    this.note.textContent = forkNote(step, shownStep, newestStep, texts, language);
  }
}
