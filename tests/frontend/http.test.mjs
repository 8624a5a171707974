// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { reason } from "../../gan_demo/frontend/shared/http.mjs";

const TEXTS = {
  "trouble.offline": "offline",
  "trouble.status": "answered {status}",
  "trouble.other": "something else",
};

test("an error without an answer is said to be the network's", () => {
  assert.equal(reason(TEXTS, Object.assign(new Error("no answer"), { status: 0 })), "offline");
});

test("an answer's status is named", () => {
  assert.equal(reason(TEXTS, Object.assign(new Error("404"), { status: 404 })), "answered 404");
});
