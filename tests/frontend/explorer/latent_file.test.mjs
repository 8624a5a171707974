// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { blend, latentState, rng } from "../../../gan_demo/frontend/explorer/latent.mjs";
import { LatentFileError, stateFromJson, stateToJson } from "../../../gan_demo/frontend/explorer/latent_file.mjs";

const SPACE = { z_dim: 3, step: 40, labels: [{ name: "digit", values: [..."0123456789"] }] };
const STATE = latentState(rng(1).normals(3), blend(10, 4, 9, 0.25), 0.7);

/** @param {object} changes */
function opened(changes) {
  return stateFromJson(JSON.stringify({ z: [1, 2, 3], psi: 1, labels: { digit: "4" }, ...changes }), SPACE);
}

/**
 * @param {() => unknown} open
 * @param {string} key
 * @param {object} [values]
 */
function assertRefused(open, key, values = {}) {
  assert.throws(open, (error) => {
    assert.ok(error instanceof LatentFileError);
    assert.deepEqual([error.message, error.values], [key, values]);
    return true;
  });
}

test("a file says z, labels by name, the truncation, and the model with its step", () => {
  assert.deepEqual(JSON.parse(stateToJson(STATE, SPACE, "digits")), {
    model: "digits",
    step: 40,
    psi: 0.7,
    labels: { digit: { 4: 0.75, 9: 0.25 } },
    z: [...STATE.z],
  });
});

test("a file leads to exactly the same state", () => {
  assert.deepEqual(stateFromJson(stateToJson(STATE, SPACE, "digits"), SPACE), STATE);
});

test("shares are brought to a sum of 1, a value alone is all of it, and without any it is the first", () => {
  assert.deepEqual(opened({ labels: { digit: { 4: 3, 9: 1 } } }).y, blend(10, 4, 9, 0.25));
  assert.equal(opened({}).y[4], 1);
  assert.equal(opened({ labels: { digit: 4 } }).y[4], 1);
  assert.equal(opened({ labels: {} }).y[0], 1);
  assert.equal(opened({ labels: null }).y[0], 1);
});

test("without a truncation there is none", () => {
  assert.equal(opened({ psi: undefined }).psi, 1);
  assert.equal(opened({ psi: null }).psi, 1);
});

test("what is no state says why", () => {
  assertRefused(() => stateFromJson("{", SPACE), "file.no_json");
  for (const text of ["null", "[]", "3", '{"z": 3}']) assertRefused(() => stateFromJson(text, SPACE), "file.no_z");
  assertRefused(() => opened({ z: [1, 2] }), "file.other_z", { found: 2, wanted: 3 });
  assertRefused(() => opened({ z: [1, 2, "3"] }), "file.no_number");
  for (const psi of [-1, 2.1, "1"]) assertRefused(() => opened({ psi }), "file.no_number");
  for (const digit of ["x", { 4: -1 }, { 4: 0 }, { 4: "1" }, { x: 1 }, {}, null])
    assertRefused(() => opened({ labels: { digit } }), "file.label", { name: "digit" });
});

test("numbers up to 1000 are taken, as in a link", () => {
  assert.deepEqual(opened({ z: [1000, -1000, 0] }).z, Float32Array.of(1000, -1000, 0));
  assertRefused(() => opened({ z: [1001, 0, 0] }), "file.no_number");
});
