// @ts-check
/**
 * Samples of states, which the generator takes one truncation at a time.
 * @import { Engine, LatentState, SampleOptions } from "../types.js"
 */

/**
 * Draw the samples of states, one after the other.
 * @param {Pick<Engine, "samples">} engine
 * @param {readonly LatentState[]} states
 * @param {SampleOptions} options
 */
export async function samplesOf(engine, states, options) {
  const parts = [];
  for (let start = 0, end = 0; start < states.length; start = end) {
    const { psi } = states[start];
    do end++;
    while (end < states.length && states[end].psi === psi);
    const batch = states.slice(start, end);
    const ys = batch[0].y.length ? flat(batch.map(({ y }) => y)) : null;
    parts.push(await engine.samples(flat(batch.map(({ z }) => z)), ys, psi, options));
  }
  return parts.length === 1 ? parts[0] : flat(parts);
}

/** @param {Float32Array[]} rows */
function flat(rows) {
  const whole = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let offset = 0;
  for (const row of rows) {
    whole.set(row, offset);
    offset += row.length;
  }
  return whole;
}
