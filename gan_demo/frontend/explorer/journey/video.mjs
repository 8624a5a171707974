// @ts-check
// A journey as a video, made in the browser: which way this browser has, and the encoding where it has an encoder.

import { SamplePainter } from "../stage/sample_painter.mjs";
import { journeyFrames } from "./frames.mjs";
import { importModule } from "./import_module.mjs";
import { filmLength } from "./journey.mjs";
import { recordVideo } from "./video_recorder.mjs";

/** @import { App } from "../types" */
/** @import { FileRequest, JourneyFile, Recording, VideoFormat, VideoMethod } from "./types" */

const FPS = 30;
const MAX_FRAMES = 900;
const SIDE = 480; // pixels, at most
const BITS_PER_SECOND = 3_000_000;
const KEY_FRAME_EVERY = 60; // frames
const MAX_QUEUED = 8; // frames that wait for the encoder
const MICROSECONDS = 1_000_000; // in a second

/**
 * What is tried, in this order: H.264 plays everywhere; browsers that cannot encode it have one of the others.
 *
 * @type {VideoFormat[]}
 */
const FORMATS = [
  { extension: "mp4", codec: "avc", codecString: "avc1.64001f" }, // High, Main and Baseline profile, level 3.1
  { extension: "mp4", codec: "avc", codecString: "avc1.4d001f" },
  { extension: "mp4", codec: "avc", codecString: "avc1.42001f" },
  { extension: "webm", codec: "vp9", codecString: "vp09.00.30.08" },
  { extension: "webm", codec: "av1", codecString: "av01.0.04M.08" },
  { extension: "webm", codec: "vp8", codecString: "vp8" },
];

/** @type {Recording[]} */
const RECORDINGS = [
  { extension: "mp4", mimeType: "video/mp4;codecs=avc1.42E01E" },
  { extension: "webm", mimeType: "video/webm" },
];

/**
 * Return how this browser makes a video of the app's samples, or null if it cannot.
 *
 * @param {App} app
 * @returns {Promise<VideoMethod | null>}
 */
export async function videoMethod(app) {
  const { width, height } = createPainter(app).outer;
  const format = await encodableFormat(width, height);
  if (format) return { name: "encode", extension: format.extension, format };
  const recording = recordableFormat();
  return recording && { name: "record", extension: recording.extension, recording };
}

/**
 * @param {FileRequest} request
 * @param {VideoMethod} method
 * @returns {Promise<JourneyFile>}
 */
export async function makeVideo(request, method) {
  const painter = createPainter(request.app);
  const length = filmLength(request.journey, FPS, MAX_FRAMES);
  const blob = method.format
    ? await encodeVideo(request, painter, length, method.format)
    : await recordVideo(request, painter, length, { ...method.recording, bitsPerSecond: BITS_PER_SECOND });
  return { blob, extension: method.extension };
}

/** @param {App} app */
function createPainter(app) {
  return new SamplePainter(app, { maxSide: SIDE, isEven: true });
}

/**
 * @param {VideoFormat} format
 * @param {number} width
 * @param {number} height
 * @returns {VideoEncoderConfig}
 */
function encoderConfig({ codec, codecString }, width, height, fps = FPS) {
  const shared = { codec: codecString, width, height, framerate: fps, bitrate: BITS_PER_SECOND };
  return codec === "avc" ? { ...shared, avc: { format: "avc" } } : shared;
}

/**
 * @param {number} width
 * @param {number} height
 */
async function encodableFormat(width, height) {
  if (typeof VideoEncoder === "undefined") return null;
  for (const format of FORMATS) {
    const answer = await VideoEncoder.isConfigSupported(encoderConfig(format, width, height)).catch(() => null);
    if (answer?.supported) return format;
  }
  return null;
}

function recordableFormat() {
  if (typeof MediaRecorder === "undefined" || !("captureStream" in HTMLCanvasElement.prototype)) return null;
  return RECORDINGS.find(({ mimeType }) => MediaRecorder.isTypeSupported(mimeType)) ?? null;
}

/**
 * @param {FileRequest} request
 * @param {SamplePainter} painter
 * @param {{ count: number, fps: number }} length
 * @param {VideoFormat} format
 */
async function encodeVideo({ app, journey, signal, report }, painter, { count, fps }, format) {
  const { VideoFile } = await importModule(import("./video_file.mjs"));
  const { width, height } = painter.outer;
  const file = new VideoFile(format, fps);
  const encoder = new FrameEncoder(encoderConfig(format, width, height, fps), file, fps);
  try {
    for await (const { index, pixels } of journeyFrames(app, journey, count, painter, signal)) {
      await encoder.add(painter.large(pixels), index);
      report((index + 1) / count);
    }
    await encoder.flush();
  } finally {
    encoder.close();
  }
  return file.finish();
}

/** The browser's encoder, with a bounded queue. */
class FrameEncoder {
  /**
   * @param {VideoEncoderConfig} config
   * @param {{ add(chunk: EncodedVideoChunk, metadata?: EncodedVideoChunkMetadata): void }} file
   * @param {number} fps
   */
  constructor(config, file, fps) {
    this.fps = fps;
    /** @type {Error | null} */
    this.error = null;
    this.wake = () => {};
    this.encoder = new VideoEncoder({
      output: (chunk, metadata) => file.add(chunk, metadata),
      error: (error) => {
        this.error ??= error;
        this.wake(); // an encoder that failed takes nothing more from its queue
      },
    });
    this.encoder.configure(config);
  }

  /**
   * Encode a frame; resolves once the queue has room for the next one.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {number} index
   */
  async add(canvas, index) {
    if (this.error) throw this.error;
    const frame = new VideoFrame(canvas, {
      timestamp: Math.round((MICROSECONDS * index) / this.fps),
      duration: Math.round(MICROSECONDS / this.fps),
    });
    this.encoder.encode(frame, { keyFrame: index % KEY_FRAME_EVERY === 0 });
    frame.close();
    if (this.encoder.encodeQueueSize <= MAX_QUEUED) return;
    await new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      this.encoder.addEventListener("dequeue", this.wake, { once: true });
    });
  }

  /** Wait for the last frames. */
  async flush() {
    await this.encoder.flush();
    if (this.error) throw this.error;
  }

  close() {
    if (this.encoder.state !== "closed") this.encoder.close();
  }
}
