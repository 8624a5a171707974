// @ts-check
// A model of faces for tests, whose samples are its labels, or z without labels; a classifier reads them exactly.
import { attributesOf } from "../../../../gan_demo/frontend/explorer/arithmetic/formula.mjs";
import { SampleFinder } from "../../../../gan_demo/frontend/explorer/arithmetic/sample_finder.mjs";
import { labelWeights, rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";

/**
 * @import { App, LabelField, LatentState } from "../../../../gan_demo/frontend/explorer/types.js"
 * @import { SampleReader } from "../../../../gan_demo/frontend/explorer/engine/classifiers.mjs"
 */

/** @type {LabelField[]} */
export const FIELDS = [
  { name: "glasses", values: ["none", "light", "dark"] },
  { name: "long_hair", values: ["no", "yes"] },
];
const WIDTH = 5; // values of all fields

/**
 * Return a sample finder for a model with or without labels. `distort` changes samples (n·5) before they are read.
 * @param {{ conditional: boolean, distort?: (x: Float32Array) => void }} options
 */
export function faceFinder({ conditional, distort = () => {} }) {
  const batches = { count: 0 };
  const app = /** @type {App} */ (
    /** @type {unknown} */ ({
      space: { z_dim: WIDTH, labels: conditional ? FIELDS : [], shape: [1, 1, WIDTH] },
      rng,
      /** @param {LatentState[]} states */
      samples: async (states) => {
        batches.count++;
        const x = Float32Array.from(states.flatMap(({ z, y }) => [...(conditional ? y : z)]));
        distort(x);
        return x;
      },
    })
  );
  const reader = /** @type {SampleReader} */ (
    /** @type {unknown} */ ({
      fields: FIELDS,
      /** @param {Float32Array} x @param {number} n */
      read: async (x, n) =>
        Array.from({ length: n }, (_, sample) => {
          const values = x.subarray(sample * WIDTH, (sample + 1) * WIDTH);
          return FIELDS.map((_, field) => labelWeights(values, FIELDS, field));
        }),
    })
  );
  const attributes = attributesOf(app.space, FIELDS);
  return { finder: new SampleFinder(app, reader, attributes), attributes, batches };
}
