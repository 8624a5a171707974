// An MP4 file around frames of H.264 that came in the order they are shown, each as long as the others: one track, the
// index in front (ISO/IEC 14496-12, and -15 for avc1).

const SCALE = 90_000; // units of time a second

// config: the decoder's (avcC); frames: [{data: Uint8Array, key: boolean}]; fps -> Uint8Array
export function mp4({ width, height, fps, config, frames }) {
  const each = Math.round(SCALE / fps);
  const head = box("ftyp", text("isom"), u32(512), text("isomiso2avc1mp41"));
  const movie = (start) => moov({ width, height, each, config, frames, start });
  const start = head.length + movie(0).length + 8;
  const bytes = frames.reduce((sum, one) => sum + one.data.length, 0);
  return joined([head, movie(start), u32(bytes + 8), text("mdat"), ...frames.map((one) => one.data)]);
}

function moov({ width, height, each, config, frames, start }) {
  const lasts = each * frames.length;
  const keys = frames.flatMap((one, k) => (one.key ? [k + 1] : []));
  const table = box(
    "stbl",
    box("stsd", u32(0, 1), sample(width, height, config)),
    box("stts", u32(0, 1, frames.length, each)),
    box("stss", u32(0, keys.length, ...keys)),
    box("stsc", u32(0, 1, 1, frames.length, 1)),
    box("stsz", u32(0, 0, frames.length, ...frames.map((one) => one.data.length))),
    box("stco", u32(0, 1, start)),
  );
  const media = box(
    "mdia",
    box("mdhd", u32(0, 0, 0, SCALE, lasts), u16(0x55c4, 0)), // language: undetermined
    box("hdlr", u32(0, 0), text("vide"), u32(0, 0, 0), text("video\0")),
    box("minf", box("vmhd", u32(1), u16(0, 0, 0, 0)), box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))), table),
  );
  const track = box(
    "trak",
    box("tkhd", u32(3, 0, 0, 1, 0, lasts, 0, 0), u16(0, 0, 0, 0), MATRIX, u32(width << 16, height << 16)),
    media,
  );
  return box(
    "moov",
    box("mvhd", u32(0, 0, 0, SCALE, lasts, 0x10000), u16(0x100, 0), u32(0, 0), MATRIX, u32(0, 0, 0, 0, 0, 0, 2)),
    track,
  );
}

function sample(width, height, config) {
  return box(
    "avc1",
    u32(0),
    u16(0, 1),
    u32(0, 0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    new Uint8Array(32),
    u16(24, 0xffff),
    box("avcC", config),
  );
}

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function box(kind, ...parts) {
  const size = parts.reduce((sum, one) => sum + one.length, 8);
  return joined([u32(size), text(kind), ...parts]);
}

function u32(...values) {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, k) => view.setUint32(4 * k, value));
  return new Uint8Array(view.buffer);
}

function u16(...values) {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, k) => view.setUint16(2 * k, value));
  return new Uint8Array(view.buffer);
}

function text(letters) {
  return Uint8Array.from(letters, (one) => one.charCodeAt(0));
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
