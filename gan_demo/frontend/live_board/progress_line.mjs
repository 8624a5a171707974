// @ts-check
// The line that says how far the training is, with its bar.

import { find } from "../shared/dom.mjs";
import { duration, fill, number } from "../shared/format.mjs";
import { isAlive } from "../shared/run_status.mjs";

/** @import { Progress, RunStatus } from "../shared/types.js" */
/** @import { LiveBoardTexts } from "./types.js" */

const MEGABYTE = 1e6; // larger amounts are bytes and are said in megabytes

/**
 * Return how much is done, 0 to 1, and the sentence that says it.
 * @param {Progress} progress
 * @param {RunStatus} status
 * @param {LiveBoardTexts} texts
 * @param {string} language
 * @param {number} [sharing] other trainings that take turns with this one
 */
export function describeProgress(progress, status, texts, language, sharing = 0) {
  const { step, steps, seconds, loading, images_per_second: rate, seconds_left: left, budget } = progress;
  /** @param {number} value */
  const n = (value) => number(language, value);
  const share = Math.min(1, budget ? seconds / budget : step / Math.max(1, steps));
  const values = {
    step: n(step),
    steps: n(steps),
    rate: n(rate),
    time: duration(texts, seconds),
    left: duration(texts, left),
    budget: duration(texts, budget),
  };
  if (!isAlive(status)) return { share, text: fill(budget ? texts.was_begin : texts.was, values) };
  if (loading) {
    const unit = loading.total > MEGABYTE ? MEGABYTE : 1;
    const template = texts.loading[loading.what] ?? texts.preparing;
    return {
      share: Math.min(1, loading.done / Math.max(1, loading.total)),
      text: fill(template, { done: n(loading.done / unit), total: n(loading.total / unit) }),
    };
  }
  if (!step && !rate) return { share, text: texts.preparing };
  const pace = budget ? texts.pace_begin : left === null ? texts.pace_unknown : texts.pace;
  const turns =
    status === "running" && sharing > 0 ? fill(sharing === 1 ? texts.turns_one : texts.turns, { n: n(sharing) }) : "";
  return { share, text: [fill(pace, values), turns].filter(Boolean).join(" · ") };
}

export class ProgressLine {
  /** @param {HTMLElement} root of the board */
  constructor(root) {
    this.track = find(root, ".progress .track");
    this.bar = find(root, ".progress .track i");
    this.text = find(root, ".progress span");
  }

  /** @param {LiveBoardTexts} texts */
  setName(texts) {
    this.track.setAttribute("aria-label", texts.progress);
  }

  /**
   * @param {Progress} progress
   * @param {RunStatus} status
   * @param {LiveBoardTexts} texts
   * @param {string} language
   * @param {number} sharing
   */
  draw(progress, status, texts, language, sharing) {
    const { share, text } = describeProgress(progress, status, texts, language, sharing);
    this.bar.style.width = `${100 * share}%`;
    this.track.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    this.text.textContent = text;
  }
}
