// @ts-check
/**
 * Sentences about the state of a training in the browser.
 * @import { BrowserTrainingData } from "./types.js"
 * @import { TrainingRun } from "./training_run.mjs"
 */
import { duration, fill, number } from "../shared/format.mjs";
import { storedRate } from "./rates.mjs";

/** @typedef {"offer" | "loading" | "measuring" | "preparing" | "open" | "diverged" | "unsupported"} Phase */

/**
 * @typedef {object} ViewState
 * @property {Phase} phase
 * @property {number} share of what is to load, 0 to 1
 * @property {string} feature that the browser lacks
 * @property {boolean} isKept is the training one that the browser has kept?
 */

/**
 * Return where the training is.
 * @param {BrowserTrainingData} data
 * @param {TrainingRun} run
 * @param {ViewState} state
 */
export function sentence({ texts, language }, run, { phase, share, feature, isKept }) {
  const { step, steps, rate, seconds, isPlaying, isOver } = run;
  const values = { step: number(language, step), steps: number(language, steps), rate: number(language, rate) };
  const time = duration(texts, seconds);
  switch (phase) {
    case "offer":
      return isKept ? fill(texts.kept, { ...values, time }) : "";
    case "loading":
      return fill(texts.loading, { n: Math.floor(100 * share) });
    case "open":
      return fill(isPlaying ? texts.running : isOver ? texts.over : texts.paused, { ...values, time });
    case "unsupported":
      return texts[`unsupported.${feature}`];
    default:
      return texts[phase];
  }
}

/**
 * Return what to know: costs and speed before it trains; meanwhile that the tab must stay in front.
 * @param {BrowserTrainingData} data
 * @param {TrainingRun} run
 * @param {ViewState} state
 */
export function advice({ texts, language, megabytes, preset, budget }, run, { phase }) {
  if (phase === "unsupported" || phase === "diverged") return "";
  const rate = run.rate || storedRate(preset);
  if (phase === "offer") {
    const speed = rate ? fill(texts.last_rate, { rate: number(language, rate) }) : texts.measures;
    return together(language, fill(texts.cost, { n: number(language, megabytes) }), texts.front, speed);
  }
  if (!run.measured) return texts.front;
  const steps = number(language, Math.round((run.measured * budget) / run.settings.batch));
  const values = { rate: number(language, run.measured), steps, n: Math.round(budget / 60) };
  return together(language, fill(texts.measured, values), texts.front);
}

/**
 * Return sentences one after another; Chinese has no spaces between them.
 * @param {string} language
 * @param {...string} sentences
 */
function together(language, ...sentences) {
  return sentences.join(language === "zh" ? "" : " ");
}
