// @ts-check
/**
 * The file with all graphs of a training (docs/compiled-step.md), and onnxruntime's sessions of them.
 * @import { InferenceSession, OnnxRuntime, Tensor } from "../vendor/onnxruntime/onnxruntime.js"
 * @import { BundleHeader, TrainerSettings } from "./types.js"
 */
import { graphQuery } from "./core_settings.mjs";

const VERSION = 1;

/**
 * Return the dimensions of an input. Graphs of templates name some of them: the first of two is the batch then, and
 * another follows from the number of values.
 * @param {readonly (string | number)[]} shape
 * @param {number} count
 * @param {number} batch
 */
export function dimensions(shape, count, batch) {
  const isNamed = shape.map((size) => typeof size === "string");
  const dims = shape.map((size, k) => (isNamed[k] ? (k === 0 && shape.length > 1 ? batch : 0) : Number(size)));
  const last = dims.indexOf(0);
  if (last >= 0) dims[last] = count / dims.reduce((product, size) => product * (size || 1), 1);
  return dims;
}

/** The graphs of one file. A session is made when its graph is first needed. */
export class Graphs {
  #runtime;
  #content;
  /** @type {Map<string, Promise<InferenceSession>>} */
  #sessions = new Map();

  /**
   * Throws an error if the file is of another version.
   * @param {OnnxRuntime} runtime
   * @param {ArrayBuffer} file
   * @param {string} [key] what `graphQuery` says of the settings that it is for
   */
  constructor(runtime, file, key = "") {
    this.#runtime = runtime;
    this.key = key;
    const length = new DataView(file).getUint32(0, true);
    /** @type {BundleHeader} */
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
    if (this.header.version !== VERSION) throw new Error(`graphs of version ${this.header.version}`);
    this.#content = new Uint8Array(file, 4 + length);
  }

  /** @param {string} name */
  has(name) {
    return name in this.header.graphs;
  }

  /**
   * Return the number of rows that a view's graph takes at once.
   * @param {string} name
   */
  async rows(name) {
    const session = await this.#session(name);
    const input = session.inputMetadata.find((metadata) => metadata.name === "z" || metadata.name === "x");
    return Number(input?.shape[0]);
  }

  /**
   * Run a graph; inputs that it does not have are left out.
   * @param {string} name
   * @param {Record<string, Float32Array>} inputs
   */
  async run(name, inputs) {
    const session = await this.#session(name);
    /** @type {Record<string, Tensor>} */
    const feeds = {};
    for (const { name: input, shape } of session.inputMetadata) {
      if (!inputs[input]) throw new Error(`${name} needs ${input}`);
      const dims = dimensions(shape, inputs[input].length, this.header.batch);
      feeds[input] = new this.#runtime.Tensor("float32", inputs[input], dims);
    }
    return session.run(feeds);
  }

  async release() {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session).release();
  }

  /** @param {string} name */
  #session(name) {
    const known = this.#sessions.get(name);
    if (known) return known;
    const [offset, length] = this.header.graphs[name];
    const graph = this.#content.subarray(offset, offset + length);
    const session = this.#runtime.InferenceSession.create(graph, { executionProviders: ["wasm"] });
    this.#sessions.set(name, session);
    return session;
  }
}

/** Files of graphs by the settings that need them. */
export class GraphFiles {
  #runtime;
  /** @type {Map<string, ArrayBuffer>} */
  #files = new Map();

  /** @param {OnnxRuntime} runtime */
  constructor(runtime) {
    this.#runtime = runtime;
  }

  /**
   * @param {TrainerSettings} settings
   * @param {ArrayBuffer} file
   */
  add(settings, file) {
    this.#files.set(graphQuery(settings), file);
  }

  /**
   * Return the graphs of settings: the present ones, or others, for which the sessions of the present ones are
   * released.
   * @param {TrainerSettings} settings
   * @param {Graphs | null} present
   */
  async of(settings, present) {
    const key = graphQuery(settings);
    if (present?.key === key) return present;
    const file = this.#files.get(key);
    if (!file) throw new Error("these settings have no graphs");
    const graphs = new Graphs(this.#runtime, file, key);
    await present?.release(); // they make their sessions again if they go on
    return graphs;
  }
}
