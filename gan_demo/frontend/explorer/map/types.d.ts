import type { Direction } from "../types";
import type { MapCanvas } from "./canvas";

/** An axis along a direction of z, in standard deviations. */
export interface DirectionAxis {
  key: string;
  low: number;
  high: number;
  direction: Direction;
}

/** An axis with the values of a label side by side, each `width` units wide. */
export interface LabelAxis {
  key: string;
  low: number;
  high: number;
  direction?: undefined;
  /** The label's index in `space.labels`. */
  field: number;
  count: number;
  width: number;
}

export type Axis = DirectionAxis | LabelAxis;

/** A plane of latent space; `u` and `v` are unit vectors, null on the axis of a label. */
export interface Plane {
  across: Axis;
  up: Axis;
  u: Float32Array | null;
  v: Float32Array | null;
  z: Float32Array;
  y: Float32Array;
  psi: number;
}

/** A position on the map; `off`: the state itself is not on it, this is the nearest position. */
export interface Position {
  s: number;
  t: number;
  off: boolean;
}

/** The part of the map in view: its middle in units of the axes, and CSS pixels a unit. Up is up. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** A square of the map at a level, 2^-level units wide. `margin`: so many cells around the view were asked for. */
export interface Cell {
  level: number;
  i: number;
  j: number;
  key: string;
  margin?: number;
}

/** What a layer makes for a cell: the picture, and what was read from it for the colours. */
export interface Tile {
  /** RGBA. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Probabilities by label field. */
  classes?: Float32Array[];
  /** The discriminator's verdict, 0 surely generated to 1 surely real. */
  real?: number;
  /** Verdicts at the nodes of the cell, on a map of points. */
  shares?: number[];
}

/** A tile on its sheet. */
export type StoredTile = Omit<Tile, "pixels"> & { sheet: HTMLCanvasElement; x: number; y: number };

/** What a map shows: image_layer.mjs or point_layer.mjs. */
export interface Layer {
  box: Box;
  /** The level below which cells are not drawn. */
  coarsest: number;
  /** Pixels of a tile. */
  tileSize: [width: number, height: number];
  /** How strong the tint over a tile is, 0 for a frame alone. */
  strength: number;
  makeTiles(cells: Cell[]): Promise<Tile[]>;
  /** Whether a tile has what the colours need. */
  isReady(tile: StoredTile): boolean;
  /** A CSS colour, or "". */
  colourOf(tile: StoredTile): string;
  /** Draw over the tiles. */
  drawOver?(pen: CanvasRenderingContext2D, map: MapCanvas, ratio: number): void;
  /** The position of the current state. */
  position(): Position | null;
  goTo(s: number, t: number, drag: boolean): void;
  settle(): void;
  /** What was read from a tile, in words, or "". */
  describe(tile: StoredTile | undefined): string;
  /** A length in units of the axes, in words, or "". */
  lengthText(units: number): string;
}

/** What the map is coloured by: nothing, the discriminator's verdict, or a label field of the classifier. */
export type Colouring = "" | "verdict" | number;

/** What the colours mean: a colour for each value, or a ramp between two ends. */
export interface LegendContent {
  values?: { colour: string; text: string }[];
  ramp?: [left: string, right: string];
  note?: string;
}
