// @ts-check
// A journey as a GIF, made in the browser.

import { applyPalette, GIFEncoder, quantize } from "../../vendor/gifenc/gifenc.mjs";
import { SamplePainter } from "../stage/sample_painter.mjs";
import { journeyFrames } from "./frames.mjs";
import { filmLength } from "./journey.mjs";

/** @import { Palette } from "../../vendor/gifenc/gifenc.mjs" */
/** @import { FileRequest, FramePainter, JourneyFile } from "./types" */

const FPS = 20;
const MAX_FRAMES = 480;
const SIDE = 320; // pixels, at most
const SURVEYED_FRAMES = 24; // whose colours the palette is chosen from
const PALETTE_SIZE = 256;
const LAST_FRAME_PAUSE = 100; // hundredths of a second that the end of a journey without loop stays

/**
 * @param {FileRequest} request
 * @returns {Promise<JourneyFile>}
 */
export async function makeGif(request) {
  const bytes = await writeGif(request, new SamplePainter(request.app, { maxSide: SIDE }));
  return { blob: new Blob([bytes], { type: "image/gif" }), extension: "gif" };
}

/**
 * Return the bytes of the GIF. One palette serves all frames, so that nothing flickers.
 *
 * @param {Pick<FileRequest, "journey" | "signal" | "report"> & { app: Pick<FileRequest["app"], "samples"> }} request
 * @param {FramePainter} painter
 */
export async function writeGif({ app, journey, signal, report }, painter) {
  const { count, fps } = filmLength(journey, FPS, MAX_FRAMES);
  const palette = painter.isGrey ? greys() : await sharedPalette(app, journey, painter);
  const encoder = GIFEncoder();
  const { width, height, scale } = painter;
  let shownFor = 0; // the format keeps hundredths of a second, which are rounded here without adding up errors
  for await (const { index, pixels } of journeyFrames(app, journey, count, painter, signal)) {
    const end = Math.round((100 * (index + 1)) / fps);
    const pause = journey.loop || index + 1 < count ? 0 : LAST_FRAME_PAUSE;
    const colours = painter.isGrey ? redChannel(pixels) : applyPalette(pixels, palette);
    encoder.writeFrame(enlarge(colours, width, height, scale), width * scale, height * scale, {
      palette: index ? undefined : palette,
      delay: 10 * (end - shownFor + pause),
    });
    shownFor = end;
    report((index + 1) / count);
  }
  encoder.finish();
  return encoder.bytes();
}

/** @returns {Palette} every grey, so that grey pictures keep theirs exactly */
function greys() {
  return Array.from({ length: PALETTE_SIZE }, (_, k) => [k, k, k]);
}

/**
 * @param {Pick<FileRequest["app"], "samples">} app
 * @param {FileRequest["journey"]} journey
 * @param {FramePainter} painter
 */
async function sharedPalette(app, journey, painter) {
  const surveyed = [];
  for await (const { pixels } of journeyFrames(app, journey, SURVEYED_FRAMES, painter)) surveyed.push(pixels);
  const all = new Uint8ClampedArray(surveyed.length * surveyed[0].length);
  surveyed.forEach((pixels, k) => {
    all.set(pixels, k * pixels.length);
  });
  return quantize(all, PALETTE_SIZE);
}

/** @param {Uint8ClampedArray} pixels RGBA */
function redChannel(pixels) {
  return Uint8Array.from({ length: pixels.length / 4 }, (_, k) => pixels[4 * k]);
}

/**
 * Repeat each pixel `scale` times both ways.
 *
 * @param {Uint8Array} colours
 * @param {number} width
 * @param {number} height
 * @param {number} scale
 */
function enlarge(colours, width, height, scale) {
  const large = new Uint8Array(colours.length * scale * scale);
  const wide = width * scale;
  for (let row = 0; row < height; row++) {
    const start = row * scale * wide;
    for (let x = 0; x < wide; x++) large[start + x] = colours[row * width + Math.floor(x / scale)];
    for (let copy = 1; copy < scale; copy++) large.copyWithin(start + copy * wide, start, start + wide);
  }
  return large;
}
