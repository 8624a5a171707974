// @ts-check
// Uploaded image files, cropped and scaled to the shape of a network's samples.

import { element } from "../../shared/dom.mjs";
import { fromPixels } from "../training_images.mjs";
import { centre } from "./digit_image.mjs";

const MAX_BYTES = 25_000_000;
const MAX_SIDE = 2048; // pixels in which an image is first drawn
const BRIGHT_BORDER = 127; // mean grey of a border above which a digit is dark on light
const MIN_CONTRAST = 8; // grey levels below which an image is not stretched

/** A file that cannot be used; `key` is the text that says why. */
export class UnusableImage extends Error {
  /** @param {"find.too_large" | "find.no_picture"} key */
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/**
 * Return the middle of an image file as a sample (C·H·W) in [-1, 1]. A digit becomes light on dark (`inverted` says
 * whether it was not), as wide as black to white, and centred.
 * @param {File} file
 * @param {number[]} shape
 * @param {boolean} isDigit
 * @returns {Promise<{ x: Float32Array, inverted: boolean }>} rejects with UnusableImage
 */
export async function readImageFile(file, shape, isDigit) {
  if (file.size > MAX_BYTES) throw new UnusableImage("find.too_large");
  const image = await createImageBitmap(file).catch(() => null);
  if (!image?.width) throw new UnusableImage("find.no_picture");
  const pixels = middleOf(image, shape);
  image.close();
  if (!isDigit) return { x: fromPixels(pixels, shape), inverted: false };
  const [, height, width] = shape;
  const grey = fromPixels(pixels, [1, height, width]).map((value) => (value + 1) * 127.5);
  const inverted = borderMean(grey, width, height) > BRIGHT_BORDER;
  const light = stretch(inverted ? grey.map((value) => 255 - value) : grey);
  return { x: centre(light, width, height).map((value) => value / 127.5 - 1), inverted };
}

/**
 * Return the RGBA of the largest middle part of an image with the proportions of a sample, in the size of a sample.
 * @param {ImageBitmap} image
 * @param {number[]} shape
 */
function middleOf(image, [, height, width]) {
  const scale = Math.min(image.width / width, image.height / height);
  const [partWidth, partHeight] = [scale * width, scale * height];
  const [left, top] = [(image.width - partWidth) / 2, (image.height - partHeight) / 2];
  const first = limitedSize(Math.max(width, Math.round(partWidth)), Math.max(height, Math.round(partHeight)));
  let current = canvasOf(first.width, first.height);
  current.context.drawImage(image, left, top, partWidth, partHeight, 0, 0, first.width, first.height);
  // Halve it until once more would be too small: a large step at once would leave pixels out.
  while (current.canvas.width >= 2 * width && current.canvas.height >= 2 * height) {
    current = resized(current.canvas, Math.floor(current.canvas.width / 2), Math.floor(current.canvas.height / 2));
  }
  return resized(current.canvas, width, height).context.getImageData(0, 0, width, height).data;
}

/**
 * @param {number} width
 * @param {number} height
 */
function limitedSize(width, height) {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  return { width: Math.round(scale * width), height: Math.round(scale * height) };
}

/**
 * @param {HTMLCanvasElement} source
 * @param {number} width
 * @param {number} height
 */
function resized(source, width, height) {
  const smaller = canvasOf(width, height);
  smaller.context.drawImage(source, 0, 0, width, height);
  return smaller;
}

/**
 * Return a white canvas: what is transparent is paper.
 * @param {number} width
 * @param {number} height
 */
function canvasOf(width, height) {
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("the browser has no 2-D canvas");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  return { canvas, context };
}

/**
 * Return the mean of the pixels along the border.
 * @param {Float32Array} grey
 * @param {number} width
 * @param {number} height
 */
export function borderMean(grey, width, height) {
  const border = grey.filter((_, k) => {
    const column = k % width;
    return k < width || k >= width * (height - 1) || column === 0 || column === width - 1;
  });
  return border.reduce((sum, value) => sum + value, 0) / border.length;
}

/**
 * Stretch grey levels from black to white, as the paper of a photograph is grey: the darker half is black.
 * @param {Float32Array} grey
 */
export function stretch(grey) {
  const sorted = grey.slice().sort();
  const [low, high] = [sorted[Math.floor(0.5 * sorted.length)], sorted[Math.floor(0.99 * sorted.length)]];
  if (high - low < MIN_CONTRAST) return grey;
  return grey.map((value) => Math.min(255, Math.max(0, ((value - low) * 255) / (high - low))));
}
