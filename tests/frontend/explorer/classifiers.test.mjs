// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { mostProbable, SampleReader } from "../../../gan_demo/frontend/explorer/engine/classifiers.mjs";
import { latentState } from "../../../gan_demo/frontend/explorer/latent.mjs";
import { createSpace } from "./space_fixture.mjs";

/** @import { Tensors } from "../../../gan_demo/frontend/explorer/types.js" */

/** @type {[string, Tensors][]} */
let runs = [];
const engine = {
  closedReason: "",
  load: async () => ({ sizes: {} }),
  drop: async () => {},
  samples: async () => new Float32Array(),
  /**
   * @param {string} name
   * @param {Tensors} feeds
   */
  run: async (name, feeds) => {
    runs.push([name, feeds]);
    const data = Float32Array.from({ length: 36 * feeds.x.dims[0] }, (_, k) => k);
    return { p: { data, dims: [] }, logit: { data: Float32Array.of(1, -2), dims: [2] } };
  },
  close: () => {},
};
const faces = createSpace({ shape: [3, 32, 32], classifier: "faces" });

/** @param {string} name */
const url = (name) => `/${name}.onnx`;

test("probabilities of each sample are cut into those of each field", async () => {
  const reader = new SampleReader({ space: faces, engine, url });
  const [first, second] = await reader.read(new Float32Array(2 * 3072), 2);
  assert.deepEqual(
    first.map((p) => p.length),
    [2, 3, 2, 2, 2, 11, 8, 5],
  );
  assert.deepEqual([first[0][0], first[1][0], second[0][0]], [0, 2, 35]);
});

test("D is given labels where the model takes some", async () => {
  const reader = new SampleReader({ space: faces, engine, url });
  for (const y of [[], [0.25, 0.75]]) {
    runs = [];
    const logits = await reader.judge(new Float32Array(2 * 3072), [latentState([1], y), latentState([2], y)]);
    assert.deepEqual([...logits], [1, -2]);
    const [[name, feeds]] = runs;
    assert.equal(name, "discriminator");
    assert.deepEqual(feeds.y?.dims, y.length ? [2, 2] : undefined);
    assert.deepEqual(feeds.x.dims, [2, 3, 32, 32]);
  }
});

test("without a classifier or a discriminator there is nothing to read", () => {
  const bare = new SampleReader({ space: createSpace({ shape: [1, 28, 28], discriminator: false }), engine, url });
  assert.deepEqual([bare.fields, bare.hasDiscriminator], [[], false]);
  const elsewhere = new SampleReader({ space: faces, engine, url: () => "" });
  assert.deepEqual([elsewhere.fields, elsewhere.hasDiscriminator], [[], false]);
});

test("the most probable value is the first of the largest", () => {
  assert.deepEqual(mostProbable([0.125, 0.5, 0.25]), [1, 0.5]);
  assert.deepEqual(mostProbable([0.5, 0.5]), [0, 0.5]);
});
