// @ts-check
/**
 * Quality of a training's samples: their FCD, by the shipped classifier's features (lab/image_data.py packs them).
 * @import { InferenceSession, OnnxRuntime } from "../vendor/onnxruntime/onnxruntime.js"
 * @import { Reference } from "./frechet.mjs"
 * @import { Training } from "./training.mjs"
 */
import { frechetDistance } from "./frechet.mjs";
import { samples } from "./views.mjs";

const PIECE = 100; // samples that are classified at once

export class Evaluation {
  #runtime;
  /** @type {Promise<InferenceSession>} */
  #session;
  /** @type {Reference} */
  #reference;

  /**
   * @param {OnnxRuntime} runtime
   * @param {ArrayBuffer} file
   */
  constructor(runtime, file) {
    this.#runtime = runtime;
    const length = new DataView(file).getUint32(0, true);
    /** @type {{ features: number, onnx: number }} */
    const { features, onnx } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
    const network = new Uint8Array(file, 4 + length, onnx);
    const numbers = new Float32Array(file.slice(4 + length + onnx));
    this.#reference = { mean: numbers.slice(0, features), root: numbers.slice(features) };
    this.#session = runtime.InferenceSession.create(network, { executionProviders: ["wasm"] });
  }

  /**
   * Return the FCD of G's samples; it is too high with few of them.
   * @param {Training} training
   * @param {Float32Array} latents (N, Z)
   * @param {Float32Array} [labels] (N, K)
   */
  async distance(training, latents, labels) {
    const x = await samples(training, training.state.g, latents, labels, true);
    const count = latents.length / training.settings.noiseDim;
    const size = this.#reference.mean.length;
    const features = new Float32Array(count * size);
    for (let start = 0; start < count; start += PIECE) {
      const end = Math.min(count, start + PIECE);
      const part = x.subarray((start * x.length) / count, (end * x.length) / count);
      features.set(await this.#features(part, end - start, training.data.size), start * size);
    }
    return frechetDistance(this.#reference, features);
  }

  /**
   * @param {Float32Array} x
   * @param {number} rows
   * @param {number} size of a sample
   */
  async #features(x, rows, size) {
    const session = await this.#session;
    const [{ name, shape }] = session.inputMetadata;
    const dims = [rows, ...shape.slice(1).map(Number)];
    if (dims.slice(1).reduce((product, side) => product * side, 1) !== size)
      throw new Error("another classifier's data");
    const outputs = await session.run({ [name]: new this.#runtime.Tensor("float32", x.slice(), dims) });
    return Object.values(outputs)[0].data;
  }
}
