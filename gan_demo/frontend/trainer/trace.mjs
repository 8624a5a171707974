// @ts-check
/**
 * One iteration taken apart.
 * @import { NetworkName, State, Trace, TracedTensor, VectorLayout, WatchRequest } from "./types.js"
 */
import { controls } from "./controls.mjs";
import { sizeOf } from "./initial.mjs";
import { Training } from "./training.mjs";
import { logits, planeGrid, samples, slopes } from "./views.mjs";

/**
 * Compute the next iteration's parts without moving on; with several updates of D the last one is shown.
 * @param {Training} training
 * @param {WatchRequest | null} request
 * @returns {Promise<Trace>}
 */
export async function traced(training, request) {
  const { settings, graphs, data } = training;
  const copy = new Training(settings, graphs, data, training.state);
  for (let k = 1; k < settings.dSteps; k++) await copy.update("d", copy.draw());
  const before = copy.state;
  const batch = copy.draw();
  const ofD = await copy.update("d", batch);
  const between = copy.state;
  const ofG = await copy.update("g", batch);
  const after = copy.state;
  const isPlane = graphs.has("logits");
  const plane = planeGrid(request?.surface || 50, request?.extent ?? 2);
  const fakes = await samples(copy, before.g, batch.z, batch.y);
  const none = new Float32Array();
  const half = ofD.logits.length / 2;
  return {
    iteration: training.state.iteration,
    batch: batch.x,
    latents: batch.z,
    fakes,
    realLogits: ofD.logits.slice(0, half),
    fakeLogits: ofD.logits.slice(half),
    ...{ dLoss: ofD.dLoss, gLoss: ofG.gLoss, penalty: ofD.penalty },
    ...{ gradNormD: ofD.gradNormD, gradNormG: ofG.gradNormG },
    surfaceBefore: isPlane ? await logits(copy, before.d, plane) : none,
    surfaceAfter: isPlane ? await logits(copy, between.d, plane) : none,
    slopes: isPlane ? await slopes(copy, between.d, fakes, batch.x) : none,
    movedFakes: await samples(copy, after.g, batch.z, batch.y),
    tensors: {
      g: tensors(copy, "g", between, after),
      d: tensors(copy, "d", before, between),
    },
  };
}

/**
 * Return each tensor before and after an update, and its gradient, which the moments tell.
 * @param {Training} training
 * @param {NetworkName} network
 * @param {State} before
 * @param {State} after
 * @returns {TracedTensor[]}
 */
function tensors({ layout, settings }, network, before, after) {
  const ofNetwork = layout[network];
  const gradient = gradientOf(ofNetwork, settings, before[network], after[network], controls(settings, before));
  return ofNetwork.tensors
    .filter(({ learned }) => learned)
    .map((tensor) => {
      const [first, end] = [tensor.offset, tensor.offset + sizeOf(tensor)];
      /** @param {State} state */
      const cut = (state) => state[network].slice(first, end);
      const { name, shape } = tensor;
      return { name, shape, before: cut(before), after: cut(after), gradient: gradient.slice(first, end) };
    });
}

/**
 * Return the gradient (P,) of an update from the first moments before and after it.
 * @param {VectorLayout} layout
 * @param {{ optimizer: string, beta1: number }} settings
 * @param {Float32Array} before
 * @param {Float32Array} after
 * @param {Float32Array} numbers
 */
function gradientOf({ parts, parameters }, { optimizer, beta1 }, before, after, numbers) {
  const [old, moment1] = [before.subarray(...parts.moment1), after.subarray(...parts.moment1)];
  const moment2 = after.subarray(...parts.moment2);
  const gradient = new Float32Array(parameters);
  for (let k = 0; k < parameters; k++) {
    const added = moment1[k] - beta1 * old[k];
    if (optimizer === "adam") gradient[k] = added / (1 - beta1);
    else gradient[k] = optimizer === "sgd" ? added : added * (Math.sqrt(moment2[k]) + numbers[7]);
  }
  return gradient;
}
