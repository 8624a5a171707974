// Networks in the viewer's own browser: a worker with onnxruntime-web, and who may use it next.
//   const engine = await Engine.open({ runtime: "https://…/", generator: address | bytes, onProgress });
//   const x = await engine.samples(zs, ys, psi, { urgent: true });   // (N·C·H·W) in [-1, 1]
// One job runs at a time. Urgent ones (what is on stage) go first, and only the newest of a channel runs: the others reject
// with Superseded. All others are cut into pieces of PIECE samples, so that no urgent one waits long.

import { fetchOk } from "../../shared/http.mjs";

const PIECE = 8;
export const RUNTIME_BYTES = 14_240_000; // of the runtime, unpacked: what progress is measured by

export class Superseded extends Error {
  constructor() {
    super("a newer one is wanted");
    this.name = "Superseded";
  }
}

export class Engine {
  // `onProgress(share)`: 0 to 1, of what has to be fetched. Rejects where there are no workers or no WebAssembly.
  // `generator` may come later, by load("main", …).
  static async open({ runtime, wasm = null, generator = null, onProgress = () => {} }) {
    if (typeof Worker === "undefined" || typeof WebAssembly === "undefined") throw new Error("no WebAssembly here");
    const engine = new Engine();
    engine.onProgress = (read) => onProgress(Math.min(1, read / RUNTIME_BYTES));
    try {
      engine.opened = engine.ask("open", { runtime: new URL(runtime, document.baseURI).href, wasm });
      await Promise.all([engine.opened, generator && engine.load("main", generator)]);
    } catch (error) {
      engine.close();
      throw error;
    }
    onProgress(1);
    return engine;
  }

  constructor() {
    this.asked = new Map(); // id -> {resolve, reject}
    this.next = 0;
    this.urgent = new Map(); // channel -> job
    this.patient = [];
    this.busy = false;
    this.closedReason = "";
    this.networks = new Map(); // name -> {source, ready}
    this.sizes = new Map(); // name -> {z: 64, …} of those that are ready
    this.worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = (event) => this.fail(event.message || "the worker could not start");
  }

  // A network under a name: it replaces another of that name once it is ready; the same name and source again costs nothing.
  // `source`: an address or the bytes. Resolves to {sizes: {z: 64, …}}, the numbers in a row of each input. What comes after
  // a later source was asked for under its name is thrown away: then it resolves as that one does.
  load(name, source) {
    const known = this.networks.get(name);
    if (known?.source === source) return known.ready;
    const ready = bytes(source).then(async (model) => {
      const newest = this.networks.get(name);
      if (newest && newest.ready !== ready) return newest.ready;
      const found = await this.ask("load", { name, model }, [model]);
      this.sizes.set(name, found.sizes);
      return found;
    });
    this.networks.set(name, { source, ready });
    ready.catch(() => this.networks.get(name)?.ready === ready && this.networks.delete(name));
    return ready;
  }

  drop(name) {
    this.networks.delete(name);
    return this.ask("drop", { name });
  }

  // zs: Float32Array (N·Z), ys: Float32Array (N·K) or null -> Float32Array (N·C·H·W) or (N·2).
  async samples(
    zs,
    ys,
    psi = 1,
    { urgent = false, model = "main", channel = model, count = zs.length / this.sizes.get(model).z } = {},
  ) {
    if (urgent) return this.queued({ model, zs, ys, psi, count, channel });
    const parts = [];
    for (let start = 0; start < count; start += PIECE) {
      const some = Math.min(PIECE, count - start);
      const cut = (rows) => rows?.slice((start * rows.length) / count, ((start + some) * rows.length) / count);
      parts.push(this.queued({ model, zs: cut(zs), ys: cut(ys), psi, count: some, channel: "" }));
    }
    return joined(await Promise.all(parts));
  }

  // Any network: feeds {name: {data: Float32Array, dims}} -> {name: {data, dims}}; not urgent.
  run(name, feeds) {
    return this.queued({ model: name, feeds, channel: "" });
  }

  close() {
    this.fail("closed");
    this.worker.terminate();
  }

  // ---- whose turn it is

  queued(job) {
    return new Promise((resolve, reject) => {
      Object.assign(job, { resolve, reject });
      if (this.closedReason) return reject(new Error(this.closedReason));
      if (job.channel) {
        this.urgent.get(job.channel)?.reject(new Superseded());
        this.urgent.set(job.channel, job);
      } else this.patient.push(job);
      this.turn();
    });
  }

  async turn() {
    if (this.busy) return;
    const [channel] = this.urgent.keys();
    const job = channel === undefined ? this.patient.shift() : this.urgent.get(channel);
    if (!job) return;
    this.urgent.delete(channel);
    this.busy = true;
    try {
      const { outputs } = await this.ask("run", { name: job.model, feeds: job.feeds ?? feeds(job) });
      job.resolve(job.feeds ? outputs : Object.values(outputs)[0].data);
    } catch (error) {
      job.reject(error);
    }
    this.busy = false;
    this.turn();
  }

  // ---- the worker

  ask(kind, what, moved = []) {
    return new Promise((resolve, reject) => {
      if (this.closedReason) return reject(new Error(this.closedReason));
      const id = ++this.next;
      this.asked.set(id, { resolve, reject });
      this.worker.postMessage({ id, kind, ...what }, moved);
    });
  }

  heard({ id, error, progress, ...found }) {
    if (progress !== undefined) return this.onProgress(progress);
    const waiting = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) waiting?.resolve(found);
    else waiting?.reject(new Error(error));
  }

  fail(reason) {
    if (this.closedReason) return;
    this.closedReason = reason;
    const error = new Error(reason);
    for (const one of [...this.asked.values(), ...this.urgent.values(), ...this.patient]) one.reject(error);
    this.asked.clear();
    this.urgent.clear();
    this.patient = [];
  }
}

// Samples (C·H·W) in [-1, 1] -> RGBA; exactly what images.to_uint8 makes of them. `start`: where the sample begins in x.
export function toPixels(x, shape, start = 0) {
  const [channels, height, width] = shape;
  const area = height * width;
  const pixels = new Uint8ClampedArray(4 * area); // rounds half to even and clamps, as torch does
  for (let k = 0; k < area; k++) {
    for (let c = 0; c < 3; c++)
      pixels[4 * k + c] = Math.fround(Math.fround(x[start + (channels === 3 ? c * area : 0) + k] * 127.5) + 127.5);
    pixels[4 * k + 3] = 255;
  }
  return pixels;
}

function feeds({ zs, ys, psi, count }) {
  const told = ys ? { y: { data: ys, dims: [count, ys.length / count] } } : {};
  return {
    z: { data: zs, dims: [count, zs.length / count] },
    ...told,
    psi: { data: new Float32Array([psi]), dims: [1] },
  };
}

async function bytes(source) {
  if (typeof source !== "string") return new Uint8Array(source).slice().buffer;
  return (await fetchOk(source)).arrayBuffer();
}

function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
