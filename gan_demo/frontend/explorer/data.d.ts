/** What the explorer is given: by the page, and in space.json. Types only: the browser never loads this file. */

// ---- what the component is given

/** The object that boards/explorer.py, or site.json of a static page, hands to explorer.mjs. Keys are Python's. */
export interface ExplorerData {
  /** Id of the run or of the upload on show. */
  id: string;
  urls: ExplorerUrls;
  /** Names of the tools whose modules exist; tool_list.mjs decides on their order and which models they suit. */
  tools: string[];
  /** What a link adds to the page's own address; null where no link can lead here (uploaded weights). */
  query: Record<string, string> | null;
  /** Beginning of the names of downloaded files. */
  stem: string;
  /** Sentences "explorer.<key>" of gan_demo/i18n, without that prefix. */
  texts: Record<string, string>;
  /** Language tag: "en" or "zh". */
  language: string;
  /** Is this a static page, without a server? */
  site: boolean;
  /** Runs that the one on show can be compared with, itself among them. */
  models?: ModelOffer[];
  /** Labels of the training images of a static page, one list a sample. */
  realLabels?: (number[] | null)[] | null;
}

/** Addresses relative to document.baseURI. */
export interface ExplorerUrls {
  space: string;
  generator: string;
  /** Where the server draws samples in the browser's place, with weights that are too much for it. */
  samples?: string;
  /** Folder of onnxruntime-web. */
  runtime: string;
  /** The runtime's WebAssembly, gzipped, where no server compresses. */
  wasm?: string;
  discriminator?: string;
  classifier?: string;
  real?: string;
}

/** A run that can be compared with the one on show. */
export interface ModelOffer {
  id: string;
  title: string;
  shape: number[];
  z_dim: number;
  labels: LabelField[];
  /** Steps in ascending order, each with the address of its generator. */
  checkpoints: [step: number, url: string][];
  /** Steps with a discriminator. */
  states?: number[];
}

// ---- space.json

/** space.json (explorer/artifacts.py). While `pending`, directions and mean logits have to be asked for again. */
export interface Space {
  id?: string;
  title?: string;
  /** Step of the checkpoint; absent for uploaded weights. */
  step?: number;
  /** Steps of all checkpoints of the run. */
  steps?: number[];
  loss?: string;
  arch: string;
  /** [channels, height, width] of images, [2] of points. */
  shape: number[];
  z_dim: number;
  /** Is there a mapping network in front of the generator? */
  mapped: boolean;
  labels: LabelField[];
  /** Name of the data set. */
  data: string;
  /** Which classifier reads its samples ("digits", "faces"), or "". */
  classifier: string;
  discriminator: boolean;
  /** Is only the difference of two of D's logits meaningful? */
  relative: boolean;
  real_logit: number | null;
  fake_logit: number | null;
  directions: Direction[];
  /** Points of the data, x and y in turn; empty for images. */
  cloud: number[];
  /** Of networks whose layers take styles of their own. */
  styles?: StyleSpace;
  pending?: boolean;
  /** The directions could not be fetched. Set in the browser. */
  failed?: boolean;
}

/** Styles of a network's layers, in three groups: coarse, middle, fine (gan/models/stylegan/exporting.py). */
export interface StyleSpace {
  /** How many layers each group has. */
  layers: number[];
  /** Numbers of the input "noise"; 0 without noise. */
  noise: number;
  /** Is random noise uniform from 0 to 1, rather than normal? */
  uniform_noise: boolean;
  /** Shape of the smaller image that the network can draw in place of the whole, or null. */
  preview: number[] | null;
}

/** A label field: a sample has one of its values, or a mixture of them. */
export interface LabelField {
  name: string;
  values: string[];
}

export type DirectionFamily = "learned" | "change" | "ganspace" | "sefa";

/** An interpretable direction of z (explorer/directions/find.py). */
export interface Direction {
  key: string;
  family: DirectionFamily;
  /** Attribute of a learned direction, "slant" or "smile.yes"; "" of the others. */
  name: string;
  /** Unit vector of z_dim numbers. */
  u: number[];
  effect?: DirectionEffect | null;
}

export interface DirectionEffect {
  measure: string;
  /** Coordinates along the direction, in standard deviations, and what was measured there. */
  at: number[];
  values: number[];
  r2: number;
}
