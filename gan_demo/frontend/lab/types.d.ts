/** Shared shapes of the lab. Types only: the browser never loads this file. */

import type { Language, Texts } from "../shared/types.js";
import type { HistoryRows, Trace as TrainerTrace } from "../trainer/types.js";

/** The object that boards/lab.py, or site.json of a static page, hands to lab.mjs. */
export interface LabData {
  /** Addresses relative to document.baseURI. */
  urls: LabUrls;
  /** Sentences "lab.<key>" of gan_demo/i18n, without that prefix. */
  texts: Texts;
  /** Sentences of the charts, boards/curves.py. */
  curves: Texts;
  language: Language;
  /** Is this a static page, without a server? */
  site: boolean;
  /** What the shipped graphs can do; null where a server compiles every setting. */
  offer: Offer | null;
  /** Names of the parts of the shipped file; null where a server compiles every setting. */
  parts?: readonly string[] | null;
  /** A run of the server's that the lab goes on with; none on a static page. */
  run?: ServerRun | null;
  /** The PyTorch script of the settings that were asked for last. */
  script?: Script | null;
}

export interface LabUrls {
  /** Folder of onnxruntime-web. */
  runtime: string;
  /** The runtime's WebAssembly, gzipped, where no server compresses. */
  wasm?: string;
  /** Where compiled graphs are: a route of the server, or a file of the static page. */
  graphs: string;
  /** Shipped graphs of the server, for those who follow a class. */
  shipped?: string;
  /** Texts of the PyTorch script on a static page; a server writes it. */
  script?: string;
  /** Takes a training and makes a run of it; none on a static page. */
  runs?: string;
  /** Page of a run, with {run} for its id. */
  page?: string;
}

export interface ServerRun {
  id: string;
  title: string;
  /** Address of the file of its training. */
  training: string;
  /** Address of its page. */
  page: string;
}

export interface Script {
  /** The request that it answers. */
  request: number;
  name: string;
  /** Empty where there is none. */
  text: string;
  /** Why there is none, in the page's words. */
  trouble?: string;
}

/** The parts of a PyTorch script, by the core's names of settings. */
export interface ScriptParts {
  /** Of the file. */
  name: string;
  /** Settings that stand in the texts as marks, such as «g_lr». */
  numbers: readonly string[];
  /** Choices of which only counts whether they are above 0; "r1" is R1 or R2. */
  switches: readonly string[];
  /** In the order of the script; a text's key has the values of the choices, with spaces between. */
  parts: readonly { choices: readonly string[]; texts: Readonly<Record<string, string>> }[];
}

/** What a control may be set to; settings that are missing are free. */
export type Offer = { readonly [Key in keyof LabSettings]?: readonly (string | number)[] };

export interface LabSettings {
  /** Name of a set: a formula's, or "drawn", "picture", "table" for own points. */
  data: string;
  noiseDim: number;
  noiseKind: string;
  gLayers: number;
  gWidth: number;
  gLr: number;
  gSteps: number;
  ema: number;
  dLayers: number;
  dWidth: number;
  dLr: number;
  dSteps: number;
  pack: number;
  activation: string;
  loss: string;
  r1: number;
  r2: number;
  gp: number;
  labelSmoothing: number;
  optimizer: string;
  beta1: number;
  beta2: number;
  batch: number;
  seed: number;
}

export type ControlKind = "data" | "buttons" | "slider" | "select" | "seed";

export interface Control {
  key: keyof LabSettings;
  group: string;
  kind: ControlKind;
  choices: readonly (string | number)[];
  /** Limits of a number in a link; those of the choices if missing. */
  min?: number;
  max?: number;
  isWhole?: boolean;
  /** Does it apply to these settings? Always if missing. */
  when?: (settings: LabSettings) => boolean;
}

/** Everything that a link to the lab says. */
export interface LabState {
  settings: LabSettings;
  /** Own points (N, 2), or null. */
  points: Float32Array | null;
  /** Names of the layers that are drawn. */
  layers: string[];
  /** Iterations a second. */
  speed: number;
  /** Names of controls, groups and parts that are not on the page. */
  hidden: string[];
  /** Id of a lesson, or "". */
  lesson: string;
  /** The iteration to train to before anything is shown. */
  at: number;
}

/** A square part of the plane and the canvas pixels that show it. */
export interface View {
  /** Half of the side in units of the plane. */
  extent: number;
  /** Side in canvas pixels. */
  side: number;
}

/** Colours of the stage, as CSS colours of the form #rrggbb. */
export interface StageColours {
  ground: string;
  text: string;
  line: string;
  real: string;
  fake: string;
  accent: string;
}

/** n × n values of 0 to 1 over the plane, rows from below. */
export interface SurfaceFrame {
  values: Float32Array;
  n: number;
}

/** A grid of noise and where G puts its nodes. */
export interface WarpFrame {
  /** Of the noise: 2, or 1 for a line of nodes. */
  dim: number;
  /** Nodes a side. */
  n: number;
  /** Positions (n · n, 2) in the noise, as they are drawn; rows from below. */
  noise: Float32Array;
  output: Float32Array;
  /** Share of the noise in each of (n − 1)² cells. */
  masses: Float32Array;
}

/** What the stage draws of one iteration. */
export interface StageFrame {
  iteration: number;
  /** G's output (N, 2) for noise that stays the same. */
  samples: Float32Array;
  /** More of them, for the density. */
  densitySamples?: Float32Array;
  /** D's verdict: 0 surely generated, 1 surely real. */
  surface: SurfaceFrame | null;
  warp: WarpFrame | null;
  /** The gradient of G's loss at points of the plane. */
  arrows: { points: Float32Array; gradients: Float32Array } | null;
}

// ---- the engine: what the lab asks of the trainer in the browser

/** What is computed for each frame besides the numbers. */
export interface WatchRequest {
  /** Noise (N, dimension) of which the samples are wanted. */
  latents: Float32Array;
  /** Nodes a side of D's logits over the plane; 0 for none. */
  surface: number;
  /** Nodes a side of the slopes of G's loss; 0 for none. */
  arrows: number;
}

/** One iteration as the engine reports it. */
export interface EngineFrame {
  iteration: number;
  dLoss: number;
  gLoss: number;
  /** The penalties' part of D's loss. */
  penalty: number;
  /** Mean logits of D on its last batch. */
  dReal: number;
  dFake: number;
  /** Norms of the losses' gradients by all weights. */
  gradNormG: number;
  gradNormD: number;
  /** G's output (N, 2) for the watched latents. */
  samples: Float32Array;
  /** D's logits over the plane, rows from below; null if they are not watched. */
  logits: Float32Array | null;
  /** Slopes (n · n, 2) of G's loss over the plane; null if they are not watched. */
  slopes: Float32Array | null;
  /** Iterations a second, 0 while it does not run. */
  rate: number;
}

/** One iteration taken apart, without moving on. */
export type Trace = Omit<TrainerTrace, "tensors">;

/** What a layer of a network computes, for the overview. */
export interface Units {
  /** Units of each layer, the output last. */
  counts: number[];
  /** Activations (nodes, sum of counts) over a square grid, rows from below. */
  values: Float32Array;
  /** Nodes a side. */
  n: number;
  /** Weights of each layer: (units, units before), row by row. */
  weights: Float32Array[];
}

export interface Engine {
  /**
   * Begin anew from the seed, or go on from a state that `exportState` returned. `points`: own points (N, 2) instead of
   * a formula's.
   */
  open(settings: LabSettings, points: Float32Array | null, state?: Uint8Array | null): Promise<void>;
  /** Change settings while it runs. */
  change(settings: LabSettings, points: Float32Array | null): Promise<void>;
  play(iterationsPerSecond: number): void;
  pause(): void;
  step(kind: "both" | "d" | "g"): Promise<void>;
  back(): Promise<void>;
  seek(iteration: number): Promise<void>;
  /** First and last iteration that `seek` can go to. */
  span(): [first: number, last: number];
  watch(request: WatchRequest): void;
  trace(): Promise<Trace>;
  units(network: "g" | "d"): Promise<Units>;
  /** Noise (N, dimension) of the current settings, always the same. */
  latents(count: number): Float32Array;
  /** Points of the data (N, 2), always the same. */
  realPoints(count: number): Float32Array;
  /** Centres and deviation of the data's clusters; null where it has none. */
  modes(): { centres: Float32Array; sigma: number } | null;
  exportState(): Promise<Uint8Array>;
  close(): void;
  onframe: (frame: EngineFrame) => void;
  /** Numbers of every iteration, before the frame that shows the last of them. */
  onhistory: (rows: HistoryRows) => void;
  ondiverged: (what: Divergence) => void;
  onerror: (error: unknown) => void;
}

/** A training came to a number that is not finite. */
export interface Divergence {
  /** The setting that most likely caused it, or "". */
  setting: keyof LabSettings | "";
  /** An iteration to go back to, before it went wrong. */
  back: number;
}

/** The measurements of one moment. */
export interface Measures {
  kl: number;
  js: number;
  wasserstein: number;
  /** Null where the data has no clusters. */
  reached: number | null;
  fair: number | null;
  highQuality: number | null;
}
