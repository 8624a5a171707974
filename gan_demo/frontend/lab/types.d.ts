/** Shared shapes of the lab. Types only: the browser never loads this file. */

import type { Language, Texts } from "../shared/types.js";

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
}

export interface Script {
  /** The request that it answers. */
  request: number;
  name: string;
  text: string;
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
