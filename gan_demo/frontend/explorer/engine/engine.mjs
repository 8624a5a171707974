// @ts-check
/**
 * Networks in the viewer's own browser: a worker with onnxruntime-web, and a queue that decides which job runs next.
 *
 *     const engine = await Engine.open({ runtime: "https://…/", generator: address });
 *     const x = await engine.samples(zs, ys, psi, { urgent: true });   // (N·C·H·W) in [-1, 1]
 *
 * One job runs at a time. Urgent ones (what is on stage) go first, and of each channel only the newest runs: the others
 * reject with Superseded. All other jobs are cut into pieces, so that no urgent one waits long.
 * @import { FurtherInputs, LoadedNetwork, SampleOptions, Tensors } from "../types.js"
 */
import { startModuleWorker } from "../../shared/browser_support.mjs";
import { bytesOf, joined, rowFeeds } from "./feeds.mjs";

const PIECE = 8; // samples that run without a break
export const RUNTIME_BYTES = 14_240_000; // of the runtime, unpacked: what progress is measured by

/** @import { NetworkSource } from "./feeds.mjs" */

/**
 * @typedef {object} Job
 * @property {string} model
 * @property {Tensors} feeds
 * @property {string} [channel] of an urgent job
 */

/** @typedef {Job & { resolve(outputs: Tensors): void, reject(error: Error): void }} QueuedJob */

/** A newer job of the same channel has taken a job's place. */
export class Superseded extends Error {
  constructor() {
    super("superseded by a newer job");
    this.name = "Superseded";
  }
}

export class Engine {
  /** @type {Map<number, { resolve(answer: any): void, reject(error: Error): void }>} messages without an answer */
  #pending = new Map();
  #lastId = 0;
  /** @type {Map<string, QueuedJob>} by channel */
  #urgent = new Map();
  /** @type {QueuedJob[]} */
  #patient = [];
  #isBusy = false;
  /** @type {Map<string, { source: NetworkSource, ready: Promise<LoadedNetwork> }>} by name, also while they load */
  #networks = new Map();
  /** @type {Map<string, Record<string, number>>} numbers in a row of each input, of the networks that are ready */
  #sizes = new Map();
  /** @type {Map<string, (feeds: Tensors) => Promise<Tensors>>} networks that the server draws with, by name */
  #remote = new Map();
  #worker = startModuleWorker(new URL("./worker.mjs", import.meta.url));
  /** @type {(bytes: number) => void} */
  #onProgress = () => {};

  /**
   * Start a worker with the runtime, and load a generator if there is one; `load("main", …)` can follow. Throws
   * Unsupported.
   * @param {object} options
   * @param {string} options.runtime address of its folder
   * @param {ArrayBuffer | null} [options.wasm] the runtime's WebAssembly, where it need not be fetched
   * @param {NetworkSource | null} [options.generator]
   * @param {(share: number) => void} [options.onProgress] called with the share (0 to 1) of the runtime that has come
   */
  static async open({ runtime, wasm = null, generator = null, onProgress = () => {} }) {
    const engine = new Engine();
    engine.#onProgress = (bytes) => onProgress(Math.min(1, bytes / RUNTIME_BYTES));
    try {
      const opened = engine.#ask("open", { runtime: new URL(runtime, document.baseURI).href, wasm });
      await Promise.all([opened, generator && engine.load("main", generator)]);
    } catch (error) {
      engine.close();
      throw error;
    }
    onProgress(1);
    return engine;
  }

  constructor() {
    this.closedReason = "";
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not start");
  }

  /**
   * Load a network under a name; it replaces another of that name once it is ready, and the same name and source again
   * costs nothing. If another source is asked for under the name meanwhile, the promise resolves as that one's.
   * @param {string} name
   * @param {NetworkSource} source
   * @returns {Promise<LoadedNetwork>}
   */
  load(name, source) {
    const known = this.#networks.get(name);
    this.#remote.delete(name);
    if (known?.source === source) return known.ready;
    /** @type {Promise<LoadedNetwork>} */
    const ready = bytesOf(source).then(async (model) => {
      const newest = this.#networks.get(name);
      if (newest && newest.ready !== ready) return newest.ready;
      /** @type {LoadedNetwork} */
      const loaded = await this.#ask("load", { name, model }, [model]);
      this.#sizes.set(name, loaded.sizes);
      return loaded;
    });
    this.#networks.set(name, { source, ready });
    ready.catch(() => {
      if (this.#networks.get(name)?.ready === ready) this.#networks.delete(name);
    });
    return ready;
  }

  /**
   * Let the server draw under a name, in place of a network here.
   * @param {string} name
   * @param {string} address that rows are posted to
   * @param {{ z_dim: number, shape: number[] }} space
   */
  loadRemote(name, address, { z_dim, shape }) {
    this.#networks.delete(name);
    this.#sizes.set(name, { z: z_dim });
    this.#remote.set(name, async (feeds) => {
      const { drawOnServer } = await import("./server_drawing.mjs"); // few models need it
      return drawOnServer(address, shape, feeds);
    });
  }

  /**
   * Release a network.
   * @param {string} name
   */
  drop(name) {
    this.#networks.delete(name);
    return this.#ask("drop", { name });
  }

  /**
   * Draw samples: Float32Array (N·C·H·W), or (N·2) of points.
   * @param {Float32Array} zs (N·Z)
   * @param {Float32Array | null} ys (N·K)
   * @param {number} [psi]
   * @param {SampleOptions & FurtherInputs & { count?: number }} [options]
   */
  async samples(zs, ys, psi = 1, options = {}) {
    const { urgent = false, model = "main", channel = model, preview = false, shared = {}, piece = PIECE } = options;
    const { count = zs.length / (this.#sizes.get(model)?.z ?? zs.length) } = options;
    const rows = { z: zs, ...(ys && { y: ys }), ...options.rows };
    const common = { psi: { data: new Float32Array([psi]), dims: [1] }, ...shared };
    /** @type {(outputs: Tensors) => Float32Array} */
    const images = (outputs) => (preview && outputs.preview ? outputs.preview : Object.values(outputs)[0]).data;
    if (urgent) return images(await this.#queued({ model, feeds: rowFeeds(rows, common, 0, count, count), channel }));
    const pieces = [];
    for (let start = 0; start < count; start += piece) {
      const feeds = rowFeeds(rows, common, start, Math.min(piece, count - start), count);
      pieces.push(this.#queued({ model, feeds }));
    }
    return joined((await Promise.all(pieces)).map(images));
  }

  /**
   * Run any network; not urgent.
   * @param {string} name
   * @param {Tensors} feeds
   */
  run(name, feeds) {
    return this.#queued({ model: name, feeds });
  }

  close() {
    this.#fail("closed");
    this.#worker.terminate();
  }

  // ---- the queue

  /**
   * @param {Job} job
   * @returns {Promise<Tensors>}
   */
  #queued(job) {
    return new Promise((resolve, reject) => {
      if (this.closedReason) return reject(new Error(this.closedReason));
      const queued = { ...job, resolve, reject };
      if (job.channel) {
        this.#urgent.get(job.channel)?.reject(new Superseded());
        this.#urgent.set(job.channel, queued);
      } else this.#patient.push(queued);
      this.#runNext();
    });
  }

  async #runNext() {
    if (this.#isBusy) return;
    const job = this.#taken();
    if (!job) return;
    this.#isBusy = true;
    try {
      const draw = this.#remote.get(job.model);
      job.resolve(await (draw ? draw(job.feeds) : this.#answer(job)));
    } catch (error) {
      job.reject(/** @type {Error} */ (error));
    }
    this.#isBusy = false;
    this.#runNext();
  }

  /** Take the next job off the queue. */
  #taken() {
    for (const [channel, job] of this.#urgent) {
      this.#urgent.delete(channel);
      return job;
    }
    return this.#patient.shift();
  }

  // ---- the worker

  /**
   * @param {Job} job
   * @returns {Promise<Tensors>}
   */
  async #answer({ model, feeds }) {
    const { outputs } = await this.#ask("run", { name: model, feeds });
    return outputs;
  }

  /**
   * Send a message to the worker; resolves to its answer.
   * @param {"open" | "load" | "run" | "drop"} kind
   * @param {object} content
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  #ask(kind, content, transfer = []) {
    return new Promise((resolve, reject) => {
      if (this.closedReason) return reject(new Error(this.closedReason));
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, kind, ...content }, transfer);
    });
  }

  /** @param {{ id: number, error?: string, progress?: number }} message */
  #heard({ id, error, progress, ...answer }) {
    if (progress !== undefined) return this.#onProgress(progress);
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.closedReason) return;
    this.closedReason = reason;
    const error = new Error(reason);
    for (const { reject } of [...this.#pending.values(), ...this.#urgent.values(), ...this.#patient]) reject(error);
    this.#pending.clear();
    this.#urgent.clear();
    this.#patient = [];
  }
}

/**
 * Return a sample (C·H·W) in [-1, 1] as RGBA; exactly what images.to_uint8 makes of it.
 * @param {Float32Array} x
 * @param {number[]} shape
 * @param {number} [start] where the sample begins in x
 */
export function toPixels(x, shape, start = 0) {
  const [channels, height, width] = shape;
  const area = height * width;
  const pixels = new Uint8ClampedArray(4 * area); // rounds half to even and clamps, as torch does
  for (let k = 0; k < area; k++) {
    for (let c = 0; c < 3; c++)
      pixels[4 * k + c] = Math.fround(Math.fround(x[start + (channels >= 3 ? c * area : 0) + k] * 127.5) + 127.5);
    pixels[4 * k + 3] = 255;
  }
  return pixels;
}
