// @ts-check
// Files of fake frames. That browsers' real frames can be decoded from them is tested in tests/browser.
import assert from "node:assert/strict";
import test from "node:test";
import { VideoFile } from "../../../../gan_demo/frontend/explorer/journey/video_file.mjs";

/** @import { VideoFormat } from "../../../../gan_demo/frontend/explorer/journey/types" */

const SIZE = { codedWidth: 476, codedHeight: 468 };
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]; // of a picture that is not rotated
const AVC_CONFIG = Uint8Array.of(
  1,
  0x64,
  0,
  0x1f,
  255,
  0xe1,
  0,
  4,
  0x67,
  0x64,
  0,
  0x1f,
  1,
  0,
  4,
  0x68,
  0xee,
  0x3c,
  0x80,
);
const BT709 = /** @type {const} */ ({ primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false });
const MP4 = /** @type {VideoFormat} */ ({ extension: "mp4", codec: "avc", codecString: "avc1.64001f" });
const WEBM = /** @type {VideoFormat} */ ({ extension: "webm", codec: "vp9", codecString: "vp09.00.30.08" });

/**
 * @param {number} index
 * @param {number} fps
 * @returns {EncodedVideoChunk}
 */
function fakeChunk(index, fps) {
  const bytes = Uint8Array.of(0, 0, 0, 2, index % 60 ? 0x41 : 0x65, index);
  return {
    type: index % 60 ? "delta" : "key",
    timestamp: Math.round((1e6 * index) / fps),
    duration: Math.round(1e6 / fps),
    byteLength: bytes.length,
    copyTo: (target) => /** @type {Uint8Array} */ (target).set(bytes),
  };
}

/**
 * @param {VideoFormat} format
 * @param {number} fps
 * @param {number} count
 */
async function write(format, fps, count) {
  const file = new VideoFile(format, fps);
  const description = format === MP4 ? AVC_CONFIG : undefined;
  const decoderConfig = { codec: format.codecString, ...SIZE, description, colorSpace: BT709 };
  for (let k = 0; k < count; k++) file.add(fakeChunk(k, fps), k ? undefined : { decoderConfig });
  const blob = await file.finish();
  return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

/**
 * Return the content of the first box at a path, "moov/trak/mdia".
 *
 * @param {Uint8Array} bytes
 * @param {string} path
 * @returns {Uint8Array}
 */
function box(bytes, path) {
  const [name, ...rest] = path.split("/");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += view.getUint32(at)) {
    if (new TextDecoder().decode(bytes.subarray(at + 4, at + 8)) !== name) continue;
    const content = bytes.subarray(at + 8, at + view.getUint32(at));
    return rest.length ? box(content, rest.join("/")) : content;
  }
  throw new Error(`no box ${path}`);
}

/** @param {Uint8Array} bytes */
function numbers(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, k) => view.getUint32(4 * k));
}

/**
 * Return the values of a table of (count, value), one for each frame.
 *
 * @param {number[]} table with its version and the number of its entries in front
 */
function runs(table) {
  const values = [];
  for (let k = 2; k + 1 < table.length; k += 2) values.push(...Array(table[k]).fill(table[k + 1]));
  return values;
}

/** @param {Uint8Array} bytes */
function boxNames(bytes) {
  const view = new DataView(bytes.buffer);
  const names = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at)) {
    names.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 8)));
  }
  return names;
}

for (const fps of [30, 7.3]) {
  test(`frames of an MP4 with ${fps} a second are equally long, without gaps`, async () => {
    const { bytes } = await write(MP4, fps, 45);
    const media = "moov/trak/mdia";
    const [, , , timescale, duration] = numbers(box(bytes, `${media}/mdhd`));
    const [, entries, count, each] = numbers(box(bytes, `${media}/minf/stbl/stts`));
    assert.deepEqual([entries, count], [1, 45]);
    assert.equal(duration, 45 * each);
    assert.ok(Math.abs(each / timescale - 1 / fps) < 1e-6);
  });
}

test("the index of an MP4 stands before its frames, so that it plays while it loads", async () => {
  const { type, bytes } = await write(MP4, 30, 3);
  const names = boxNames(bytes);
  assert.equal(type, "video/mp4");
  assert.equal(names[0], "ftyp");
  assert.ok(names.indexOf("moov") < names.indexOf("mdat"), names.join());
});

test("an MP4 is not rotated, and has the picture's size and colour", async () => {
  const { bytes } = await write(MP4, 30, 3);
  const header = numbers(box(bytes, "moov/trak/tkhd"));
  assert.deepEqual(header.slice(-11, -2), MATRIX);
  assert.deepEqual(
    header.slice(-2).map((value) => value / 65536),
    [SIZE.codedWidth, SIZE.codedHeight],
  );
  const description = box(bytes, "moov/trak/mdia/minf/stbl/stsd").subarray(8);
  const parts = box(description, "avc1").subarray(78);
  assert.deepEqual([...box(parts, "avcC")], [...AVC_CONFIG]);
  assert.deepEqual([...box(parts, "colr")], [..."nclx"].map((c) => c.charCodeAt(0)).concat(0, 1, 0, 1, 0, 1, 0));
});

test("key frames of an MP4 are marked, so that a player can jump to them", async () => {
  const { bytes } = await write(MP4, 30, 130);
  assert.deepEqual(numbers(box(bytes, "moov/trak/mdia/minf/stbl/stss")).slice(1), [3, 1, 61, 121]);
});

test("frames that an encoder sends out of order are shown at their times", async () => {
  const file = new VideoFile(MP4, 30);
  const decoderConfig = { codec: MP4.codecString, ...SIZE, description: AVC_CONFIG };
  for (const [k, index] of [0, 3, 1, 2].entries()) file.add(fakeChunk(index, 30), k ? undefined : { decoderConfig });
  const bytes = new Uint8Array(await (await file.finish()).arrayBuffer());
  const table = "moov/trak/mdia/minf/stbl";
  const [, , , timescale] = numbers(box(bytes, "moov/trak/mdia/mdhd"));
  const offsets = runs(numbers(box(bytes, `${table}/ctts`)));
  const lengths = runs(numbers(box(bytes, `${table}/stts`)));
  const decoded = lengths.map((_, k) => lengths.slice(0, k).reduce((a, b) => a + b, 0));
  const shown = decoded.map((time, k) => ((time + (offsets[k] | 0)) * 30) / timescale);
  assert.deepEqual(
    shown.map((frame) => frame - shown[0]),
    [0, 3, 1, 2],
  );
});

test("other codecs go into a WebM", async () => {
  const { type, bytes } = await write(WEBM, 30, 3);
  const text = new TextDecoder("latin1").decode(bytes);
  assert.equal(type, "video/webm");
  assert.deepEqual([...bytes.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3], "the head of EBML");
  assert.ok(text.includes("webm") && text.includes("V_VP9"));
});

test("an encoder that never describes its frames makes no file", async () => {
  const file = new VideoFile(MP4, 30);
  file.add(fakeChunk(0, 30));
  await assert.rejects(file.finish(), /metadata/);
});
