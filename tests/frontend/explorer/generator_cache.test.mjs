// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { GeneratorCache } from "../../../gan_demo/frontend/explorer/engine/generator_cache.mjs";

const SIZE = 3_000_000; // assumed of each, as no browser tells it

class Engine {
  /** @type {string[]} */
  held = [];

  /** @param {string} name */
  async load(name) {
    if (!this.held.includes(name)) this.held.push(name);
    return { sizes: {} };
  }

  /** @param {string} name */
  async drop(name) {
    this.held = this.held.filter((other) => other !== name);
  }
}

Object.assign(globalThis, {
  document: { baseURI: "http://localhost/" },
  PerformanceResourceTiming: globalThis.PerformanceResourceTiming ?? class {},
});

test("the least recently used are dropped first", async () => {
  const engine = new Engine();
  const cache = new GeneratorCache(engine);
  for (const source of ["a", "b", "c", "a"]) assert.equal(await cache.load(source), `at ${source}`);
  cache.trim(2 * SIZE);
  assert.deepEqual(engine.held, ["at a", "at c"]);
});

test("those that are needed stay, however large all are", async () => {
  const engine = new Engine();
  const cache = new GeneratorCache(engine);
  for (const source of ["a", "b", "c"]) await cache.load(source);
  cache.trim(0, ["a"]);
  assert.deepEqual(engine.held, ["at a"]);
});

test("a later cache of the same engine knows what it holds", async () => {
  const engine = new Engine();
  await new GeneratorCache(engine).load("a");
  new GeneratorCache(engine).trim(0);
  assert.deepEqual(engine.held, []);
});
