// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { MODULES } from "../../../gan_demo/frontend/explorer/explorer.mjs";

const EXPLORER = new URL("../../../gan_demo/frontend/explorer/", import.meta.url);
const IMPORT = /^(?:import|export)\b[^;]*?from "([^"]+)";|^import "([^"]+)";/gm;

/**
 * Return the addresses of all modules that some modules import statically, themselves included.
 * @param {URL[]} roots
 */
function importGraph(roots) {
  const seen = new Set(roots.map(String));
  for (const address of seen) {
    for (const [, from, bare] of readFileSync(new URL(address), "utf-8").matchAll(IMPORT))
      seen.add(new URL(from ?? bare, address).href);
  }
  return seen;
}

test("all modules that the first picture needs are asked for at once, and no others", () => {
  const roots = ["explorer_view.mjs", "tools/sliders.mjs"].map((name) => new URL(name, EXPLORER));
  const preloaded = MODULES.map((name) => new URL(`${name}.mjs`, EXPLORER).href);
  assert.deepEqual([...importGraph(roots)].sort(), preloaded.sort());
});

test("the module that asks for them waits for none itself", () => {
  assert.equal(importGraph([new URL("explorer.mjs", EXPLORER)]).size, 1);
});
