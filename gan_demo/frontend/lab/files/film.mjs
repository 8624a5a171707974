// @ts-check
/** The next seconds of the stage as a GIF or a video, recorded while the training goes on. */
import { applyPalette, GIFEncoder, quantize } from "../../vendor/gifenc/gifenc.mjs";

export const SECONDS = 6;
const GIF_SIDE = 360; // pixels
const GIF_FPS = 12;
const PALETTE_SIZE = 128;
const VIDEO_FPS = 30;
const BITS_PER_SECOND = 4_000_000;
const VIDEO_TYPES = [
  { extension: "mp4", type: "video/mp4;codecs=avc1.42E01E" },
  { extension: "mp4", type: "video/mp4" },
  { extension: "webm", type: "video/webm" },
];

/** @typedef {{ blob: Blob, extension: string }} FilmFile */

/** Return the kind of video that this browser records, or null. */
export function videoKind() {
  if (typeof MediaRecorder === "undefined" || !("captureStream" in HTMLCanvasElement.prototype)) return null;
  return VIDEO_TYPES.find(({ type }) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/**
 * Record the canvas as a video.
 * @param {HTMLCanvasElement} canvas
 * @param {(share: number) => void} report
 * @returns {Promise<FilmFile>}
 */
export async function recordVideo(canvas, report) {
  const kind = videoKind();
  if (!kind) throw new Error("this browser records no video");
  const recorder = new MediaRecorder(canvas.captureStream(VIDEO_FPS), {
    mimeType: kind.type,
    videoBitsPerSecond: BITS_PER_SECOND,
  });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start();
  await everyFrame(GIF_FPS, report);
  recorder.stop();
  await stopped;
  return { blob: new Blob(parts, { type: kind.type.split(";")[0] }), extension: kind.extension };
}

/**
 * Record the canvas as a GIF, whose colours are those of its first, middle and last frame.
 * @param {HTMLCanvasElement} canvas
 * @param {(share: number) => void} report
 * @returns {Promise<FilmFile>}
 */
export async function recordGif(canvas, report) {
  const small = new OffscreenCanvas(GIF_SIDE, GIF_SIDE);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    small.getContext("2d", { willReadFrequently: true })
  );
  /** @type {Uint8ClampedArray[]} */
  const frames = [];
  await everyFrame(GIF_FPS, report, () => {
    context.drawImage(canvas, 0, 0, GIF_SIDE, GIF_SIDE);
    frames.push(context.getImageData(0, 0, GIF_SIDE, GIF_SIDE).data);
  });
  return { blob: new Blob([encodeGif(frames, GIF_SIDE)], { type: "image/gif" }), extension: "gif" };
}

/**
 * Return the bytes of a GIF of RGBA frames.
 * @param {readonly Uint8ClampedArray[]} frames
 * @param {number} side
 */
export function encodeGif(frames, side) {
  const surveyed = [...new Set([0, frames.length >> 1, frames.length - 1])].map((index) => frames[index]);
  const all = new Uint8ClampedArray(surveyed.length * surveyed[0].length);
  surveyed.forEach((pixels, k) => {
    all.set(pixels, k * pixels.length);
  });
  const palette = quantize(all, PALETTE_SIZE);
  const encoder = GIFEncoder();
  frames.forEach((pixels, index) => {
    const delay = Math.round(1000 / GIF_FPS);
    encoder.writeFrame(applyPalette(pixels, palette), side, side, { palette: index ? undefined : palette, delay });
  });
  encoder.finish();
  return encoder.bytes();
}

/**
 * Call `take` so many times a second, for SECONDS.
 * @param {number} fps
 * @param {(share: number) => void} report
 * @param {() => void} [take]
 */
async function everyFrame(fps, report, take = () => {}) {
  const count = SECONDS * fps;
  const start = performance.now();
  for (let k = 0; k < count; k++) {
    take();
    report((k + 1) / count);
    const wait = start + (1000 * (k + 1)) / fps - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
  }
}
