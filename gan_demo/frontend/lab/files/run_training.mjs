// @ts-check
/**
 * A training of a run on the server, as the lab goes on with it.
 * @import { LogColumns } from "../../trainer/types.js"
 * @import { LabSettings } from "../types.js"
 */
import { rateFactor } from "../../trainer/schedule.mjs";
import { readState } from "../../trainer/state_file.mjs";
import { CONTROLS, DEFAULTS } from "../settings.mjs";

/** Factor of the learning rates below which a schedule is over: a run that trains on has its full rates again. */
const LEAST_FACTOR = 0.01;
const OWN_POINTS = "table"; // what the lab calls a run's own points

/**
 * @typedef {object} RunTraining
 * @property {LabSettings} settings
 * @property {Float32Array | null} points own points (N, 2)
 * @property {LogColumns} rows of its curves
 * @property {number} step updates of G so far
 * @property {Adapted[]} adapted settings that the lab does not have
 */

/** @typedef {{ setting: "schedule" | "penalty_every", n: number }} Adapted `n`: what the run has, of a number */

/**
 * Read the file of a run's training. The learning rates are those of its next step. Throws StateFileError.
 * @param {Uint8Array} file
 * @returns {RunTraining}
 */
export function readRunTraining(file) {
  const { settings, state, points, rows } = readState(file);
  const { schedule = "constant", warmup = 0, penaltyEvery = 1, r1, r2, gp } = settings;
  const scheduled = rateFactor(settings, state.gUpdates);
  const factor = scheduled < LEAST_FACTOR ? 1 : scheduled;
  const known = Object.fromEntries(CONTROLS.map(({ key }) => [key, settings[key] ?? DEFAULTS[key]]));
  const rates = { gLr: settings.gLr * factor, dLr: settings.dLr * factor };
  /** @type {Adapted[]} */
  const adapted = [];
  if (schedule !== "constant" || warmup > state.gUpdates) adapted.push({ setting: "schedule", n: 0 });
  if (penaltyEvery > 1 && (r1 || r2 || gp)) adapted.push({ setting: "penalty_every", n: penaltyEvery });
  return {
    settings: /** @type {LabSettings} */ ({ ...known, ...rates, ...(points && { data: OWN_POINTS }) }),
    points,
    rows,
    step: state.gUpdates,
    adapted,
  };
}
