// @ts-check
/**
 * The numbers that a compiled step takes beside state and batch; gan/compiled/spec.py is the reference.
 * @import { State, TrainerSettings } from "./types.js"
 */
import { rateFactor } from "./schedule.mjs";

const EPSILON = 1e-8; // torch's, of Adam and RMSprop

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
 * Return whether D's next update has penalties.
 * @param {TrainerSettings} settings
 * @param {State} state
 */
export function isPenalised({ r1, r2, gp, penaltyEvery = 1 }, { dUpdates }) {
  return (r1 > 0 || r2 > 0 || gp > 0) && dUpdates % penaltyEvery === 0;
}
