// @ts-check
// The frames of a film of a journey, drawn one after the other.

import { evenPositions, stateAt } from "./journey.mjs";

/** @import { App, LatentState } from "../types" */
/** @import { Frame, FramePainter, Journey } from "./types" */

export const BATCH = 8; // samples that are asked for at once

/**
 * Yield `count` frames, evenly spaced on the journey.
 *
 * @param {Pick<App, "samples">} app
 * @param {Journey} journey
 * @param {number} count
 * @param {FramePainter} painter
 * @param {AbortSignal} [signal]
 */
export function journeyFrames(app, journey, count, painter, signal) {
  const states = evenPositions(journey, count).map((position) => stateAt(journey, position));
  return stateFrames(app, states, painter, signal);
}

/**
 * Yield a frame for each state. Throws the signal's reason once it is aborted.
 *
 * @param {Pick<App, "samples">} app
 * @param {LatentState[]} states
 * @param {FramePainter} painter
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Frame>}
 */
export async function* stateFrames(app, states, painter, signal) {
  for (let start = 0; start < states.length; start += BATCH) {
    const batch = states.slice(start, start + BATCH);
    const x = await app.samples(batch);
    signal?.throwIfAborted();
    for (let k = 0; k < batch.length; k++) yield { index: start + k, pixels: painter.pixels(x, k) };
    await new Promise((resolve) => setTimeout(resolve)); // the picture on stage gets its turn
  }
}
