import type { VideoCodec } from "../../vendor/mediabunny/mediabunny.mjs";
import type { App, LatentState } from "../types";

export interface Journey {
  /** Keyframes. */
  readonly keys: readonly LatentState[];
  /** Whether a leg follows the great circle; else it is a straight line. */
  readonly spherical: boolean;
  /** Whether a leg leads from the last keyframe to the first. */
  readonly loop: boolean;
  /** Seconds of a leg. */
  readonly seconds: number;
}

/** What a maker of files gets. */
export interface FileRequest {
  app: App;
  journey: Journey;
  signal: AbortSignal;
  /** Is told how much of the file is made, 0 to 1. */
  report(share: number): void;
}

export interface JourneyFile {
  blob: Blob;
  extension: string;
}

export interface Frame {
  index: number;
  /** RGBA. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** What frames are drawn with; see stage/sample_painter.mjs. */
export interface FramePainter {
  isGrey: boolean;
  width: number;
  height: number;
  /** By how much a picture is enlarged. */
  scale: number;
  pixels(x: Float32Array, index: number): Uint8ClampedArray<ArrayBuffer>;
}

/** A video that this browser can encode: its container, and the codec's name in Mediabunny and in WebCodecs. */
export interface VideoFormat {
  extension: "mp4" | "webm";
  codec: VideoCodec;
  codecString: string;
}

/** A video that this browser can record. */
export interface Recording {
  extension: "mp4" | "webm";
  mimeType: string;
}

export type VideoMethod =
  | { name: "encode"; extension: "mp4" | "webm"; format: VideoFormat; recording?: undefined }
  | { name: "record"; extension: "mp4" | "webm"; format?: undefined; recording: Recording };
