// @ts-check
// A video file around encoded frames: MP4 with its index in front, or WebM. Mediabunny writes it; as that is a large
// module, this one is imported only when a video is saved.

import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from "../../vendor/mediabunny/mediabunny.mjs";

/** @import { VideoFormat } from "./types" */

const MICROSECONDS = 1_000_000; // in a second

export class VideoFile {
  /**
   * @param {VideoFormat} format
   * @param {number} fps
   */
  constructor(format, fps) {
    this.format = format;
    this.fps = fps;
    this.source = new EncodedVideoPacketSource(format.codec);
    this.output = new Output({
      format: format.extension === "mp4" ? new Mp4OutputFormat({ fastStart: "in-memory" }) : new WebMOutputFormat(),
      target: new BufferTarget(),
    });
    this.output.addVideoTrack(this.source, { frameRate: fps });
    this.written = this.output.start();
  }

  /**
   * Add a frame of the encoder, in the order in which frames come; `finish` throws what goes wrong here.
   *
   * @param {EncodedVideoChunk} chunk
   * @param {EncodedVideoChunkMetadata} [metadata]
   */
  add(chunk, metadata) {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    // The encoder counts in microseconds; frame k of 30 a second begins at k / 30.
    const frame = Math.round((chunk.timestamp * this.fps) / MICROSECONDS);
    const packet = new EncodedPacket(data, chunk.type, frame / this.fps, 1 / this.fps);
    this.written = this.written.then(() => this.source.add(packet, metadata));
    this.written.catch(() => {}); // the promise that `finish` awaits rejects with the same error
  }

  /** Complete the file and return it. */
  async finish() {
    await this.written;
    await this.output.finalize();
    const { buffer } = this.output.target;
    if (!buffer) throw new Error("Mediabunny wrote no file");
    return new Blob([buffer], { type: `video/${this.format.extension}` });
  }
}
