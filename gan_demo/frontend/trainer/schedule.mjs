// @ts-check
/**
 * Factor of the learning rates at each step, and the settings of trainings that end after some time or go on.
 * schedule.py is the reference.
 * @import { TrainerSettings } from "./types.js"
 */

const FITTED_FINAL_FACTOR = 0.35; // at the end of a time budget
const RESTART_STEPS = 100; // over which the rates climb back after a warm restart

/**
 * Return the factor of both learning rates after so many updates of G.
 * @param {TrainerSettings} settings
 * @param {number} step
 */
export function rateFactor(settings, step) {
  const { schedule = "constant", steps = 0, warmup = 0, scheduleFrom = 0, finalFactor = 0 } = settings;
  const climb = warmup ? Math.min(1, (step + 1) / warmup) : 1;
  const length = steps - scheduleFrom;
  const done = length > 0 ? Math.min(1, Math.max(0, step - scheduleFrom) / length) : 0;
  let fall = 1;
  if (schedule === "linear") fall = 1 - done;
  if (schedule === "cosine") fall = 0.5 * (1 + Math.cos(Math.PI * done));
  if (schedule !== "constant") fall = finalFactor + (1 - finalFactor) * fall;
  return climb * rise(settings, step) * fall;
}

/**
 * Return the factor of a warm restart: it climbs from `restartFactor` to 1.
 * @param {TrainerSettings} settings
 * @param {number} step
 */
function rise({ restart = 0, restartFactor = 1, scheduleFrom = 0 }, step) {
  if (restartFactor === 1 || step < restart) return 1;
  const steps = Math.min(RESTART_STEPS, Math.max(1, scheduleFrom - restart));
  return restartFactor + (1 - restartFactor) * Math.min(1, (step - restart + 1) / steps);
}

/**
 * Return settings that end at `steps`, with rates that fall from `step` on, but not to zero.
 * @param {TrainerSettings} settings
 * @param {number} step
 * @param {number} steps
 * @returns {TrainerSettings}
 */
export function fitted(settings, step, steps) {
  const { schedule = "constant", restart = 0, restartFactor = 1 } = settings;
  if (schedule === "constant") return { ...settings, steps };
  const scheduleFrom = restartFactor === 1 ? step : Math.max(step, restart + RESTART_STEPS);
  return { ...settings, steps, scheduleFrom, finalFactor: FITTED_FINAL_FACTOR };
}

/**
 * Return settings that go on from `step` to `steps`: the rates climb from where they are, then fall again.
 * @param {TrainerSettings} settings
 * @param {number} step
 * @param {number} steps
 * @returns {TrainerSettings}
 */
export function restarted(settings, step, steps) {
  const { schedule = "constant" } = settings;
  const factor = rateFactor(settings, step);
  if (schedule === "constant" || step === 0) return { ...settings, steps };
  if (factor === 1) return { ...settings, steps, scheduleFrom: step, finalFactor: 0 };
  const scheduleFrom = step + Math.min(RESTART_STEPS, Math.floor(Math.max(0, steps - step) / 4));
  return { ...settings, steps, restart: step, restartFactor: factor, scheduleFrom, finalFactor: 0 };
}

/**
 * Return whether a time budget has yet to decide when a training ends.
 * @param {TrainerSettings} settings
 */
export function isOpenEnded({ schedule = "constant", scheduleFrom = 0, steps = 0 }) {
  return schedule !== "constant" && scheduleFrom >= steps;
}
