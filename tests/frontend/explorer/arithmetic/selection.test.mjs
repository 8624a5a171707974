// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  readIndices,
  readStates,
  writeIndices,
  writeStates,
} from "../../../../gan_demo/frontend/explorer/arithmetic/selection.mjs";
import { latentState } from "../../../../gan_demo/frontend/explorer/latent.mjs";

const SPACE = /** @type {import("../../../../gan_demo/frontend/explorer/types.js").Space} */ ({
  z_dim: 2,
  labels: [{ name: "hat", values: ["no", "yes"] }],
});

for (const indices of [[0], [0, 1, 2], [3, 11, 13], [31, 32, 40, 53, 64, 200]]) {
  test(`the chosen examples ${indices} are the same from the address`, () => {
    assert.deepEqual(readIndices(writeIndices(indices)), indices);
  });
}

test("old links read as they did: a bit for each example, in base 36", () => {
  assert.equal(writeIndices([0, 1, 2]), "7");
  assert.equal(writeIndices([0, 2, 12]), (2 ** 12 + 5).toString(36));
  assert.deepEqual(readIndices("35x"), [0, 2, 12]);
});

for (const text of ["", "-7", "7.5", "é", "z".repeat(65)]) {
  test(`nothing is chosen by “${text.slice(0, 9)}”`, () => {
    assert.deepEqual(readIndices(text), []);
  });
}

test("own states are the same from the address", () => {
  const states = [latentState([1, -2.5], [0, 1]), latentState([0.1, 3], [0.25, 0.75])];
  assert.deepEqual(readStates(writeStates(states), SPACE), states);
});

test("states that this model does not take are left out", () => {
  const own = [latentState([1, 2, 3], [0, 1]), latentState([1, 2], [0, 1])];
  assert.equal(readStates(writeStates(own), SPACE).length, 1);
  assert.deepEqual(readStates("no~states.here~~", SPACE), []);
});
