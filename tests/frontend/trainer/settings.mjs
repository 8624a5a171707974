// @ts-check
/**
 * Settings and layouts for tests.
 * @import { StateLayout, TrainerSettings } from "../../../gan_demo/frontend/trainer/types.js"
 */

/** @type {TrainerSettings} */
export const SETTINGS = {
  data: "ring",
  noiseDim: 2,
  noiseKind: "gaussian",
  gLayers: 1,
  gWidth: 8,
  gLr: 1e-3,
  gSteps: 1,
  ema: 0,
  dLayers: 1,
  dWidth: 8,
  dLr: 2e-3,
  dSteps: 1,
  pack: 1,
  activation: "leaky_relu",
  loss: "relativistic",
  r1: 0.1,
  r2: 0.2,
  gp: 0,
  labelSmoothing: 0,
  optimizer: "adam",
  beta1: 0.5,
  beta2: 0.99,
  batch: 16,
  seed: 3,
};

/** Of a generator with batch norm, and of a discriminator with labels. @type {StateLayout} */
export const LAYOUT = {
  g: {
    length: 4 * 60 + 6,
    parameters: 60,
    parts: { weights: [0, 63], moment1: [63, 123], moment2: [123, 183], average: [183, 246] },
    tensors: [
      { name: "linear.weight", shape: [4, 4], offset: 0, learned: true },
      { name: "net.0.weight", shape: [2], offset: 16, learned: true },
      { name: "net.0.bias", shape: [2], offset: 18, learned: true },
      { name: "net.2.weight", shape: [2, 2, 3, 3], offset: 20, learned: true },
      { name: "net.2.bias", shape: [4], offset: 56, learned: true },
      { name: "net.0.running_mean", shape: [1], offset: 60, learned: false },
      { name: "net.0.running_var", shape: [1], offset: 61, learned: false },
      { name: "net.0.num_batches_tracked", shape: [], offset: 62, learned: false },
    ],
  },
  d: {
    length: 3 * 14,
    parameters: 14,
    parts: { weights: [0, 14], moment1: [14, 28], moment2: [28, 42] },
    tensors: [
      { name: "head.weight", shape: [1, 4], offset: 0, learned: true },
      { name: "head.bias", shape: [1], offset: 4, learned: true },
      { name: "label.weight", shape: [3, 3], offset: 5, learned: true },
    ],
  },
};
