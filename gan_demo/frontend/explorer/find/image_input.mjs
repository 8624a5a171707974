// Pictures of somebody's own, brought to the shape of what a network draws.
import { fromPixels } from "../training_images.mjs";

const LARGEST = 25_000_000; // bytes of a file
const BRIGHT = 127; // of a border, above which a digit is dark on light

// The picture of a file, as large as the model's samples: the middle square, grey for one channel.
// {x, turned}; throws an Error whose message is the key of what to say. `digits`: light on dark, or it is turned.
export async function fromFile(file, shape, digits) {
  if (file.size > LARGEST) throw new Error("find.too_large");
  const image = await createImageBitmap(file).catch(() => null);
  if (!image?.width) throw new Error("find.no_picture");
  const [, h, w] = shape;
  const side = Math.min(image.width / w, image.height / h);
  const [width, height] = [side * w, side * h];
  const pixels = reduced(image, (image.width - width) / 2, (image.height - height) / 2, width, height, w, h);
  image.close();
  if (!digits) return { x: fromPixels(pixels, shape), turned: false };
  const grey = Float32Array.from(
    { length: w * h },
    (_, k) => (fromPixels(pixels.subarray(4 * k, 4 * k + 4), [1, 1, 1])[0] + 1) * 127.5,
  );
  const turned = border(grey, w, h) > BRIGHT;
  const light = spread(turned ? grey.map((value) => 255 - value) : grey);
  return { x: Float32Array.from(centred(light, w, h), (value) => value / 127.5 - 1), turned };
}

// Halved until one more would be too small: a large step at once would leave pixels out.
function reduced(image, left, top, width, height, w, h) {
  const first = canvasOf(Math.max(w, Math.round(width)), Math.max(h, Math.round(height)), 2048);
  let now = first;
  now.pen.drawImage(image, left, top, width, height, 0, 0, now.canvas.width, now.canvas.height);
  while (now.canvas.width >= 2 * w && now.canvas.height >= 2 * h) {
    const next = canvasOf(Math.floor(now.canvas.width / 2), Math.floor(now.canvas.height / 2));
    next.pen.drawImage(now.canvas, 0, 0, next.canvas.width, next.canvas.height);
    now = next;
  }
  const last = canvasOf(w, h);
  last.pen.drawImage(now.canvas, 0, 0, w, h);
  return last.pen.getImageData(0, 0, w, h).data;
}

function canvasOf(width, height, most = Infinity) {
  const times = Math.min(1, most / Math.max(width, height));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.round(times * width),
    height: Math.round(times * height),
  });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // what is transparent is paper
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  return { canvas, pen };
}

function border(grey, w, h) {
  const edge = [...grey.keys()].filter((k) => k < w || k >= w * (h - 1) || k % w === 0 || k % w === w - 1);
  return edge.reduce((sum, k) => sum + grey[k], 0) / edge.length;
}

// From black to white: the paper of a photograph is grey.
function spread(grey) {
  const sorted = [...grey].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor(0.5 * sorted.length)], sorted[Math.floor(0.99 * sorted.length)]];
  if (high - low < 8) return grey;
  return grey.map((value) => Math.min(255, Math.max(0, ((value - low) * 255) / (high - low))));
}

// Moved by whole pixels so that the centre of its mass is the middle, as MNIST's digits are.
export function centred(grey, w, h) {
  let [mass, x, y] = [0, 0, 0];
  grey.forEach((value, k) => {
    mass += value;
    x += value * (k % w);
    y += value * Math.floor(k / w);
  });
  if (!mass) return grey;
  const [right, down] = [Math.round((w - 1) / 2 - x / mass), Math.round((h - 1) / 2 - y / mass)];
  return grey.map((_, k) => {
    const [from, row] = [(k % w) - right, Math.floor(k / w) - down];
    return from >= 0 && from < w && row >= 0 && row < h ? grey[row * w + from] : 0;
  });
}

// The colours most seen in some pictures (RGBA), at most `count`, from dark to light.
export function palette(pictures, count) {
  const seen = new Map();
  for (const pixels of pictures) {
    for (let k = 0; k < pixels.length; k += 4) {
      const key = [0, 1, 2].map((c) => pixels[k + c] >> 4).join();
      const one = seen.get(key) ?? { n: 0, sum: [0, 0, 0] };
      one.n++;
      [0, 1, 2].forEach((c) => {
        one.sum[c] += pixels[k + c];
      });
      seen.set(key, one);
    }
  }
  const all = [...seen.values()]
    .sort((a, b) => b.n - a.n)
    .map(({ n, sum }) => sum.map((value) => Math.round(value / n)));
  const apart = [];
  for (const colour of all) {
    if (apart.length < count && apart.every((other) => far(other, colour))) apart.push(colour);
  }
  return apart.sort((a, b) => a[0] + a[1] + a[2] - b[0] - b[1] - b[2]).map(hex);
}

const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) > 28;

export const hex = (colour) => `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;

export const rgb = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
