// @ts-check
/**
 * Training images of the run: one picture of many, row by row, cut into samples as the networks take them.
 * @import { App, Pixels } from "./types.js"
 */
import { element } from "../shared/dom.mjs";

/** There are no training images to be seen. */
export class ImagesUnavailable extends Error {}

/**
 * @typedef {object} TrainingImages
 * @property {number} count
 * @property {(k: number) => Pixels} pixels RGBA
 * @property {(k: number) => Float32Array} x (C·H·W) in [-1, 1]
 * @property {(k: number) => number[] | null} values the value of each label field
 */

/**
 * Fetch training images. Rejects with ImagesUnavailable. `seed` decides which, where there is a server.
 * @param {App} app
 * @param {number} seed
 * @returns {Promise<TrainingImages>}
 */
export async function realImages(app, seed) {
  const address = app.url("real");
  if (!address) throw new ImagesUnavailable("no address");
  const url = new URL(address);
  if (!app.data.site) url.searchParams.set("seed", String(seed));
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new ImagesUnavailable(String(response?.status ?? "no answer"));
  const sheet = await decodeImage(await response.blob());
  return cut(sheet, app.shape, labelsOf(response) ?? app.data.realLabels ?? null);
}

/**
 * @param {Response} response
 * @returns {(number[] | null)[] | null}
 */
function labelsOf(response) {
  const text = response.headers.get("X-Labels");
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a proxy has cut the header short
  }
}

/**
 * Return the pixels of an image file, as they are in it.
 * @param {Blob} blob
 */
export async function decodeImage(blob) {
  const image = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const canvas = element("canvas", { width: image.width, height: image.height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(image, 0, 0);
  image.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/**
 * @param {ImageData} sheet
 * @param {number[]} shape
 * @param {(number[] | null)[] | null} values
 * @returns {TrainingImages}
 */
function cut(sheet, shape, values) {
  const [, height, width] = shape;
  const [columns, rows] = [Math.floor(sheet.width / width), Math.floor(sheet.height / height)];
  /** @type {(k: number) => Pixels} */
  const pixels = (k) => {
    const image = new Uint8ClampedArray(4 * width * height);
    const [left, top] = [(k % columns) * width, Math.floor(k / columns) * height];
    for (let y = 0; y < height; y++) {
      const start = 4 * ((top + y) * sheet.width + left);
      image.set(sheet.data.subarray(start, start + 4 * width), 4 * y * width);
    }
    return image;
  };
  const count = values ? Math.min(values.length, columns * rows) : columns * rows;
  return { count, pixels, x: (k) => fromPixels(pixels(k), shape), values: (k) => values?.[k] ?? null };
}

/**
 * Return RGBA as (C·H·W) in [-1, 1]. Grey is the luminance (ITU-R BT.601), which of a grey picture is its grey.
 * @param {Uint8ClampedArray} pixels
 * @param {number[]} shape
 */
export function fromPixels(pixels, shape) {
  const [channels, height, width] = shape;
  const area = height * width;
  const x = new Float32Array(channels * area);
  for (let k = 0; k < area; k++) {
    const colour = pixels.subarray(4 * k, 4 * k + 3);
    if (channels === 1) x[k] = luminance(colour) / 127.5 - 1;
    else for (let c = 0; c < 3; c++) x[c * area + k] = colour[c] / 127.5 - 1;
  }
  return x;
}

/** @param {Uint8ClampedArray} colour */
function luminance([r, g, b]) {
  return r === g && g === b ? r : 0.299 * r + 0.587 * g + 0.114 * b;
}
