// @ts-check
// What a bug report says of a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFacts, describe } from "../../../gan_demo/frontend/help/browser_facts.mjs";

const FACTS = {
  userAgent: "Mozilla/5.0 Example/1",
  window: /** @type {const} */ ([1280, 720, 1.100000023841858]),
  cookies: true,
  features: { WebGL: true, "H.264": false, OffscreenCanvas: true },
};

test("the lines name what the browser has and what it lacks", () => {
  assert.equal(
    describe(FACTS),
    [
      "Browser: Mozilla/5.0 Example/1",
      "Window: 1280 × 720 pixels, ratio 1.1; cookies on",
      "Has: WebGL, OffscreenCanvas",
      "Lacks: H.264",
    ].join("\n"),
  );
});

test("a browser with all or none of the features is described in words", () => {
  assert.match(describe({ ...FACTS, features: { WebGL: true } }), /Lacks: nothing that the app asks for$/);
  assert.match(describe({ ...FACTS, cookies: false, features: { WebGL: false } }), /cookies off\nHas: none of the/);
});

test("a browser without WebGL and encoder is asked without an error, and its SIMD is found", async () => {
  const page = { createElement: (/** @type {string} */ tag) => (tag === "canvas" ? { getContext: () => null } : {}) };
  Object.assign(globalThis, { document: page, innerWidth: 320, innerHeight: 640, devicePixelRatio: 2 });
  const { features, window } = await browserFacts();
  assert.deepEqual(window, [320, 640, 2]);
  assert.deepEqual([features.WebGL, features.VideoEncoder, features["H.264"]], [false, false, false]);
  assert.equal(features["WebAssembly SIMD"], true);
});
