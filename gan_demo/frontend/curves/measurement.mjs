// @ts-check
/**
 * When the samples were evaluated: evaluations are rare, so what a panel says of them may be of an earlier step.
 * @import { Columns, Texts } from "../shared/types.js"
 */
import { duration, fill, number } from "../shared/format.mjs";
import { upperBound } from "./series.mjs";

const USUAL = 6; // newest evaluations whose distances are usual
const OLD_INTERVALS = 3; // usual distances after which an evaluation is out of date; as in analysis/series.py
const FRESH_SECONDS = 5; // of training: so soon none is

/**
 * @typedef {object} Measurement
 * @property {number} row
 * @property {number} step
 * @property {number | null} age seconds of training between it and the moment on show
 * @property {boolean} isOld whether it is out of date at that moment
 */

/**
 * Return the last measurement of a column up to a step; null if there is none.
 * @param {Columns} columns
 * @param {string} column
 * @param {number | null} step null for the newest
 * @returns {Measurement | null}
 */
export function measurementAt(columns, column, step) {
  const { step: steps = [], seconds = [] } = columns;
  const end = step === null ? steps.length : upperBound(steps, step);
  const rows = measuredRows(columns[column] ?? [], end);
  if (!rows.length) return null;
  const lastTime = seconds[end - 1] ?? null;
  const times = rows.map((row) => seconds[row] ?? null).filter((time) => time !== null);
  const age = lastTime === null || !times.length ? null : Math.max(0, lastTime - times[0]);
  return { row: rows[0], step: Number(steps[rows[0]]), age, isOld: age !== null && age > longestAge(times) };
}

/**
 * Return the newest rows before `end` that have a value, the last first.
 * @param {readonly unknown[]} values
 * @param {number} end
 */
function measuredRows(values, end) {
  const rows = [];
  for (let row = Math.min(end, values.length) - 1; row >= 0 && rows.length < USUAL; row--) {
    if ((values[row] ?? null) !== null) rows.push(row);
  }
  return rows;
}

/**
 * Return the age in seconds from which on the newest of some measurements is out of date.
 * @param {number[]} times in descending order
 */
function longestAge(times) {
  const distances = times.slice(1).map((time, k) => times[k] - time);
  const usual = (distances.length ? distances : times).sort((a, b) => a - b);
  return Math.max(FRESH_SECONDS, OLD_INTERVALS * usual[(usual.length - 1) >> 1]);
}

/**
 * Say when a measurement was taken: "Measured at step 1,200, 8 s ago".
 * @param {Measurement | null} measurement
 * @param {{ texts: Texts, language: string }} data
 * @param {boolean} isNewest whether the moment on show is the newest
 */
export function measurementText(measurement, { texts, language }, isNewest) {
  if (!measurement) return texts.unmeasured ?? "";
  const step = number(language, measurement.step);
  const { age, isOld } = measurement;
  if (age === null || age < 1) return fill(texts.measured ?? "", { step });
  const { "time.seconds": seconds, "time.minutes": minutes, "time.hours": hours } = texts;
  const { "time.whole_minutes": whole_minutes, "time.whole_hours": whole_hours } = texts;
  const text = texts[isNewest ? "measured.ago" : "measured.before"] ?? "";
  const sentence = fill(text, { step, age: duration({ seconds, minutes, hours, whole_minutes, whole_hours }, age) });
  return isOld && isNewest ? fill(texts["measured.old"] ?? "{sentence}", { sentence }) : sentence;
}
