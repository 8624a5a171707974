// @ts-check
/**
 * The thread that runs networks: onnxruntime-web, one thread, SIMD. It answers one message at a time, in order:
 * open {runtime, wasm}; load {name, model}; run {name, feeds}; drop {name}. Each answer is {id, …} or {id, error}.
 * @import { Tensors } from "../types.js"
 */
import { countFetched } from "../../shared/fetch_progress.mjs";

/** @typedef {{ data: Float32Array, dims: readonly number[] }} OrtTensor */

/**
 * @typedef {object} OrtSession
 * @property {string[]} inputNames
 * @property {{ name: string, shape: (number | string)[] }[]} inputMetadata
 * @property {(feeds: Record<string, OrtTensor>) => Promise<Record<string, OrtTensor>>} run
 * @property {() => Promise<void>} release
 */

/**
 * What is used of onnxruntime-web, which comes from an address and has no types here.
 * @typedef {object} Ort
 * @property {{ logLevel: string, wasm: { numThreads: number, wasmPaths: object, wasmBinary?: ArrayBuffer } }} env
 * @property {{ create(model: Uint8Array, options: object): Promise<OrtSession> }} InferenceSession
 * @property {new (type: "float32", data: Float32Array, dims: number[]) => OrtTensor} Tensor
 */

/** @typedef {{ id: number, kind: keyof typeof handlers } & Record<string, any>} Message */

/** @type {Ort | undefined} */
let ort;
/** @type {Map<string, OrtSession>} */
const sessions = new Map();

const handlers = {
  /** @param {{ runtime: string, wasm: ArrayBuffer | null }} message */
  async open({ runtime, wasm }) {
    const binary = new URL("ort-wasm-simd-threaded.wasm", runtime).href;
    if (!wasm) countFetched(binary, (bytes) => self.postMessage({ progress: bytes }));
    /** @type {Ort} */
    const loaded = await import(new URL("ort.wasm.min.mjs", runtime).href);
    loaded.env.wasm.numThreads = 1;
    loaded.env.logLevel = "error";
    loaded.env.wasm.wasmPaths = { mjs: new URL("ort-wasm-simd-threaded.mjs", runtime).href, wasm: binary };
    if (wasm) loaded.env.wasm.wasmBinary = wasm;
    ort = loaded;
    return {};
  },

  /** @param {{ name: string, model: ArrayBuffer }} message */
  async load({ name, model }) {
    const session = await runtime().InferenceSession.create(new Uint8Array(model), { executionProviders: ["wasm"] });
    await sessions.get(name)?.release();
    sessions.set(name, session);
    const sizes = session.inputMetadata.map(({ name: input, shape }) => [input, rowSize(shape)]);
    return { sizes: Object.fromEntries(sizes) };
  },

  /** @param {{ name: string, feeds: Tensors }} message */
  async run({ name, feeds }) {
    const session = sessions.get(name);
    if (!session) throw new Error(`no network ${name}`);
    const { Tensor } = runtime();
    const inputs = session.inputNames.filter((input) => feeds[input]);
    const results = await session.run(
      Object.fromEntries(inputs.map((input) => [input, new Tensor("float32", feeds[input].data, feeds[input].dims)])),
    );
    /** @type {Tensors} */
    const outputs = {};
    for (const [output, { data, dims }] of Object.entries(results))
      outputs[output] = { data: data.slice(), dims: [...dims] };
    return { outputs };
  },

  /** @param {{ name: string }} message */
  async drop({ name }) {
    await sessions.get(name)?.release();
    sessions.delete(name);
    return {};
  },
};

function runtime() {
  if (!ort) throw new Error("the runtime is not open");
  return ort;
}

/**
 * Return the numbers in a row: all sizes but the first, which is the number of rows; of a single number 1.
 * @param {(number | string)[]} shape
 */
function rowSize(shape) {
  return shape.slice(1).reduce((/** @type {number} */ product, size) => product * Number(size), 1);
}

/** @type {Promise<void>} */
let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

/** @param {Message} message */
async function answer({ id, kind, ...content }) {
  try {
    const handler = /** @type {(content: object) => Promise<{ outputs?: Tensors }>} */ (handlers[kind]);
    const result = await handler(content);
    const transfer = Object.values(result.outputs ?? {}).map(({ data }) => data.buffer);
    self.postMessage({ id, ...result }, { transfer });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}
