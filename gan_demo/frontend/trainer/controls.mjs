// @ts-check
/**
 * The numbers that a compiled step takes beside state and batch; gan/compiled/spec.py is the reference.
 * @import { State, TrainerSettings } from "./types.js"
 */

const EPSILON = 1e-8; // torch's, of Adam and RMSprop
const RESTART_STEPS = 100;

/**
 * Return the controls of the next update, in the order of CONTROLS in gan/compiled/spec.py.
 * @param {TrainerSettings} settings
 * @param {State} state
 */
export function controls(settings, state) {
  const factor = rateFactor(settings, state.gUpdates);
  const { gUpdates } = state;
  return Float32Array.of(
    ...optimizerControls(settings, settings.gLr * factor, state.gOptimizerSteps + 1),
    ...optimizerControls(settings, settings.dLr * factor, state.dOptimizerSteps + 1),
    settings.r1,
    settings.r2,
    settings.gp,
    settings.penaltyEvery ?? 1,
    settings.labelSmoothing,
    settings.ema ? 1 - Math.min(settings.ema, (1 + gUpdates) / (10 + gUpdates)) : 1,
  );
}

/**
 * @param {TrainerSettings} settings
 * @param {number} rate
 * @param {number} t number of this update of the network, from 1
 */
function optimizerControls({ beta1, beta2 }, rate, t) {
  const corrections = [1 / (1 - beta1 ** t), (1 - beta2 ** t) ** -0.5];
  return [rate, beta1, beta2, 1 - beta1, 1 - beta2, ...corrections, EPSILON];
}

/**
 * Return the factor of both learning rates after so many updates of G, as rate_factor in schedule.py does.
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
 * Return whether D's next update has penalties.
 * @param {TrainerSettings} settings
 * @param {State} state
 */
export function isPenalised({ r1, r2, gp, penaltyEvery = 1 }, { dUpdates }) {
  return (r1 > 0 || r2 > 0 || gp > 0) && dUpdates % penaltyEvery === 0;
}
