// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { fetchDetail, fetchRows } from "../../../gan_demo/frontend/shared/run_rows.mjs";

const ROWS = { step: [3, 4], loss: [1, 2] };

/**
 * Answer all requests with `answers`, one after the other. Return the addresses that were requested.
 * @param {import("node:test").TestContext} t
 * @param {...(object | number | null)} answers a body, a status, or null for no connection
 */
function serve(t, ...answers) {
  globalThis.document = /** @type {Document} */ ({ baseURI: "http://host/app/" });
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  /** @type {string[]} */
  const addresses = [];
  t.mock.method(globalThis, "fetch", async (/** @type {URL} */ url) => {
    const answer = answers[Math.min(addresses.push(url.href), answers.length) - 1];
    if (answer === null) throw new TypeError("no connection");
    return typeof answer === "number" ? new Response("", { status: answer }) : Response.json(answer);
  });
  return addresses;
}

test("rows may be those up to a step, as for the parent of a fork", async (t) => {
  const addresses = serve(t, { rows: ROWS });
  assert.deepEqual(await fetchRows("a b", undefined, 40), ROWS);
  assert.deepEqual(addresses, ["http://host/app/api/runs/a%20b/rows?to=40"]);
});

test("rows that cannot be had are null", async (t) => {
  serve(t, 404, null);
  assert.equal(await fetchRows("gone"), null);
  assert.equal(await fetchRows("offline"), null);
});

test("all charts that show a stretch share one request for its whole steps", async (t) => {
  const addresses = serve(t, { rows: ROWS });
  const details = await Promise.all([fetchDetail("shared", 2.5, 4.2), fetchDetail("shared", 2.1, 4.9)]);
  assert.deepEqual(details, Array(2).fill({ from: 2, to: 5, columns: ROWS }));
  assert.equal(addresses.length, 1);
});

test("a stretch that failed is requested again", async (t) => {
  const addresses = serve(t, 503, { rows: ROWS });
  assert.equal(await fetchDetail("again", 1, 9), null);
  assert.notEqual(await fetchDetail("again", 1, 9), null);
  assert.equal(addresses.length, 2);
});

test("a stretch without rows has no detail", async (t) => {
  serve(t, { rows: {} });
  assert.equal(await fetchDetail("empty", 1, 9), null);
});
