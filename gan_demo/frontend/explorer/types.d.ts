/** Shared shapes of the explorer. Types only: the browser never loads this file. */

import type { Direction, ExplorerData, ExplorerUrls, Space } from "./data.js";

export type * from "./data.js";

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
