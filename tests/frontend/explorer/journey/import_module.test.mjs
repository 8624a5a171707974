// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { importModule } from "../../../../gan_demo/frontend/explorer/journey/import_module.mjs";
import { HttpError } from "../../../../gan_demo/frontend/shared/http.mjs";

test("a module that cannot be fetched fails as a request without a response", async () => {
  const missing = Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  await assert.rejects(importModule(missing), (error) => error instanceof HttpError && error.status === 0);
});

test("a module that cannot be read keeps its own error", async () => {
  await assert.rejects(importModule(Promise.reject(new SyntaxError("unexpected token"))), SyntaxError);
});

test("a module that arrives is passed on", async () => {
  assert.equal(await importModule(Promise.resolve("module")), "module");
});
