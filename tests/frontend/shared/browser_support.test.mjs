// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { checkSupport, startModuleWorker, Unsupported } from "../../../gan_demo/frontend/shared/browser_support.mjs";

/** @typedef {"WebAssembly" | "Worker" | "DecompressionStream"} Global */

const originals = Object.getOwnPropertyDescriptors(globalThis);
const NAMES = /** @type {Global[]} */ (["WebAssembly", "Worker", "DecompressionStream"]);

/** Stands for a worker of a browser that knows modules. */
class ModuleWorker {
  isTerminated = false;

  /**
   * @param {URL} address
   * @param {WorkerOptions} options
   */
  constructor(address, options) {
    this.address = address;
    this.type = options.type;
  }

  terminate() {
    this.isTerminated = true;
  }
}

/**
 * @param {Global} name
 * @param {unknown} value
 */
function replace(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

afterEach(() => {
  for (const name of NAMES) {
    const original = originals[name];
    if (original) Object.defineProperty(globalThis, name, original);
    else Reflect.deleteProperty(globalThis, name);
  }
});

/**
 * @param {() => void} check
 * @param {string} feature
 */
function assertUnsupported(check, feature) {
  assert.throws(check, (error) => error instanceof Unsupported && error.feature === feature);
}

test("a browser with all of it is supported: its WebAssembly takes a module of vectors", () => {
  replace("Worker", ModuleWorker);
  checkSupport(true);
});

test("what is missing is named", () => {
  replace("Worker", undefined);
  assertUnsupported(() => checkSupport(false), "worker");
  replace("WebAssembly", { validate: () => false });
  assertUnsupported(() => checkSupport(false), "simd");
  replace("WebAssembly", undefined);
  assertUnsupported(() => checkSupport(false), "webassembly");
});

test("only a packed runtime needs decompression", () => {
  replace("Worker", ModuleWorker);
  replace("DecompressionStream", undefined);
  checkSupport(false);
  assertUnsupported(() => checkSupport(true), "decompression");
});

test("a module worker starts where the browser reads its type", () => {
  replace("Worker", ModuleWorker);
  const worker = startModuleWorker(new URL("http://localhost/worker.mjs"));
  assert.deepEqual(
    { ...worker },
    { isTerminated: false, address: new URL("http://localhost/worker.mjs"), type: "module" },
  );
});

test("a browser that knows only classic workers is told apart, and its worker ended", () => {
  /** @type {{ terminated: boolean }[]} */
  const started = [];
  replace(
    "Worker",
    class {
      terminated = false;

      constructor() {
        started.push(this);
      }

      terminate() {
        this.terminated = true;
      }
    },
  );
  assertUnsupported(() => startModuleWorker(new URL("http://localhost/worker.mjs")), "module_worker");
  assert.deepEqual(
    started.map(({ terminated }) => terminated),
    [true],
  );
});
