// @ts-check
// A journey recorded while it plays, for browsers that have a recorder but no encoder. It takes as long as the journey.

import { BATCH } from "./frames.mjs";
import { evenPositions, stateAt } from "./journey.mjs";

/** @import { SamplePainter } from "../stage/sample_painter.mjs" */
/** @import { FileRequest, Recording } from "./types" */

/**
 * @param {FileRequest} request
 * @param {SamplePainter} painter
 * @param {{ count: number, fps: number }} length
 * @param {Recording & { bitsPerSecond: number }} recording
 */
export async function recordVideo(request, painter, { count, fps }, { extension, mimeType, bitsPerSecond }) {
  const samples = await allSamples(request, count);
  const canvas = painter.large(painter.pixels(samples[0].x, samples[0].index));
  const recorder = new MediaRecorder(canvas.captureStream(fps), { mimeType, videoBitsPerSecond: bitsPerSecond });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = (event) => reject("error" in event ? event.error : new Error("MediaRecorder"));
  });
  recorder.start();
  await playOnCanvas(request, painter, samples, fps);
  recorder.stop();
  await stopped;
  request.signal.throwIfAborted();
  return new Blob(parts, { type: `video/${extension}` });
}

/**
 * Return all samples of the film before it plays. As pictures, those of points would be hundreds of megabytes.
 *
 * @param {FileRequest} request
 * @param {number} count
 */
async function allSamples({ app, journey, signal }, count) {
  const states = evenPositions(journey, count).map((position) => stateAt(journey, position));
  const samples = [];
  for (let start = 0; start < count; start += BATCH) {
    const batch = states.slice(start, start + BATCH);
    const x = await app.samples(batch);
    signal.throwIfAborted();
    for (let index = 0; index < batch.length; index++) samples.push({ x, index });
  }
  return samples;
}

/**
 * Draw the samples at their times, leaving out those that it is too late for.
 *
 * @param {FileRequest} request
 * @param {SamplePainter} painter
 * @param {{ x: Float32Array, index: number }[]} samples
 * @param {number} fps
 */
async function playOnCanvas({ signal, report }, painter, samples, fps) {
  const start = performance.now();
  const due = () => Math.floor(((performance.now() - start) * fps) / 1000);
  for (let k = 0; k < samples.length && !signal.aborted; k = Math.max(k + 1, due())) {
    painter.large(painter.pixels(samples[k].x, samples[k].index));
    report((k + 1) / samples.length);
    const wait = start + (1000 * (k + 1)) / fps - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
  }
}
