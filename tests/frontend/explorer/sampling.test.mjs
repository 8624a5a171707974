// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { samplesOf } from "../../../gan_demo/frontend/explorer/engine/sampling.mjs";
import { latentState } from "../../../gan_demo/frontend/explorer/latent.mjs";

/** Draws z itself, and notes what it was asked for. */
class Engine {
  /** @type {[z: number[], y: number[] | null, psi: number][]} */
  calls = [];

  /**
   * @param {Float32Array} zs
   * @param {Float32Array | null} ys
   */
  async samples(zs, ys, psi = 1) {
    this.calls.push([[...zs], ys && [...ys], psi]);
    return zs;
  }
}

test("states of one truncation are drawn together", async () => {
  const engine = new Engine();
  const states = [latentState([1, 2], [1, 0], 0.5), latentState([3, 4], [0, 1], 0.5)];
  assert.deepEqual([...(await samplesOf(engine, states, {}))], [1, 2, 3, 4]);
  assert.deepEqual(engine.calls, [[[1, 2, 3, 4], [1, 0, 0, 1], 0.5]]);
});

test("states of several truncations come in their order", async () => {
  const engine = new Engine();
  const states = [1, 1, 0.5, 1].map((psi, k) => latentState([k], [], psi));
  assert.deepEqual([...(await samplesOf(engine, states, {}))], [0, 1, 2, 3]);
  assert.deepEqual(engine.calls, [
    [[0, 1], null, 1],
    [[2], null, 0.5],
    [[3], null, 1],
  ]);
});
