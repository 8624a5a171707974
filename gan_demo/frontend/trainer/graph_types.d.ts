/** Settings of a training in the browser, and the files of graphs that they choose. Types only. */

// ---- settings

/** Names of settings are the core's in camel case; gLayers and gWidth are of G's hidden layers, dLayers … of D's. */
export interface TrainerSettings {
  loss: string;
  gLayers: number;
  gWidth: number;
  dLayers: number;
  dWidth: number;
  activation: string;
  noiseDim: number;
  /** "gaussian", N(0, 1), or "uniform" in [-1, 1]. */
  noiseKind: string;
  batch: number;
  optimizer: string;
  gLr: number;
  dLr: number;
  beta1: number;
  beta2: number;
  /** Updates of D and of G in an iteration. */
  dSteps: number;
  gSteps: number;
  r1: number;
  r2: number;
  gp: number;
  labelSmoothing: number;
  /** Decay of G's moving average; 0 is none. */
  ema: number;
  /** Samples that D judges together. */
  pack: number;
  /** Integer from 0 to 2^32 - 1: data, latents and first weights follow from it. */
  seed: number;
  /** Name of the data. */
  data: string;
  /** Penalties come in every n-th update of D, times n; 1 if missing. */
  penaltyEvery?: number;
  /** Family of the networks; "points" if missing. */
  arch?: string;
  /** Are the networks conditioned on the labels? No if missing. */
  conditional?: boolean;
  /** "constant" if missing, "linear" or "cosine"; it ends at `steps` updates of G. For the others see schedule.py. */
  schedule?: string;
  steps?: number;
  warmup?: number;
  scheduleFrom?: number;
  finalFactor?: number;
  restart?: number;
  restartFactor?: number;
  /** Updates of G that it can train on to, where a time budget ends it earlier; 0 or missing without a budget. */
  plan?: number;
}

/** What a training learns from. */
export interface TrainingData {
  /** Samples one after another: N · size values, floats, or bytes that stand for -1 to 1. */
  values: Float32Array | Uint8Array;
  /** Numbers of a sample: 2 of points, C · H · W of images. */
  size: number;
  /** (N, K) one-hot vectors of all label fields side by side, or null. */
  labels: Uint8Array | null;
  labelWidth: number;
}

// ---- graphs (docs/compiled-step.md)

/** Return the file of all graphs that a training with these settings needs. */
export type GraphSource = (settings: TrainerSettings) => Promise<ArrayBuffer>;

export interface TensorSlice {
  name: string;
  shape: number[];
  /** Where it begins within `weights`. */
  offset: number;
  learned: boolean;
}

export interface VectorLayout {
  length: number;
  parameters: number;
  /** First and end of each part; `average` is G's only. */
  parts: Record<string, [first: number, end: number]>;
  tensors: TensorSlice[];
}

export interface StateLayout {
  g: VectorLayout;
  d: VectorLayout;
}

/** Header of a file of graphs. */
export interface BundleHeader {
  version: number;
  batch: number;
  controls: string[];
  report: string[];
  units?: { g: number[]; d: number[] };
  /** First byte and length of each graph. */
  graphs: Record<string, [offset: number, length: number]>;
  layout: StateLayout;
}
