// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { fetchOk, HttpError, reason, timeoutSignal } from "../../../gan_demo/frontend/shared/http.mjs";

const TEXTS = {
  "trouble.offline": "offline",
  "trouble.status": "answered {status}",
  "trouble.other": "something else",
};

/**
 * Answer the next request of a test in the place of a server.
 * @param {import("node:test").TestContext} t
 * @param {(url: URL) => Promise<Response>} answer
 */
function serve(t, answer) {
  globalThis.document = /** @type {Document} */ ({ baseURI: "http://host/page/" });
  t.mock.method(globalThis, "fetch", answer);
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
}

test("an error without an answer is said to be the network's", () => {
  assert.equal(reason(TEXTS, new HttpError(0, "a.json")), "offline");
});

test("an answer's status is named", () => {
  assert.equal(reason(TEXTS, new HttpError(404, "a.json")), "answered 404");
});

test("an error that no request caused is another matter", () => {
  assert.equal(reason(TEXTS, new TypeError("x is undefined")), "something else");
  assert.equal(reason(TEXTS, undefined, "the model is broken"), "the model is broken");
});

test("an address is relative to the page", async (t) => {
  serve(t, async (url) => new Response(url.href));
  assert.equal(await (await fetchOk("api/a.json")).text(), "http://host/page/api/a.json");
});

test("a status that is not ok rejects with that status", async (t) => {
  serve(t, async () => new Response("", { status: 503 }));
  await assert.rejects(fetchOk("a.json"), { name: "HttpError", status: 503, message: "503 a.json" });
});

test("a server that does not answer rejects with status 0", async (t) => {
  serve(t, async () => Promise.reject(new TypeError("fetch failed")));
  await assert.rejects(fetchOk("a.json"), { name: "HttpError", status: 0, message: "no answer a.json" });
});

test("a request that the caller aborts is no failure of the network", async (t) => {
  serve(t, async () => Promise.reject(new DOMException("left", "AbortError")));
  await assert.rejects(fetchOk("a.json"), { name: "AbortError" });
});

test("a signal aborts after its time, also where AbortSignal.timeout is missing", async (t) => {
  const { timeout } = AbortSignal;
  t.after(() => Object.assign(AbortSignal, { timeout }));
  for (const available of [timeout, undefined]) {
    Object.assign(AbortSignal, { timeout: available });
    const signal = timeoutSignal(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    assert.equal(signal.reason.name, "TimeoutError");
  }
});
