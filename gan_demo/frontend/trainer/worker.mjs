// @ts-check
/**
 * The thread of a training: onnxruntime-web, one thread, SIMD. Each request {id, kind, …} gets an answer {id, result}
 * or {id, error, fault}; frames, rows and what went wrong come by themselves as {event, content}.
 * @import { OnnxRuntime } from "../vendor/onnxruntime/onnxruntime.js"
 * @import { NetworkName, StepKind, TrainerSettings, TrainingData, WatchRequest } from "./types.js"
 */
import { countFetched } from "../shared/fetch_progress.mjs";
import { Player } from "./player.mjs";
import { StateFileError } from "./state_file.mjs";

/** @typedef {{ id: number, kind: keyof typeof handlers } & Record<string, any>} Message */

/** @type {Player | undefined} */
let player;

const handlers = {
  /** @param {{ runtime: string, wasm: ArrayBuffer | null }} message */
  async load({ runtime, wasm }) {
    const binary = new URL("ort-wasm-simd-threaded.wasm", runtime).href;
    if (!wasm) countFetched(binary, (content) => self.postMessage({ event: "progress", content }));
    /** @type {OnnxRuntime} */
    const ort = await import(new URL("ort.wasm.min.mjs", runtime).href);
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    ort.env.wasm.wasmPaths = { mjs: new URL("ort-wasm-simd-threaded.mjs", runtime).href, wasm: binary };
    if (wasm) ort.env.wasm.wasmBinary = wasm;
    player = new Player(ort, {
      onframe: (content) => self.postMessage({ event: "frame", content, span: player?.span }),
      onhistory: (content) => self.postMessage({ event: "history", content }),
      ondiverged: (content) => self.postMessage({ event: "diverged", content }),
      onerror: ({ message }) => self.postMessage({ event: "error", content: message }),
    });
  },

  /** @param {{ settings: TrainerSettings, file: ArrayBuffer }} message */
  graphs: ({ settings, file }) => opened().graphs.add(settings, file),

  /** @param {{ settings: TrainerSettings, data: TrainingData | null, state: Uint8Array | null }} message */
  open: ({ settings, data, state }) => opened().open(settings, { data, state }),

  /** @param {{ settings: TrainerSettings, data: TrainingData | null }} message */
  change: ({ settings, data }) => opened().change(settings, data),

  /** @param {{ rate: number, until: number }} message */
  play: ({ rate, until }) => opened().play(rate, until),
  pause: () => opened().pause(),

  /** @param {{ step: StepKind, count: number }} message */
  step: ({ step, count }) => opened().step(step, count),

  /** @param {{ count: number }} message */
  back: ({ count }) => opened().back(count),

  /** @param {{ iteration: number }} message */
  seek: ({ iteration }) => opened().seek(iteration),

  /** @param {{ request: WatchRequest }} message */
  watch: ({ request }) => opened().watch(request),
  trace: () => opened().trace(),

  /** @param {{ network: NetworkName }} message */
  units: ({ network }) => opened().units(network),
  exportState: () => opened().exportState(),

  /** @param {{ file: ArrayBuffer | null, latents: Float32Array, labels?: Float32Array }} message */
  evaluate: ({ file, latents, labels }) => opened().evaluate(file, latents, labels),

  /** The page has drawn the newest frame. */
  taken() {
    opened().isFrameTaken = true;
  },
};

function opened() {
  if (!player) throw new Error("the runtime is not loaded");
  return player;
}

self.onmessage = async ({ data }) => {
  const { id, kind, ...content } = /** @type {Message} */ (data);
  try {
    const handler = /** @type {(content: object) => unknown} */ (handlers[kind]);
    const result = await handler(content);
    self.postMessage({ id, result, span: player?.span });
  } catch (error) {
    const fault = error instanceof StateFileError ? error.fault : undefined;
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error), fault });
  }
};
