/** What boards/lab/browser_training.py gives to the training of images in the viewer's own browser. */

import type { PanelSpec } from "../curves/types.js";
import type { Durations, Language, Texts } from "../shared/types.js";
import type { LogColumns } from "../trainer/types.js";

export interface BrowserTrainingData extends BrowserTrainingWords {
  /** Name of the preset, or id of a run of the server's. */
  preset: string;
  /** Its settings by the core's names. */
  settings: Record<string, string | number | boolean>;
  /** Seconds of training after which a preset is done; it can train on. */
  budget: number;
  /** Megabytes that are loaded before the first step. */
  megabytes: number;
  /** Bytes of the images' file, unpacked. */
  bytes: number;
  urls: BrowserTrainingUrls;
}

/** What depends on the language. */
export interface BrowserTrainingWords {
  panels: PanelSpec[];
  /** Sentences of the charts. */
  curves: Texts;
  /** Sentences "browser.<key>", "explorer.unsupported.<feature>" and "time.<key>", without the first word. */
  texts: Texts & Durations;
  language: Language;
}

/** Addresses relative to document.baseURI. */
export interface BrowserTrainingUrls {
  /** Folder of onnxruntime-web. */
  runtime: string;
  /** The runtime's WebAssembly, gzipped, on a page without a server; null where a server compresses. */
  wasm: string | null;
  /** A server's route of graphs, or the file of this preset's. */
  graphs: string;
  /** File of the images. */
  images: string;
  /** What measures samples. */
  reference: string;
  /** File of the run's training to begin with; null for a preset. */
  state: string | null;
  /** Takes a training and makes a run of it; null without a server. */
  runs: string | null;
  /** Page of a run, with {run} for its id; null without a server. */
  page: string | null;
}

/** Samples at a step, as bytes (N, C·H·W). */
export interface Moment {
  step: number;
  samples: Uint8Array;
}

/** A training as the browser keeps it. */
export interface KeptTraining {
  /** File of the training. */
  state: Uint8Array;
  moments: Moment[];
  columns: LogColumns;
  /** Images a second. */
  rate: number;
  /** Shape [channels, height, width] of an image. */
  shape: number[];
}
