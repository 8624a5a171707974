// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { StateHistory } from "../../../gan_demo/frontend/explorer/history.mjs";
import { latentState } from "../../../gan_demo/frontend/explorer/latent.mjs";

/** @param {number} value */
const at = (value) => latentState([value]);

/** @param {StateHistory} history */
const value = (history) => history.state.z[0];

test("undo goes back step by step, and redo forward again", () => {
  const history = new StateHistory(at(0));
  history.go(at(1));
  history.go(at(2));
  assert.ok(history.undo());
  assert.equal(value(history), 1);
  assert.ok(history.undo());
  assert.ok(!history.undo());
  assert.equal(value(history), 0);
  assert.ok(history.redo());
  assert.ok(history.redo());
  assert.ok(!history.redo());
  assert.equal(value(history), 2);
});

test("a drag of many changes is one step", () => {
  const history = new StateHistory(at(0));
  for (const k of [1, 2, 3]) history.go(at(k), true);
  history.settle();
  history.go(at(4), true);
  history.undo();
  assert.equal(value(history), 3);
  history.undo();
  assert.equal(value(history), 0);
});

test("a change ends what could be redone", () => {
  const history = new StateHistory(at(0));
  history.go(at(1));
  history.undo();
  assert.ok(history.canRedo);
  history.go(at(2));
  assert.ok(!history.canRedo && history.canUndo);
});

test("going to the same numbers is no step", () => {
  const history = new StateHistory(at(0));
  assert.ok(!history.go(at(0)));
  assert.ok(!history.canUndo);
});

test("going to the same numbers ends a drag, unless it is part of one", () => {
  const history = new StateHistory(at(0));
  history.go(at(1), true);
  history.go(at(1), true);
  history.go(at(2), true);
  history.go(at(2));
  history.go(at(3), true);
  history.undo();
  assert.equal(value(history), 2);
  history.undo();
  assert.equal(value(history), 0);
});

test("200 steps can be undone", () => {
  const history = new StateHistory(at(0));
  for (let k = 1; k <= 300; k++) history.go(at(k));
  while (history.undo());
  assert.equal(value(history), 100);
});
