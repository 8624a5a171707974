// The thread that runs networks: onnxruntime-web, one thread, SIMD. It answers one message at a time, in order.
// open {runtime, wasm}; load {name, model: ArrayBuffer}; run {name, feeds}; drop {name}. Each answers {id, …} or {id, error}.

let ort = null;
const sessions = new Map();

const answers = {
  async open({ runtime, wasm }) {
    count(new URL("ort-wasm-simd-threaded.wasm", runtime).href, wasm);
    ort = await import(new URL("ort.wasm.min.mjs", runtime).href);
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    ort.env.wasm.wasmPaths = {
      mjs: new URL("ort-wasm-simd-threaded.mjs", runtime).href,
      wasm: new URL("ort-wasm-simd-threaded.wasm", runtime).href,
    };
    if (wasm) ort.env.wasm.wasmBinary = wasm;
    return {};
  },

  async load({ name, model }) {
    const session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: ["wasm"] });
    await sessions.get(name)?.release();
    sessions.set(name, session);
    return { sizes: Object.fromEntries(session.inputMetadata.map(({ name: input, shape }) => [input, row(shape)])) };
  },

  async run({ name, feeds }) {
    const session = sessions.get(name);
    if (!session) throw new Error(`no network ${name}`);
    const given = {};
    for (const key of session.inputNames)
      if (feeds[key]) given[key] = new ort.Tensor("float32", feeds[key].data, feeds[key].dims);
    const found = await session.run(given);
    const outputs = {};
    for (const [key, tensor] of Object.entries(found))
      outputs[key] = { data: tensor.data.slice(), dims: [...tensor.dims] };
    return { outputs };
  },

  async drop({ name }) {
    await sessions.get(name)?.release();
    sessions.delete(name);
    return {};
  },
};

// Numbers in a row: all sizes but the first, which is the number of rows; of a single number 1.
function row(shape) {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

// The runtime's own fetch of its 14 MB stays as it is, so that the browser keeps the compiled code; a copy is counted.
function count(address, wasm) {
  if (wasm) return;
  const original = self.fetch;
  self.fetch = async (what, ...rest) => {
    const response = await original(what, ...rest);
    if (String(what?.url ?? what) !== address) return response;
    self.fetch = original;
    if (response.ok && response.body) report(response.clone());
    return response;
  };
}

async function report(copy) {
  let read = 0;
  try {
    for (const reader = copy.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.length;
      self.postMessage({ progress: read });
    }
  } catch {
    return; // the runtime's own reading says what went wrong
  }
}

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

async function answer({ id, kind, ...asked }) {
  try {
    const found = await answers[kind](asked);
    const moved = Object.values(found.outputs ?? {}).map((one) => one.data.buffer);
    self.postMessage({ id, ...found }, moved);
  } catch (error) {
    self.postMessage({ id, error: String(error?.message ?? error) });
  }
}
