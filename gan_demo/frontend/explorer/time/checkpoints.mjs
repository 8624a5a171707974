// @ts-check
// Checkpoints that draw the same latent space as the model on show: those of its own run, and of similar runs; pure.

/** @import { ModelOffer, Space } from "../types" */
/** @import { Checkpoint } from "./types" */

const EARLY_SHARE = 200; // the first 1/200 of the steps counts as much as each doubling after it

/**
 * Return the checkpoints of the run on show, in ascending order.
 *
 * @param {ModelOffer[]} models
 * @param {string} id
 * @returns {Checkpoint[]}
 */
export function ownCheckpoints(models, id) {
  const checkpoints = models.find((model) => model.id === id)?.checkpoints ?? [];
  return checkpoints.map(([step, source]) => ({ id, title: "", step, source }));
}

/**
 * Return the last checkpoint of each other run that takes the same z and labels and draws samples of the same shape.
 *
 * @param {ModelOffer[]} models
 * @param {string} id
 * @param {Pick<Space, "z_dim" | "shape" | "labels">} space
 * @returns {Checkpoint[]}
 */
export function otherCheckpoints(models, id, space) {
  const wanted = signature(space);
  return models
    .filter((model) => model.id !== id && model.checkpoints.length && signature(model) === wanted)
    .map((model) => {
      const [step, source] = model.checkpoints[model.checkpoints.length - 1];
      return { id: model.id, title: model.title, step, source };
    });
}

/** @param {Pick<Space, "z_dim" | "shape" | "labels">} description */
function signature({ z_dim, shape, labels }) {
  return JSON.stringify([z_dim, shape, labels.map(({ name, values }) => [name, values])]);
}

/**
 * Choose `count` steps, the first and the last among them, closer together at the beginning, when pictures change fast.
 *
 * @param {number[]} steps ascending
 * @param {number} count
 */
export function spreadSteps(steps, count) {
  if (steps.length <= count) return [...steps];
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const early = (last - first) / EARLY_SHARE || 1;
  /** @type {(step: number) => number} 0 to 1, on a logarithmic scale */
  const position = (step) => Math.log(1 + (step - first) / early) / Math.log(1 + (last - first) / early);
  const free = [...steps];
  const chosen = Array.from({ length: count }, (_, k) => {
    const wanted = k / (count - 1);
    const best = free.reduce((a, b) => (Math.abs(position(b) - wanted) < Math.abs(position(a) - wanted) ? b : a));
    return free.splice(free.indexOf(best), 1)[0];
  });
  return chosen.sort((a, b) => a - b);
}
