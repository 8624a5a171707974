/** Types of the part of gifenc 1.0.3 that journey/encode.mjs uses; written for this project. */

/** [red, green, blue] of each colour, 0 to 255. */
export type Palette = number[][];

export interface FrameOptions {
  palette?: Palette;
  /** Milliseconds. */
  delay?: number;
  /** 0: for ever, -1: once. Of the first frame only. */
  repeat?: number;
}

export interface Encoder {
  writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void;
  finish(): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

export function GIFEncoder(): Encoder;
/** A palette of at most `maxColors` for RGBA pixels. */
export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number): Palette;
/** The index of the nearest colour for each RGBA pixel. */
export function applyPalette(rgba: Uint8Array | Uint8ClampedArray, palette: Palette): Uint8Array;
