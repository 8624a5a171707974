// Further generators in the engine, by their addresses. They are many megabytes together: those that nobody looked at for
// longest are dropped. What an engine holds outlives a tool, as the next one of the same run finds it again.
const GUESS = 3_000_000; // bytes of one whose size the browser does not tell
const held = new WeakMap(); // engine -> Map(address -> bytes), the last used last

export class GeneratorCache {
  constructor(engine) {
    this.engine = engine;
    if (!held.has(engine)) held.set(engine, new Map());
    this.sizes = held.get(engine);
  }

  // Resolves to its name in the engine, once it can draw.
  async load(source) {
    const name = `at ${source}`;
    await this.engine.load(name, source);
    const bytes = this.sizes.get(source) ?? size(source);
    this.sizes.delete(source);
    this.sizes.set(source, bytes);
    return name;
  }

  // Down to `most` bytes; those of `kept` stay in any case.
  trim(most, kept = []) {
    let sum = [...this.sizes.values()].reduce((a, b) => a + b, 0);
    for (const [source, bytes] of [...this.sizes]) {
      if (sum <= most) return;
      if (kept.includes(source)) continue;
      this.sizes.delete(source);
      this.engine.drop(`at ${source}`).catch(() => {}); // an engine that is closed holds nothing
      sum -= bytes;
    }
  }
}

function size(source) {
  return performance.getEntriesByName(new URL(source, document.baseURI).href).at(-1)?.decodedBodySize || GUESS;
}
