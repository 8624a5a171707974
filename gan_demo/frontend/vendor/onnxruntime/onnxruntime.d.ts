/**
 * Types of the part of onnxruntime-web 1.30 that engine/worker.mjs uses; written for this project. The worker imports
 * the module from an address that it is told, so it has to name its type, OnnxRuntime, itself.
 */

export interface Tensor {
  readonly data: Float32Array<ArrayBuffer>;
  readonly dims: readonly number[];
}

export interface InferenceSession {
  readonly inputNames: readonly string[];
  readonly inputMetadata: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface OnnxRuntime {
  env: {
    logLevel: "verbose" | "info" | "warning" | "error" | "fatal";
    wasm: {
      numThreads: number;
      wasmPaths: { mjs: string; wasm: string };
      wasmBinary?: ArrayBuffer | Uint8Array;
    };
  };
  InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: string[] }): Promise<InferenceSession>;
  };
  Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
}
