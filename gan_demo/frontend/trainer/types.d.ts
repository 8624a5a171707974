/** Shared shapes of training in the browser. Types only: the browser never loads this file. */

import type { GraphSource, TrainerSettings, TrainingData } from "./graph_types.js";

export type * from "./graph_types.js";

// ---- the state

export type NetworkName = "g" | "d";
export type StepKind = "both" | NetworkName;

/** All that the next step depends on, besides settings and data. */
export interface State {
  g: Float32Array;
  d: Float32Array;
  /** Steps of any kind since the beginning. */
  iteration: number;
  gUpdates: number;
  dUpdates: number;
  /** Updates since the network's moments were zero. */
  gOptimizerSteps: number;
  dOptimizerSteps: number;
  /** Spent on steps so far. */
  seconds: number;
  /** The random generator's. */
  random: [number, number, number, number];
}

/** Numbers of a step, from before its update. */
export interface Report {
  /** Losses; D's has no penalties in it. */
  dLoss: number;
  gLoss: number;
  /** What penalties add to D's loss. */
  penalty: number;
  /** Norms of the losses' gradients by all weights of a network; 0 without an update. */
  gradNormD: number;
  gradNormG: number;
  /** D's mean logits on its last batch. */
  dReal: number;
  dFake: number;
  /** D's mean shares on it, from 0, surely generated, to 1, surely real. */
  realShare: number;
  fakeShare: number;
}

/** Numbers of steps by the names of a run's metrics, null where they are not finite; see log.mjs. */
export type LogColumns = Record<string, (number | null)[]>;

// ---- what is shown

/** What each frame holds besides the numbers. */
export interface WatchRequest {
  /** Noise (N, noiseDim) whose samples are wanted; any N. */
  latents: Float32Array;
  /** (N, K) labels of those samples, of conditional networks. */
  labels?: Float32Array;
  /** Nodes a side of D's logits over the plane; 0 for none, 64 at most. */
  surface: number;
  /** Nodes a side of the slopes of G's loss over the plane; 0 for none, 20 at most. */
  arrows: number;
  /** Half of the plane's side; 2 if missing. */
  extent?: number;
  /** Show G's moving average where there is one? Yes if missing. */
  average?: boolean;
  /** Milliseconds between two frames while it plays; 50 if missing. */
  interval?: number;
}

/** One moment of a training; the report's numbers are NaN before the first step. */
export interface Frame extends Report {
  iteration: number;
  gUpdates: number;
  dUpdates: number;
  /** G's output for the latents of `watch`: (N, 2) or (N, C·H·W). */
  samples: Float32Array;
  /** D's logits over the plane (n · n), rows from below; null if nobody watches. */
  logits: Float32Array | null;
  /** The gradient of G's loss at nodes of the plane (n · n, 2), rows from below, times n · n; G moves against it. */
  slopes: Float32Array | null;
  /** Of training so far. */
  seconds: number;
  /** Iterations a second; 0 while it does not run. */
  rate: number;
  /** The settings at that moment: going back brings them back. */
  settings: TrainerSettings;
}

/** Losses of steps since the last message: one row each, every one of them. */
export interface HistoryRows {
  iterations: Float64Array;
  /** dLoss, gLoss, penalty, gradNormD, gradNormG of each row. */
  values: Float32Array;
}

/** One iteration taken apart, without moving on; the next step uses the same random numbers. */
export interface Trace {
  iteration: number;
  /** D's last batch of real samples. */
  batch: Float32Array;
  latents: Float32Array;
  /** G's output for `latents` before the update. */
  fakes: Float32Array;
  realLogits: Float32Array;
  fakeLogits: Float32Array;
  dLoss: number;
  gLoss: number;
  penalty: number;
  gradNormD: number;
  gradNormG: number;
  /** D's logits over the watched plane before and after D's update, rows from below; empty of images. */
  surfaceBefore: Float32Array;
  surfaceAfter: Float32Array;
  /** The gradient of G's loss at `fakes`, with D as it is after its update; empty of images. */
  slopes: Float32Array;
  /** G's output for `latents` after its update. */
  movedFakes: Float32Array;
  /** Of each learned tensor. */
  tensors: Record<NetworkName, TracedTensor[]>;
}

export interface TracedTensor {
  name: string;
  shape: number[];
  before: Float32Array;
  after: Float32Array;
  gradient: Float32Array;
}

/** What the layers of a network compute over a square grid: of the plane for D, of the noise for G. */
export interface Units {
  /** Units of each layer, the output last. */
  counts: number[];
  /** (n · n, sum of counts), rows from below; n values of noise with one dimension. */
  values: Float32Array;
  /** Nodes a side. */
  n: number;
  /** Weights of each layer: (units, units before), row by row. */
  weights: Float32Array[];
}

// ---- between page and worker

export interface Opened {
  frame: Frame;
  /** First and last iteration that `seek` can go to. */
  span: [first: number, last: number];
}

/** A training came to a number that is not finite. */
export interface Diverged {
  /** The iteration whose step did it. */
  iteration: number;
  /** The part that is not finite. */
  part: keyof Report;
  /** The setting that most likely caused it, or "". */
  setting: keyof TrainerSettings | "";
  /** An iteration to go back to, before it went wrong. */
  back: number;
}

export interface TrainerSources {
  /** Address of the folder of onnxruntime-web. */
  runtime: string;
  /** The runtime's WebAssembly, where it need not be fetched. */
  wasm?: ArrayBuffer | null;
  graphs: GraphSource;
  /** Called with the share (0 to 1) of the runtime that has come. */
  onProgress?: (share: number) => void;
}

export interface OpenOptions {
  /** Samples to learn from; those of `settings.data`'s formula if missing. */
  data?: TrainingData | null;
  /** What `exportState` returned, of the same networks. */
  state?: Uint8Array | null;
}

/** A training in a worker of its own; trainer.mjs has the class, `Trainer.create(sources)` makes one. */
export interface TrainerApi {
  readonly settings: TrainerSettings;
  /** First and last iteration that `seek` can go to. */
  readonly span: readonly [first: number, last: number];
  /** Begin anew from the seed, or go on from a saved state. */
  open(settings: TrainerSettings, options?: OpenOptions): Promise<Frame>;
  /**
   * Change settings while it runs. A network whose layers are others starts anew; all else is kept, with moments unless
   * the optimiser is another. A changed seed counts at the next `open`.
   */
  change(settings: Partial<TrainerSettings>, options?: { data?: TrainingData | null }): Promise<Frame>;
  /** Iterations a second; as fast as it goes if missing. It ends after `until` updates of G, if given. */
  play(iterationsPerSecond?: number, until?: number): Promise<void>;
  pause(): Promise<Frame>;
  step(kind?: StepKind, count?: number): Promise<Frame>;
  back(count?: number): Promise<Frame>;
  /** Show the state at an iteration; a step from there drops what came after. */
  seek(iteration: number): Promise<Frame>;
  watch(request: WatchRequest): Promise<Frame | null>;
  trace(): Promise<Trace>;
  units(network: NetworkName): Promise<Units>;
  /** The FCD of G's samples for latents and labels; `file` (lab/image_data.py) measures them, null: that of before. */
  evaluate(file: ArrayBuffer | null, latents: Float32Array, labels?: Float32Array): Promise<number>;
  /** The state as a file, with its settings: a JSON head, then the vectors. */
  exportState(): Promise<Uint8Array>;
  close(): void;
  onframe: (frame: Frame) => void;
  /** Rows of every iteration, before the frame that shows the last of them. */
  onhistory: (rows: HistoryRows) => void;
  ondiverged: (what: Diverged) => void;
  onerror: (error: Error) => void;
}
