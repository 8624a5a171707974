// @ts-check
/** What the engine needs of a browser, checked before anything is fetched. */

/** @typedef {"webassembly" | "simd" | "worker" | "module_worker" | "decompression"} Feature */

/** The browser lacks a feature that the engine needs. */
export class Unsupported extends Error {
  /** @param {Feature} feature */
  constructor(feature) {
    super(`this browser lacks ${feature}`);
    this.name = "Unsupported";
    this.feature = feature;
  }
}

/** A WebAssembly module of one function that returns a vector of 128 bits: i32.const 0, i8x16.splat. */
const SIMD_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic number and version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one of type 0
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b], // code
);

/**
 * Throw Unsupported if the browser lacks WebAssembly, its SIMD, or workers; of a `packed` runtime also if it cannot
 * decompress. Whether workers may be modules shows when one is started.
 * @param {boolean} packed
 */
export function checkSupport(packed) {
  if (typeof WebAssembly === "undefined") throw new Unsupported("webassembly");
  if (!WebAssembly.validate(SIMD_MODULE)) throw new Unsupported("simd");
  if (typeof Worker === "undefined") throw new Unsupported("worker");
  if (packed && typeof DecompressionStream === "undefined") throw new Unsupported("decompression");
}

/**
 * Start a worker that is a module. Browsers that know only classic ones do not read the option `type`.
 * @param {URL} address
 */
export function startModuleWorker(address) {
  let isTypeRead = false;
  const options = {
    get type() {
      isTypeRead = true;
      return /** @type {const} */ ("module");
    },
  };
  const worker = new Worker(address, options);
  if (isTypeRead) return worker;
  worker.terminate();
  throw new Unsupported("module_worker");
}
