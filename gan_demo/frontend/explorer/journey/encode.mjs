// A journey as a file, made in the browser: GIF, PNG strip, MP4 by its H.264 encoder, or a recording in real time where it
// has none. Each maker takes {app, journey, signal, at(share)} and resolves to {blob, kind}.
import { applyPalette, GIFEncoder, quantize } from "../../vendor/gifenc/gifenc.mjs";
import { SamplePainter } from "../stage/sample_painter.mjs";
import * as journeys from "./journey.mjs";
import { mp4 } from "./mp4.mjs";

const GIF = { fps: 20, most: 480, side: 320 };
const VIDEO = { fps: 30, most: 900, side: 480, rate: 3_000_000 };
const COLUMNS = 9; // of the PNG strip: a row a leg, keyframes at both ends
const SURVEYED = 24; // pictures that decide the colours of a GIF
const BATCH = 8;
const CODECS = ["avc1.64001f", "avc1.4d001f", "avc1.42001f"];

// ---- GIF

export async function gif({ app, journey, signal, at }) {
  const painter = new SamplePainter(app, { most: GIF.side });
  const { count, fps } = journeys.pace(journey, GIF.fps, GIF.most);
  const palette = await colours(app, journey, painter);
  const encoder = GIFEncoder();
  const { width, height, times } = painter;
  let clock = 0; // the format keeps hundredths of a second
  for await (const [k, pixels] of pictures(app, journey, count, painter, signal)) {
    const next = Math.round((100 * (k + 1)) / fps);
    const hold = journey.loop || k + 1 < count ? 0 : 100;
    const index = painter.grey ? every4th(pixels) : applyPalette(pixels, palette);
    encoder.writeFrame(enlarged(index, width, height, times), width * times, height * times, {
      palette: k ? undefined : palette,
      delay: 10 * (next - clock + hold),
    });
    clock = next;
    at((k + 1) / count);
  }
  encoder.finish();
  return { blob: new Blob([encoder.bytes()], { type: "image/gif" }), kind: "gif" };
}

// One palette for all pictures, so that nothing flickers; greys are exact.
async function colours(app, journey, painter) {
  if (painter.grey) return Array.from({ length: 256 }, (_, k) => [k, k, k]);
  const all = [];
  for await (const [, pixels] of pictures(app, journey, SURVEYED, painter)) all.push(pixels);
  const whole = new Uint8ClampedArray(all.length * all[0].length);
  all.forEach((one, k) => whole.set(one, k * one.length));
  return quantize(whole, 256);
}

function every4th(pixels) {
  return Uint8Array.from({ length: pixels.length / 4 }, (_, k) => pixels[4 * k]);
}

function enlarged(index, width, height, times) {
  const large = new Uint8Array(index.length * times * times);
  const wide = width * times;
  for (let row = 0; row < height; row++) {
    const start = row * times * wide;
    for (let x = 0; x < wide; x++) large[start + x] = index[row * width + Math.floor(x / times)];
    for (let copy = 1; copy < times; copy++) large.copyWithin(start + copy * wide, start, start + wide);
  }
  return large;
}

// ---- PNG

export async function strip({ app, journey, signal, at }) {
  const rows = Math.max(1, journeys.legs(journey));
  const columns = journeys.legs(journey) ? COLUMNS : 1;
  const painter = new SamplePainter(app, { most: 128 });
  const [w, h] = [painter.width * painter.times, painter.height * painter.times];
  const sheet = Object.assign(document.createElement("canvas"), { width: columns * w, height: rows * h });
  const pen = sheet.getContext("2d");
  const positions = Array.from(
    { length: rows * columns },
    (_, k) => Math.floor(k / columns) + (k % columns) / Math.max(1, columns - 1),
  );
  for await (const [k, pixels] of drawn(
    app,
    positions.map((p) => journeys.at(journey, p)),
    painter,
    signal,
  )) {
    pen.drawImage(painter.large(pixels), (k % columns) * w, Math.floor(k / columns) * h);
    at((k + 1) / positions.length);
  }
  return { blob: await new Promise((resolve) => sheet.toBlob(resolve, "image/png")), kind: "png" };
}

// ---- video

// How this browser makes a video: "encode" (H.264), "record-mp4", "record-webm", or "" where it cannot make any.
export async function way(app) {
  const { width, height } = new SamplePainter(app, { most: VIDEO.side, even: true }).outer;
  if (await codec(width, height)) return "encode";
  if (typeof MediaRecorder === "undefined" || !HTMLCanvasElement.prototype.captureStream) return "";
  const records = (kind) => MediaRecorder.isTypeSupported(kind);
  return records("video/mp4;codecs=avc1.42E01E") ? "record-mp4" : records("video/webm") ? "record-webm" : "";
}

export async function video(made, by) {
  if (by === "encode") return encoded(made);
  return recorded(made, by === "record-mp4" ? "video/mp4;codecs=avc1.42E01E" : "video/webm");
}

async function codec(width, height) {
  if (typeof VideoEncoder === "undefined") return null;
  for (const name of CODECS) {
    const config = { codec: name, width, height, framerate: VIDEO.fps, bitrate: VIDEO.rate, avc: { format: "avc" } };
    if ((await VideoEncoder.isConfigSupported(config).catch(() => null))?.supported) return config;
  }
  return null;
}

async function encoded({ app, journey, signal, at }) {
  const painter = new SamplePainter(app, { most: VIDEO.side, even: true });
  const { count, fps } = journeys.pace(journey, VIDEO.fps, VIDEO.most);
  const { width, height } = painter.outer;
  const [frames, failures] = [[], []];
  let [config, wake] = [null, () => {}];
  const encoder = new VideoEncoder({
    output(chunk, about) {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      frames.push({ data, key: chunk.type === "key" });
      if (about?.decoderConfig?.description) config ??= bytes(about.decoderConfig.description);
    },
    error: (error) => wake(failures.push(error)),
  });
  encoder.configure({ ...(await codec(width, height)), framerate: fps, latencyMode: "realtime" }); // in the order shown
  try {
    for await (const [k, pixels] of pictures(app, journey, count, painter, signal)) {
      if (failures.length) throw failures[0];
      const frame = new VideoFrame(painter.large(pixels), {
        timestamp: Math.round((1e6 * k) / fps),
        duration: Math.round(1e6 / fps),
      });
      encoder.encode(frame, { keyFrame: k % 60 === 0 });
      frame.close();
      if (encoder.encodeQueueSize > 8) {
        await new Promise((resolve) => {
          wake = resolve; // one that failed takes nothing more from its queue
          encoder.addEventListener("dequeue", resolve, { once: true });
        });
      }
      at((k + 1) / count);
    }
    await encoder.flush();
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  if (failures.length || !config) throw failures[0] ?? new Error("H.264");
  return { blob: new Blob([mp4({ width, height, fps, config, frames })], { type: "video/mp4" }), kind: "mp4" };
}

function bytes(source) {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source);
}

// In real time, as recorders know no other.
async function recorded({ app, journey, signal, at }, mimeType) {
  const painter = new SamplePainter(app, { most: VIDEO.side, even: true });
  const { count, fps } = journeys.pace(journey, VIDEO.fps, VIDEO.most);
  const all = []; // samples: as pictures, those of points would be hundreds of megabytes
  const states = journeys.stops(journey, count).map((position) => journeys.at(journey, position));
  for (let start = 0; start < count; start += BATCH) {
    const x = await app.samples(states.slice(start, start + BATCH));
    signal.throwIfAborted();
    for (let k = 0; k < Math.min(BATCH, count - start); k++) all.push([x, k]);
  }
  const recorder = new MediaRecorder(painter.large(painter.pixels(...all[0])).captureStream(fps), {
    mimeType,
    videoBitsPerSecond: VIDEO.rate,
  });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve, reject) =>
    Object.assign(recorder, { onstop: resolve, onerror: (event) => reject(event.error) }),
  );
  recorder.start();
  const start = performance.now();
  for (
    let k = 0;
    k < count && !signal.aborted;
    k = Math.max(k + 1, Math.floor(((performance.now() - start) * fps) / 1000))
  ) {
    painter.large(painter.pixels(...all[k]));
    at((k + 1) / count);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, start + (1000 * (k + 1)) / fps - performance.now())),
    );
  }
  recorder.stop();
  await ended;
  signal.throwIfAborted();
  const kind = mimeType.startsWith("video/mp4") ? "mp4" : "webm";
  return { blob: new Blob(parts, { type: `video/${kind}` }), kind };
}

// ---- pictures, one after the other: [k, RGBA]

function pictures(app, journey, count, painter, signal) {
  return drawn(
    app,
    journeys.stops(journey, count).map((position) => journeys.at(journey, position)),
    painter,
    signal,
  );
}

async function* drawn(app, states, painter, signal = null) {
  for (let start = 0; start < states.length; start += BATCH) {
    const some = states.slice(start, start + BATCH);
    const x = await app.samples(some);
    signal?.throwIfAborted();
    for (let k = 0; k < some.length; k++) yield [start + k, painter.pixels(x, k)];
    await new Promise((resolve) => setTimeout(resolve)); // what is on stage goes on
  }
}
