// @ts-check
/** A training as a file. */
import assert from "node:assert/strict";
import test from "node:test";
import { initialState } from "../../../gan_demo/frontend/trainer/initial.mjs";
import { readState, StateFileError, writeState } from "../../../gan_demo/frontend/trainer/state_file.mjs";
import { LAYOUT, SETTINGS } from "./settings.mjs";

const SAVED = {
  settings: SETTINGS,
  layout: LAYOUT,
  state: { ...initialState(LAYOUT, SETTINGS), iteration: 7, dUpdates: 9 },
  points: Float32Array.of(1, 2, 3, 4),
  rows: { iteration: [1, 2], d_loss: [0.5, null] },
};

/**
 * @param {(head: any) => void} change
 */
function changed(change) {
  const bytes = writeState(SAVED);
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  change(head);
  const text = new TextEncoder().encode(JSON.stringify(head));
  const whole = new Uint8Array(4 + text.length + bytes.length - 4 - length);
  new DataView(whole.buffer).setUint32(0, text.length, true);
  whole.set(text, 4);
  whole.set(bytes.subarray(4 + length), 4 + text.length);
  return whole;
}

/** @param {Uint8Array} bytes */
function faultOf(bytes) {
  try {
    readState(bytes);
  } catch (error) {
    if (error instanceof StateFileError) return error.fault;
    throw error;
  }
  return "";
}

test("a file gives back the training, wherever its bytes begin", () => {
  assert.deepEqual(readState(writeState(SAVED)), SAVED);
  const bytes = writeState({ ...SAVED, points: null });
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  assert.deepEqual(readState(moved.subarray(3)), { ...SAVED, points: null });
  const { settings } = readState(changed((head) => delete head.settings)); // as a server writes it
  assert.deepEqual({ ...settings }, { ...SETTINGS, arch: "points", data: "own_points" });
});

test("own points are called as the core calls them, and the settings keep the lab's name", () => {
  const bytes = writeState({ ...SAVED, settings: { ...SETTINGS, data: "drawn" } });
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4)).replace(/\}[^}]*$/, "}"));
  assert.equal(head.config.name, "own_points");
  assert.equal(head.settings.data, "drawn");
});

test("a file that is no training, or one of a newer version, says so", () => {
  assert.equal(faultOf(new Uint8Array()), "foreign");
  assert.equal(faultOf(new TextEncoder().encode("PK a zip file of something else")), "foreign");
  assert.equal(faultOf(changed((head) => delete head.kind)), "foreign");
  assert.equal(faultOf(changed((head) => (head.version = 2))), "newer");
});

test("a file that was cut or changed is damaged", () => {
  assert.equal(faultOf(writeState(SAVED).slice(0, -1)), "damaged");
  assert.equal(faultOf(changed((head) => (head.iteration = -1))), "damaged");
  assert.equal(faultOf(changed((head) => (head.random = [1]))), "damaged");
  assert.equal(faultOf(changed((head) => (head.config = null))), "damaged");
  const state = { ...SAVED.state, d: SAVED.state.d.map(() => NaN) };
  assert.equal(faultOf(writeState({ ...SAVED, state })), "damaged");
});
