// The part of Mediabunny that this project calls, as the package's own mediabunny.d.ts describes it.

export type VideoCodec = "avc" | "vp8" | "vp9" | "av1";

export class EncodedPacket {
  /** `timestamp` and `duration` in seconds. */
  constructor(data: Uint8Array, type: "key" | "delta", timestamp: number, duration: number);
}

export class EncodedVideoPacketSource {
  constructor(codec: VideoCodec);
  /** Add a packet, in decoding order; the first one needs a decoder configuration. */
  add(packet: EncodedPacket, metadata?: EncodedVideoChunkMetadata): Promise<void>;
}

export class BufferTarget {
  /** The file, once the output is finalized. */
  buffer: ArrayBuffer | null;
}

export class Mp4OutputFormat {
  constructor(options?: { fastStart?: false | "in-memory" });
}

export class WebMOutputFormat {}

export class Output<Target> {
  constructor(options: { format: Mp4OutputFormat | WebMOutputFormat; target: Target });
  readonly target: Target;
  addVideoTrack(source: EncodedVideoPacketSource, metadata?: { frameRate?: number }): void;
  start(): Promise<void>;
  finalize(): Promise<void>;
}
