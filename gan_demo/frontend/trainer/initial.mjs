// @ts-check
/**
 * First states: weights from the distributions of gan/models, moments zero, the average a copy of the weights.
 * @import { StateLayout, State, TensorSlice, TrainerSettings, VectorLayout } from "./types.js"
 */
import { Random } from "./random.mjs";

/** Streams of random numbers: each use of the seed has its own. */
export const STREAMS = { steps: 0, data: 1, g: 2, d: 3, views: 4 };
const DCGAN_DEVIATION = 0.02;

/**
 * @param {StateLayout} layout
 * @param {TrainerSettings} settings
 * @returns {State}
 */
export function initialState(layout, settings) {
  return {
    g: initialVector(layout.g, settings, "g"),
    d: initialVector(layout.d, settings, "d"),
    iteration: 0,
    gUpdates: 0,
    dUpdates: 0,
    gOptimizerSteps: 0,
    dOptimizerSteps: 0,
    seconds: 0,
    random: new Random(settings.seed, STREAMS.steps).state,
  };
}

/**
 * Return a network's vector before its first update.
 * @param {VectorLayout} layout
 * @param {TrainerSettings} settings
 * @param {"g" | "d"} network
 */
export function initialVector(layout, settings, network) {
  const vector = new Float32Array(layout.length);
  const random = new Random(settings.seed, STREAMS[network]);
  const weights = vector.subarray(...layout.parts.weights);
  const shapes = new Map(layout.tensors.map((tensor) => [tensor.name, tensor.shape]));
  for (const tensor of layout.tensors) {
    const values = weights.subarray(tensor.offset, tensor.offset + sizeOf(tensor));
    fill(values, tensor, shapes, random, settings.arch ?? "points");
  }
  if (layout.parts.average) vector.set(weights, layout.parts.average[0]);
  return vector;
}

/**
 * Fill a tensor with its first values: of layers torch's, of batch norm 1 and 0, of D's labels 0.
 * @param {Float32Array} values
 * @param {TensorSlice} tensor
 * @param {Map<string, number[]>} shapes of all tensors of the network
 * @param {Random} random
 * @param {string} arch
 */
function fill(values, { name, shape }, shapes, random, arch) {
  const [layer, kind] = splitName(name);
  if (shapes.has(`${layer}.running_var`)) return values.fill(kind === "weight" || kind === "running_var" ? 1 : 0);
  if (layer === "label") return values.fill(0);
  const isConvolution = shape.length === 4;
  if (isConvolution && arch.startsWith("dcgan")) {
    random.fillNormal(values);
    return values.forEach((value, k) => {
      values[k] = DCGAN_DEVIATION * value;
    });
  }
  const ofWeight = shapes.get(`${layer}.weight`) ?? shape;
  const inputs = ofWeight.slice(1).reduce((product, size) => product * size, 1);
  const bound = 1 / Math.sqrt(inputs);
  return random.fillUniform(values, -bound, bound);
}

/** @param {string} name */
function splitName(name) {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** @param {TensorSlice} tensor */
export function sizeOf({ shape }) {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Return whether two networks have the same tensors.
 * @param {VectorLayout} a
 * @param {VectorLayout} b
 */
export function sameLayout(a, b) {
  /** @param {VectorLayout} layout */
  const outline = ({ tensors }) => JSON.stringify(tensors.map(({ name, shape }) => [name, shape]));
  return a.length === b.length && outline(a) === outline(b);
}
