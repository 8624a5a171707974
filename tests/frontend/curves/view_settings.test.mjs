// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

/** @type {Map<string, string>} */
const stored = new Map([["gan_demo.curves", '{"smooth":0.5,"scale":"log","other":1}']]);
Object.defineProperty(globalThis, "localStorage", {
  value: {
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value),
  },
});
const { changeSettings, listenToSettings, settings, validSettings } = await import(
  "../../../gan_demo/frontend/curves/view_settings.mjs"
);

test("the settings of the last visit hold", () => {
  assert.deepEqual(settings, { smooth: 0.5, scale: "log" });
});

test("a change is stored and told to every listener until it leaves", () => {
  let calls = 0;
  const stop = listenToSettings(() => calls++);
  changeSettings({ smooth: 1 });
  assert.deepEqual(JSON.parse(stored.get("gan_demo.curves") ?? ""), { smooth: 1, scale: "log" });
  stop();
  changeSettings({ smooth: 0 });
  assert.equal(calls, 1);
});

test("a browser that stores nothing keeps the change for this visit", (t) => {
  t.mock.method(localStorage, "setItem", () => {
    throw new DOMException("denied", "SecurityError");
  });
  changeSettings({ scale: "linear" });
  assert.equal(settings.scale, "linear");
});

for (const wrong of [{ smooth: 2 }, { smooth: -1 }, { smooth: "x" }, { scale: "cube" }, null, 7, []]) {
  test(`invalid stored settings are left out: ${JSON.stringify(wrong)}`, () => {
    assert.deepEqual(validSettings(wrong), {});
  });
}
