// @ts-check
/**
 * Samples of states, which the generator takes one truncation at a time.
 * @import { Engine, FurtherInputs, LatentState, SampleOptions } from "../types.js"
 */

/**
 * Draw the samples of states, one after the other.
 * @param {Pick<Engine, "samples">} engine
 * @param {readonly LatentState[]} states
 * @param {SampleOptions} options
 * @param {(states: readonly LatentState[]) => FurtherInputs} [further] what the network takes besides
 */
export async function samplesOf(engine, states, options, further = () => ({})) {
  const parts = [];
  for (let start = 0, end = 0; start < states.length; start = end) {
    const { psi } = states[start];
    do end++;
    while (end < states.length && states[end].psi === psi);
    const batch = states.slice(start, end);
    const ys = batch[0].y.length ? flat(batch.map(({ y }) => y)) : null;
    const zs = flat(batch.map(({ z }) => z));
    parts.push(await engine.samples(zs, ys, psi, { ...options, ...further(batch) }));
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
