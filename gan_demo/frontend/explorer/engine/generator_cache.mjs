// @ts-check
/**
 * Further generators in an engine, by their addresses. They are many megabytes together: the least recently used are
 * dropped. What an engine holds outlives a tool, as the next one of the same run finds it again.
 * @import { Engine } from "../types.js"
 */

const ASSUMED_BYTES = 3_000_000; // of a generator whose size the browser does not tell

/** @type {WeakMap<object, Map<string, number>>} engine -> bytes by address, the last used last */
const sizesByEngine = new WeakMap();

export class GeneratorCache {
  #engine;
  #sizes;

  /** @param {Pick<Engine, "load" | "drop">} engine */
  constructor(engine) {
    this.#engine = engine;
    this.#sizes = sizesByEngine.get(engine) ?? new Map();
    sizesByEngine.set(engine, this.#sizes);
  }

  /**
   * Load a generator; resolves to its name in the engine.
   * @param {string} source
   */
  async load(source) {
    const name = nameOf(source);
    await this.#engine.load(name, source);
    const bytes = this.#sizes.get(source) ?? fetchedBytes(source);
    this.#sizes.delete(source);
    this.#sizes.set(source, bytes);
    return name;
  }

  /**
   * Drop generators until they have at most `maxBytes`; those of `needed` stay in any case.
   * @param {number} maxBytes
   * @param {readonly string[]} [needed] addresses
   */
  trim(maxBytes, needed = []) {
    let sum = [...this.#sizes.values()].reduce((a, b) => a + b, 0);
    for (const [source, bytes] of [...this.#sizes]) {
      if (sum <= maxBytes) return;
      if (needed.includes(source)) continue;
      this.#sizes.delete(source);
      this.#engine.drop(nameOf(source)).catch(() => {}); // a closed engine holds nothing
      sum -= bytes;
    }
  }
}

/** @param {string} source */
function nameOf(source) {
  return `at ${source}`;
}

/** @param {string} source */
function fetchedBytes(source) {
  const entries = performance.getEntriesByName(new URL(source, document.baseURI).href);
  const last = entries[entries.length - 1];
  return (last instanceof PerformanceResourceTiming && last.decodedBodySize) || ASSUMED_BYTES;
}
