// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { Steering } from "../../../gan_demo/frontend/classroom/steering.mjs";

/** @import { OpenClass } from "../../../gan_demo/frontend/shared/types.js" */

/**
 * @param {Partial<OpenClass>} [changes]
 * @returns {OpenClass}
 */
function open(changes = {}) {
  const location = { page: /** @type {const} */ ("train"), query: { run: "ring" }, hash: "" };
  const lab = { handouts: 0, offering: true, changes: 0, shown: null };
  const state = { code: "ABC", place: location, at: null, highlight: null, by: "", watching: 1, vote: null, lab };
  return { open: true, ...state, ...changes };
}

/**
 * A browser's steering whose actions are recorded.
 * @param {{ isFollowing?: boolean, canGo?: () => boolean, isWaiting?: () => boolean }} [options]
 */
function steering({ isFollowing = false, canGo = () => true, isWaiting = () => false } = {}) {
  /** @type {unknown[]} */
  const actions = [];
  const instance = new Steering("own", isFollowing, {
    goTo: (step) => {
      actions.push(["goTo", step]);
      return canGo();
    },
    highlight: (index) => actions.push(["highlight", index]),
    push: (changes) => actions.push(["push", changes]),
    isWaiting,
  });
  return { steering: instance, actions, taken: () => actions.splice(0) };
}

test("a follower goes where the teacher points, once", () => {
  const { steering: follower, taken } = steering({ isFollowing: true });
  follower.update(open({ at: 120, highlight: 3 }), false);
  assert.deepEqual(taken(), [
    ["goTo", 120],
    ["highlight", 3],
  ]);
  follower.update(open({ at: 120, highlight: 3 }), false);
  assert.deepEqual(taken(), []);
  follower.update(open({ at: null, highlight: null }), false);
  assert.deepEqual(taken(), [
    ["goTo", null],
    ["highlight", null],
  ]);
});

test("where there is no picture yet, it goes there later", () => {
  let hasPictures = false;
  const { steering: follower, taken } = steering({ isFollowing: true, canGo: () => hasPictures });
  follower.update(open({ at: 120 }), false);
  hasPictures = true;
  taken();
  follower.update(open({ at: 120 }), false);
  assert.deepEqual(taken(), [["goTo", 120]]);
});

test("who scrubs looks around alone, until they follow again", () => {
  const { steering: follower, taken } = steering({ isFollowing: true });
  follower.update(open({ at: 120 }), false);
  taken();
  assert.equal(follower.moved(120), false, "that is where the teacher is");
  assert.equal(follower.role, "following");
  assert.equal(follower.moved(300), true);
  assert.equal(follower.role, "alone");
  follower.update(open({ at: 500, highlight: 7 }), false);
  assert.deepEqual(taken(), [["highlight", null]]);
  follower.follow();
  assert.deepEqual(taken(), [
    ["goTo", 500],
    ["highlight", 7],
  ]);
});

test("a visitor who does not follow is led nowhere and sends nothing", () => {
  const { steering: visitor, taken } = steering();
  visitor.update(open({ at: 120, highlight: 1 }), false);
  visitor.moved(5);
  visitor.picked(2);
  assert.deepEqual(taken(), []);
  assert.equal(visitor.role, "alone");
});

test("the teacher sends what is shown and selected", () => {
  const { steering: teacher, taken } = steering();
  teacher.update(open({ by: "own" }), true);
  teacher.moved(120);
  teacher.moved(null);
  teacher.picked(5);
  assert.deepEqual(taken(), [
    ["push", { at: 120 }],
    ["push", { at: null }],
    ["push", { highlight: 5 }],
  ]);
  assert.equal(teacher.role, "teacher");
});

test("without a class nothing is sent", () => {
  const { steering: teacher, taken } = steering();
  teacher.update({ open: false }, true);
  teacher.moved(120);
  teacher.picked(5);
  assert.deepEqual(taken(), []);
});

test("the teacher's tabs follow each other, but none follows itself", () => {
  const { steering: teacher, taken } = steering();
  teacher.update(open({ at: 120, by: "own" }), true);
  assert.deepEqual(taken(), []);
  teacher.update(open({ at: 300, by: "projector" }), true);
  assert.deepEqual(taken(), [["goTo", 300]]);
});

test("a tab whose own position is on its way is not led back", () => {
  const { steering: teacher, taken } = steering({ isWaiting: () => true });
  teacher.update(open({ at: 300, by: "projector" }), true);
  assert.deepEqual(taken(), []);
});

test("at the end of the class those who were led back see the newest step again", () => {
  const { steering: follower, taken } = steering({ isFollowing: true });
  follower.update(open({ at: 120 }), false);
  taken();
  follower.update({ open: false }, false);
  assert.deepEqual(taken(), [
    ["goTo", null],
    ["highlight", null],
  ]);
  follower.update({ open: false }, false);
  assert.deepEqual(taken(), []);
});

test("the end of the class moves neither the teacher nor who looks around alone", () => {
  for (const isTeacher of [true, false]) {
    const { steering: viewer, taken } = steering();
    viewer.update(open({ at: 120, by: "projector" }), isTeacher);
    taken();
    viewer.update({ open: false }, isTeacher);
    assert.deepEqual(taken(), [["highlight", null]]);
  }
});

test("a class that begins sees what the teacher sees already", () => {
  const { steering: teacher, taken } = steering();
  teacher.shows(120);
  teacher.update(open(), true);
  assert.deepEqual(taken(), [["push", { at: 120 }]], "and the teacher is not led to the newest step");
  teacher.update(open({ at: 120, by: "own" }), true);
  assert.deepEqual(taken(), []);
});

test("elsewhere nobody is led along a training that is not on show", () => {
  const { steering: follower, taken } = steering({ isFollowing: true });
  follower.update(open({ at: 120 }), false, false);
  assert.equal(follower.moved(7), false, "and moving there leaves nobody");
  assert.deepEqual(taken(), []);
  follower.update(open({ at: 120 }), false, true);
  assert.deepEqual(taken(), [["goTo", 120]]);
});
