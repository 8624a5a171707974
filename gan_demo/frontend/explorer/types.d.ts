/** Shared shapes of the explorer. Types only: the browser never loads this file. */

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

// ---- latent states

/** A point of latent space; never changed, every change makes another one. */
export interface LatentState {
  readonly z: Float32Array;
  /** Weights of each label field's values in turn; empty without labels. */
  readonly y: Float32Array;
  /** Truncation: 1 is none. */
  readonly psi: number;
}

/** Seeded random numbers, the same in every browser. */
export interface Rng {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Integer in [0, below). */
  integer(below: number): number;
  normals(count: number): Float32Array;
}

// ---- the engine

export interface Tensor {
  data: Float32Array;
  dims: number[];
}

export type Tensors = Record<string, Tensor>;

export interface LoadedNetwork {
  /** Numbers in a row of each input: {z: 64}. */
  sizes: Record<string, number>;
}

export interface SampleOptions {
  /** Run before everything else; of one channel only the newest runs, the others reject with Superseded. */
  urgent?: boolean;
  /** Name of a network of the engine; "main" by default. */
  model?: string;
  channel?: string;
  /** Draw the smaller image of `Space.styles.preview`. */
  preview?: boolean;
  /** Draw without the styles and the noise that are chosen. */
  plain?: boolean;
}

/** What a network takes beside z, y and psi. */
export interface FurtherInputs {
  /** Inputs with a row for each sample. */
  rows?: Record<string, Float32Array>;
  /** Inputs that all samples share. */
  shared?: Tensors;
  /** Samples that run without a break. */
  piece?: number;
}

/** Networks in a worker, engine/engine.mjs. */
export interface Engine {
  /** Why it no longer works, or "". */
  closedReason: string;
  /** Load a network under a name, from an address or bytes; the same name and source again costs nothing. */
  load(name: string, source: string | ArrayBuffer | Uint8Array): Promise<LoadedNetwork>;
  drop(name: string): Promise<unknown>;
  /** Draw samples (N·C·H·W) in [-1, 1], or points (N·2), of zs (N·Z) and ys (N·K). */
  samples(
    zs: Float32Array,
    ys: Float32Array | null,
    psi?: number,
    options?: SampleOptions & FurtherInputs & { count?: number },
  ): Promise<Float32Array>;
  /** Run any network; not urgent. */
  run(name: string, feeds: Tensors): Promise<Tensors>;
  close(): void;
}

// ---- tools

/** The export `tool` of tools/NAME.mjs, which is fetched when its tab is first opened. */
export interface Tool {
  name: string;
  /** Is there a tools/NAME.css, to be loaded first? */
  css?: boolean;
  /** Build the tool in an empty <div>. */
  build(host: HTMLElement, app: App): ToolInstance;
}

/** What a built tool may react to. */
export interface ToolInstance {
  /** Its tab opens; `changed` follows. */
  show?(): void;
  hide?(): void;
  /** The state or the parameters in the address changed: many times a second in a drag, and only while it is shown. */
  changed?(): void;
  /** The directions of space.json are there, or will not come (space.failed). */
  directionsArrived?(): void;
  destroy?(): void;
}

// ---- the app, as tools see it

export interface GoOptions {
  /** One of many changes within one move, which ends with settle(). */
  drag?: boolean;
}

/** A parameter of a tool in the address: "<tool>.<name>". */
export interface Params {
  get(tool: string, name?: string): string;
  /** Set a parameter; "" removes it. */
  set(tool: string, text: string, name?: string): void;
}

export interface App {
  readonly data: ExplorerData;
  readonly space: Space;
  readonly language: string;
  /** Root element of the explorer, and the element of the page that holds it. */
  readonly root: HTMLElement;
  readonly container: HTMLElement;
  readonly engine: Engine;
  readonly stage: Stage;
  readonly tabs: { readonly name: string };
  readonly params: Params;
  /** [channels, height, width] of a sample; [1, 1, 2] of points. */
  readonly shape: number[];
  /** Are samples points (N, 2) rather than images? */
  readonly drawsPoints: boolean;
  /** Is the state being moved, many times a second? */
  readonly isDragging: boolean;
  /** Was it taken off the page? Whatever arrives then is dropped. */
  readonly destroyed: boolean;

  // the current state
  readonly state: LatentState;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Make another state the current one. */
  go(state: LatentState, options?: GoOptions): void;
  /** End a move: one step of undo. */
  settle(): void;
  undo(): void;
  redo(): void;

  // samples and pictures
  /** Samples of the states, one after the other. */
  samples(states: readonly LatentState[], options?: SampleOptions): Promise<Float32Array>;
  /** RGBA of the n-th sample of x. */
  pixels(x: Float32Array, n?: number): Pixels;
  /** Paint RGBA on a canvas in its natural size; CSS class "pixelated" enlarges it. */
  paint(canvas: HTMLCanvasElement, pixels: Pixels, width?: number, height?: number): void;
  tiles(host: HTMLElement, options: TilesOptions): Tiles;
  /** Handle a rejection of samples(): ignore it if superseded or destroyed, else show a notice. */
  drawingFailed(error: unknown): void;

  // the address
  hash(): string;
  /** A link that leads to exactly this. */
  link(): string;
  /** data.urls[name], absolute, or "". */
  url(name: keyof ExplorerUrls): string;

  // words
  /** The text "explorer.<key>", filled. */
  t(key: string, values?: Record<string, unknown>): string;
  fieldName(field: string): string;
  valueName(field: string, value: string): string;
  /** Name of a direction; `withFamily` where the family is not beside it. */
  directionName(direction: Direction, withFamily?: boolean): string;
  /** The measured effect of a direction in plain words, or "". */
  effectText(direction: Direction): string;
  /** A number with exactly so many digits, as the language writes it. */
  formatNumber(value: number, digits?: number): string;
  /** Why something failed, as a part of a sentence. */
  errorText(error: unknown): string;
  /** Say a text to screen readers. */
  announce(text: string): void;
  /** Show a line over the stage until the state changes; `brief`: for a moment. "" removes it. */
  showNotice(text: string, brief?: boolean): void;

  saveFile(blob: Blob, name: string): void;
  rng(seed: number): Rng;
  newSeed(): number;
}

/** RGBA bytes. */
export type Pixels = Uint8ClampedArray<ArrayBuffer>;

/** The picture of the current state, or sixteen around it (stage/stage.mjs). */
export interface Stage {
  readonly canvas: HTMLCanvasElement;
  /** A <div> over the picture, for what a tool draws there. */
  readonly overlay: HTMLElement;
  /** The samples behind the current one; null of images. */
  readonly cloud: PointCloud | null;
  readonly plane: DragPlane;
  /** 1, or 16 with neighbours. */
  readonly count: number;
  /** The state on show in place of the current one, or null. */
  readonly previewed: LatentState | null;
  /** Show a state without going there; null ends it. */
  preview(state: LatentState | null): Promise<void>;
  /** Let a tool draw by itself: `draw` is called at once and whenever the size changes; null ends it. */
  lock(draw: ((canvas: HTMLCanvasElement) => void) | null): void;
  /** Let another network of the engine draw, with a caption; null: the model itself. */
  useNetwork(name: string | null, caption?: string): Promise<void>;
  draw(): Promise<void>;
}

/** The plane that a drag on the picture moves in (stage/drag_plane.mjs). */
export interface DragPlane {
  /** The directions across and up. */
  readonly axes: readonly Direction[];
  set(across: Direction, up: Direction): void;
}

/** The samples behind the current one of a model of points (stage/point_cloud.mjs). */
export interface PointCloud {
  readonly ground: HTMLCanvasElement | null;
}

export interface TilesOptions {
  count: number;
  columns?: number;
  /** Name of the group, for screen readers. */
  label?: string;
  /** Name of each, for screen readers and as a tooltip. */
  name?(index: number): string;
  /** Makes each a button. */
  pick?: ((index: number) => void) | null;
}

/** Small pictures of states (tiles.mjs). */
export interface Tiles {
  readonly root: HTMLElement;
  readonly canvases: HTMLCanvasElement[];
  /** Draw the states; resolves when all are drawn or newer ones are wanted. */
  draw(states: readonly LatentState[], options?: SampleOptions): Promise<void>;
  /** Frame one; -1 none. */
  mark(index: number): void;
  destroy(): void;
}
