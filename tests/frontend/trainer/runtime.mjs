// @ts-check
/**
 * onnxruntime-web in node, from the files that browsers get.
 * @import { OnnxRuntime } from "../../../gan_demo/frontend/vendor/onnxruntime/onnxruntime.js"
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const VENDOR = fileURLToPath(new URL("../../../gan_demo/frontend/vendor/onnxruntime", import.meta.url));

/** @returns {Promise<OnnxRuntime>} */
export async function openRuntime() {
  /** @param {string} name */
  const unpacked = (name) => gunzipSync(readFileSync(join(VENDOR, `${name}.gz`)));
  const folder = mkdtempSync(join(tmpdir(), "onnxruntime-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs"])
    writeFileSync(join(folder, name), unpacked(name));
  /** @param {string} name */
  const address = (name) => pathToFileURL(join(folder, name)).href;
  /** @type {OnnxRuntime} */
  const runtime = await import(address("ort.wasm.min.mjs"));
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "error";
  runtime.env.wasm.wasmBinary = unpacked("ort-wasm-simd-threaded.wasm");
  runtime.env.wasm.wasmPaths = { mjs: address("ort-wasm-simd-threaded.mjs"), wasm: "" };
  return runtime;
}
