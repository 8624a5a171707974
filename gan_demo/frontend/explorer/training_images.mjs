// Real images of the run: one picture of many, row by row, cut into samples as the networks take them.

export class ImagesUnavailable extends Error {}

// {count, pixels(k): RGBA, x(k): Float32Array (C·H·W) in [-1, 1], values(k): the value of each label field, or null}.
// Rejects with ImagesUnavailable where there are none to be seen. `seed` decides which, where there is a server.
export async function realImages(app, seed) {
  const address = app.url("real");
  if (!address) throw new ImagesUnavailable("no address");
  const asked = new URL(address);
  if (!app.data.site) asked.searchParams.set("seed", String(seed));
  const answer = await fetch(asked).catch(() => null);
  if (!answer?.ok) throw new ImagesUnavailable(String(answer?.status ?? "no answer"));
  const sheet = await decodeImage(await answer.blob());
  return cut(sheet, app.shape, labels(answer.headers.get("X-Labels")) ?? app.data.realLabels ?? null);
}

function labels(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

// The pixels of an image file, as they are in it.
export async function decodeImage(blob) {
  const image = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  image.close();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function cut(sheet, shape, values) {
  const [, h, w] = shape;
  const [columns, rows] = [Math.floor(sheet.width / w), Math.floor(sheet.height / h)];
  const pixels = (k) => {
    const found = new Uint8ClampedArray(4 * w * h);
    const [left, top] = [(k % columns) * w, Math.floor(k / columns) * h];
    for (let y = 0; y < h; y++) {
      const start = 4 * ((top + y) * sheet.width + left);
      found.set(sheet.data.subarray(start, start + 4 * w), 4 * y * w);
    }
    return found;
  };
  const count = values ? Math.min(values.length, columns * rows) : columns * rows;
  return { count, pixels, x: (k) => fromPixels(pixels(k), shape), values: (k) => values?.[k] ?? null };
}

// RGBA -> (C·H·W) in [-1, 1]; grey is the luminance (ITU-R BT.601), which of a grey picture is its grey.
export function fromPixels(pixels, shape) {
  const [channels, h, w] = shape;
  const area = h * w;
  const x = new Float32Array(channels * area);
  for (let k = 0; k < area; k++) {
    const [r, g, b] = pixels.subarray(4 * k, 4 * k + 3);
    if (channels === 1) x[k] = (r === g && g === b ? r : 0.299 * r + 0.587 * g + 0.114 * b) / 127.5 - 1;
    else
      [r, g, b].forEach((value, c) => {
        x[c * area + k] = value / 127.5 - 1;
      });
  }
  return x;
}
