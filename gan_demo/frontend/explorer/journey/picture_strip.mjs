// @ts-check
// A journey as one PNG: a row of pictures for each leg, with its keyframes at both ends.

import { SamplePainter } from "../stage/sample_painter.mjs";
import { stateFrames } from "./frames.mjs";
import { legCount, stateAt } from "./journey.mjs";

/** @import { FileRequest, JourneyFile } from "./types" */

const COLUMNS = 9;
const SIDE = 128; // pixels of a picture, at most

/**
 * @param {FileRequest} request
 * @returns {Promise<JourneyFile>}
 */
export async function makeStrip({ app, journey, signal, report }) {
  const legs = legCount(journey);
  const [rows, columns] = legs ? [legs, COLUMNS] : [1, 1];
  const painter = new SamplePainter(app, { maxSide: SIDE });
  const { width, height } = painter.outer;
  const sheet = document.createElement("canvas");
  sheet.width = columns * width;
  sheet.height = rows * height;
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("no 2-D canvas");
  const states = Array.from({ length: rows * columns }, (_, k) =>
    stateAt(journey, Math.floor(k / columns) + (k % columns) / Math.max(1, columns - 1)),
  );
  for await (const { index, pixels } of stateFrames(app, states, painter, signal)) {
    pen.drawImage(painter.large(pixels), (index % columns) * width, Math.floor(index / columns) * height);
    report((index + 1) / states.length);
  }
  const blob = await new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
  return { blob, extension: "png" };
}
