// @ts-check
/** What the lab makes a run of. */
import assert from "node:assert/strict";
import test from "node:test";
import { NoRunError, saveLabRun } from "../../../gan_demo/frontend/lab/files/run.mjs";
import { DEFAULTS } from "../../../gan_demo/frontend/lab/settings.mjs";
import { FakeEngine } from "./fake_engine.mjs";

const URLS = { runs: "api/lab/runs", page: "train?run={run}" };

/** @param {import("node:test").TestContext} t */
function server(t) {
  /** @type {[string, any][]} */
  const requests = [];
  Object.assign(globalThis, { document: { baseURI: "http://here/base/lab" } });
  t.mock.method(globalThis, "fetch", async (/** @type {URL} */ url, /** @type {any} */ options) => {
    requests.push([url.href, options]);
    return { ok: true, json: async () => ({ id: "ring 1" }) };
  });
  return requests;
}

test("a training is posted as its file, and the answer leads to the run's page", async (t) => {
  const requests = server(t);
  const engine = new FakeEngine();
  await engine.open(DEFAULTS, null);
  const address = await saveLabRun({ iteration: 3, settings: DEFAULTS, engine }, URLS);
  assert.equal(address, "train?run=ring%201");
  assert.equal(requests[0][0], "http://here/base/api/lab/runs");
  assert.equal(await requests[0][1].body.text(), new TextDecoder().decode(await engine.exportState()));
});

test("what no run can be is refused before anything is sent", async (t) => {
  const requests = server(t);
  const engine = new FakeEngine();
  const twice = { ...DEFAULTS, gSteps: 2 };
  /** @type {[number, typeof DEFAULTS, string][]} */
  const refused = [
    [3, twice, "save.steps"],
    [0, DEFAULTS, "save.first"],
  ];
  for (const [iteration, settings, key] of refused) {
    const saving = saveLabRun({ iteration, settings, engine }, URLS);
    await assert.rejects(saving, (error) => error instanceof NoRunError && error.key === key);
  }
  assert.deepEqual(requests, []);
});
