// @ts-check
/**
 * One iteration in slow motion: what each of its steps shows on the stage, from a trace of the engine.
 * @import { LabSettings, StageFrame, Trace } from "../types.js"
 */
import { realShares } from "../frames.mjs";

export const STEPS = [
  "sample",
  "forward",
  "judge",
  "d_loss",
  "d_gradients",
  "d_update",
  "g_sample",
  "g_loss",
  "g_gradients",
  "g_update",
];

const ARROWS = 64; // of the batch's; more hide each other

/**
 * @typedef {object} Scene
 * @property {StageFrame} frame
 * @property {string[]} layers
 * @property {Float32Array} real the batch, or nothing
 * @property {Record<string, number>} numbers of the caption
 */

/**
 * Return what a step shows.
 * @param {Trace} trace
 * @param {LabSettings} settings
 * @param {number} index of STEPS
 * @returns {Scene}
 */
export function scene(trace, settings, index) {
  const step = STEPS[index];
  const isAfter = index >= STEPS.indexOf("d_update");
  const [dReal, dFake] = [mean(trace.realLogits), mean(trace.fakeLogits)];
  const logits = isAfter ? trace.surfaceAfter : trace.surfaceBefore;
  const hasArrows = step === "g_gradients" || step === "g_update";
  return {
    frame: {
      iteration: trace.iteration,
      samples: step === "sample" ? new Float32Array() : step === "g_update" ? trace.movedFakes : trace.fakes,
      surface: { values: realShares(settings.loss, logits, dReal, dFake), n: Math.round(Math.sqrt(logits.length)) },
      warp: null,
      arrows: hasArrows
        ? { points: trace.fakes.subarray(0, 2 * ARROWS), gradients: trace.slopes.subarray(0, 2 * ARROWS) }
        : null,
    },
    layers: layersOf(step),
    real: index < STEPS.indexOf("g_sample") ? trace.batch : new Float32Array(),
    numbers: {
      batch: trace.batch.length / 2,
      dReal,
      dFake,
      dLoss: trace.dLoss,
      gLoss: trace.gLoss,
      gradNormD: trace.gradNormD,
      gradNormG: trace.gradNormG,
      moved: meanDistance(trace.fakes, trace.movedFakes),
    },
  };
}

/** @param {string} step */
function layersOf(step) {
  if (step === "sample") return ["real"];
  if (step === "forward") return ["real", "fake"];
  if (step === "g_gradients" || step === "g_update") return ["surface", "fake", "arrows"];
  return ["surface", "real", "fake"];
}

/** @param {Float32Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {Float32Array} from
 * @param {Float32Array} to
 */
function meanDistance(from, to) {
  let sum = 0;
  for (let k = 0; k < from.length; k += 2) sum += Math.hypot(to[k] - from[k], to[k + 1] - from[k + 1]);
  return (2 * sum) / from.length;
}
