// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { locationAddress, locationKey, PageFollower } from "../../../gan_demo/frontend/classroom/page_follower.mjs";

/** @import { FollowerRole } from "../../../gan_demo/frontend/classroom/page_follower.mjs" */
/** @import { OpenClass, PageLocation } from "../../../gan_demo/frontend/shared/types.js" */

/** @type {PageLocation} */
const RING = { page: "train", query: { run: "ring" }, hash: "" };
/** @type {PageLocation} */
const DIGITS = { page: "train", query: { run: "digits" }, hash: "" };
/** @type {PageLocation} */
const COMPARISON = { page: "compare", query: { runs: "ring,digits", by: "images" }, hash: "" };
/** @type {PageLocation} */
const EXPLORER = { page: "explore", query: { run: "digits", step: "7" }, hash: "" };

/**
 * @param {PageLocation} target
 * @param {number} [handouts]
 * @returns {OpenClass}
 */
function shown(target, handouts = 0) {
  const lab = { handouts, offering: true, changes: 0, shown: null };
  return { open: true, code: "ABC", place: target, at: null, highlight: null, by: "", watching: 1, vote: null, lab };
}

/**
 * @param {string} hash
 * @returns {PageLocation}
 */
function labOf(hash) {
  return { page: "lab", query: {}, hash };
}

/** A tab whose pages come and go; what it remembers stays. */
function tab({ isVisible = true } = {}) {
  /** @type {unknown[]} */
  const actions = [];
  const memory = { ticket: "T", isFollowing: true, led: "", arrived: /** @type {string | null} */ (null), own: "" };
  const lab = { hash: "" }; // of the lab on the page
  /** @param {PageLocation | null} own what the new page shows */
  const page = (own) => {
    const follower = new PageFollower(memory, {
      visit: (target) => {
        if (locationKey(target) === locationKey(own)) return false;
        actions.push(["visit", locationAddress(target, {})]);
        return true;
      },
      setHash: (hash) => actions.push(["hash", hash]),
      labHash: () => lab.hash,
      openLab: (hash) => actions.push(["open", hash]) > 0 && lab.hash !== "",
      push: (changes) => actions.push(["push", changes]),
      isVisible: () => isVisible,
      save: () => {},
    });
    /**
     * @param {PageLocation} target what the class is shown
     * @param {FollowerRole} [role]
     * @param {number} [handouts]
     */
    const hear = (target, role = "following", handouts = 0) => follower.update(shown(target, handouts), own, role);
    return { follower, hear };
  };
  return { page, memory, lab, taken: () => actions.splice(0) };
}

test("locations are compared by page and query, whatever the order", () => {
  const turned = { ...COMPARISON, query: { by: "images", runs: "ring,digits" }, hash: "#z=1" };
  assert.equal(locationKey(turned), locationKey(COMPARISON));
  assert.notEqual(locationKey(RING), locationKey(DIGITS));
  assert.equal(locationKey(null), "");
  assert.equal(
    locationAddress({ ...EXPLORER, hash: "#z=1" }, { class: "T", view: "" }),
    "explore?run=digits&step=7&class=T#z=1",
  );
});

test("a follower is taken from a training to a comparison and to the explorer", () => {
  const { page, taken } = tab();
  const first = page(RING);
  assert.equal(first.hear(RING), true);
  assert.deepEqual(taken(), []);
  first.hear(COMPARISON);
  first.hear(COMPARISON);
  assert.deepEqual(taken(), [["visit", "compare?runs=ring%2Cdigits&by=images"]], "once");
  page(COMPARISON).hear(COMPARISON);
  const explorer = page(EXPLORER);
  explorer.hear(EXPLORER);
  assert.deepEqual(taken(), []);
  for (const hash of ["#z=1", "#z=1", "#z=2"]) explorer.hear({ ...EXPLORER, hash });
  assert.deepEqual(taken(), [
    ["hash", "#z=1"],
    ["hash", "#z=2"],
  ]);
});

test("what cannot be shown is visited once, and the next page again", () => {
  const { page, taken } = tab();
  page(RING).hear(DIGITS);
  taken();
  const unknown = page(null);
  for (let k = 0; k < 3; k++) assert.equal(unknown.hear(DIGITS), true, "the follower did not go elsewhere");
  assert.deepEqual(taken(), []);
  unknown.hear(RING);
  assert.deepEqual(taken(), [["visit", "train?run=ring"]]);
});

test("a follower who goes to another page leaves the teacher, and may come back", () => {
  const { page, taken } = tab();
  page(RING).hear(RING);
  const other = page(DIGITS);
  assert.equal(other.hear(RING), false);
  other.hear(COMPARISON, "alone");
  assert.deepEqual(taken(), []);
  assert.equal(other.follower.isThere, false);
  other.follower.follow();
  other.hear(COMPARISON);
  assert.deepEqual(taken(), [["visit", "compare?runs=ring%2Cdigits&by=images"]]);
});

test("a follower who moves in the explorer leaves the teacher, one who is moved does not", () => {
  const explorer = tab().page(EXPLORER);
  assert.equal(explorer.follower.hashWritten("#z=0&psi=1"), true, "not in a class yet");
  explorer.hear(EXPLORER);
  assert.equal(explorer.follower.hashWritten("#z=0&psi=1"), true, "the state that it begins with");
  explorer.hear({ ...EXPLORER, hash: "#z=1&psi=1&tool=map&map.x=3" });
  assert.equal(explorer.follower.hashWritten("#z=1&psi=1&tool=map&map.x=4"), true, "the tool's own settings");
  assert.equal(explorer.follower.hashWritten("#z=2&psi=1&tool=map"), false);
});

test("the teacher's tab sends what it shows, once for each page", () => {
  const { page, taken } = tab();
  page(RING).hear(RING, "teacher");
  assert.deepEqual(taken(), []);
  const next = page(COMPARISON);
  next.hear(RING, "teacher");
  next.hear(RING, "teacher");
  assert.deepEqual(taken(), [["push", { place: COMPARISON, at: null, highlight: null }]]);
  next.hear(COMPARISON, "teacher");
  page(null).hear(COMPARISON, "teacher");
  page(COMPARISON).hear(DIGITS, "teacher");
  assert.deepEqual(taken(), [], "a page that shows nothing, and a reload while another window leads");
});

test("the explorer's state goes along, and the teacher's own is not sent twice", () => {
  const { page, taken } = tab();
  const explorer = page(EXPLORER);
  explorer.hear(EXPLORER, "teacher");
  explorer.follower.hashWritten("#z=1");
  assert.deepEqual(taken(), [["push", { place: { ...EXPLORER, hash: "#z=1" } }]]);
  explorer.hear({ ...EXPLORER, hash: "#z=1" }, "teacher");
  explorer.follower.hashWritten("#z=1");
  assert.deepEqual(taken(), []);
});

test("a tab in the background does not lead until its teacher looks at it", () => {
  const { page, taken } = tab({ isVisible: false });
  const background = page(DIGITS);
  background.hear(RING, "teacher");
  assert.deepEqual(taken(), []);
  background.follower.focus();
  assert.deepEqual(taken(), [["push", { place: DIGITS, at: null, highlight: null }]]);
  background.hear(DIGITS, "teacher");
  background.follower.focus();
  assert.deepEqual(taken(), []);
});

test("the projector's window goes along and never leads", () => {
  const { page, taken } = tab();
  const projector = page(RING);
  projector.hear(RING, "projector");
  projector.follower.focus();
  projector.hear(DIGITS, "projector");
  assert.deepEqual(taken(), [["visit", "train?run=digits"]]);
});

test("the teacher's lab leads once it is there, and is handed out with its state", () => {
  const { page, lab, taken } = tab();
  const { hear, follower } = page(labOf(""));
  hear(RING, "teacher");
  assert.deepEqual(taken(), [], "its component is still to come");
  lab.hash = "#seed=7";
  hear(RING, "teacher");
  assert.deepEqual(taken(), [["push", { place: labOf("#seed=7"), at: null, highlight: null }]]);
  hear(labOf("#seed=7"), "teacher", 1);
  lab.hash = "#seed=8";
  follower.hashWritten("#seed=8");
  hear(labOf("#seed=7"), "teacher", 1);
  assert.deepEqual(taken(), [], "the teacher's own changes are not sent by themselves");
  assert.equal(follower.hasNewLab, false);
});

test("a class that the lab's own button opened is handed the teacher's state", () => {
  const { page, lab, taken } = tab();
  lab.hash = "#seed=7";
  page(labOf("")).hear(labOf(""), "teacher");
  assert.deepEqual(taken(), [["push", { place: labOf("#seed=7") }]]);
});

test("followers open the teacher's lab with its page, and later ones when they like", () => {
  const { page, lab, taken } = tab();
  page(RING).hear(labOf("#seed=7"), "following", 1);
  assert.deepEqual(taken(), [["visit", "lab?#seed=7"]]);
  lab.hash = "#seed=99"; // the pupil's own changes
  const { hear, follower } = page(labOf(""));
  assert.equal(hear(labOf("#seed=7"), "following", 1), true);
  assert.equal(follower.hasNewLab, false);
  hear(labOf("#seed=8"), "following", 2);
  assert.deepEqual(taken(), [], "a pupil's lab is never overwritten");
  assert.equal(follower.hasNewLab, true);
  follower.openLab();
  assert.deepEqual(taken(), [["open", "#seed=8"]]);
  assert.equal(follower.hasNewLab, false);
  const again = page(labOf(""));
  again.hear(labOf("#seed=8"), "following", 2);
  assert.equal(again.follower.hasNewLab, false, "after a reload");
  again.hear(labOf("#seed=8"), "following", 3);
  assert.equal(again.follower.hasNewLab, true, "the same lab, handed out again");
});

test("who comes by the class's link has the teacher's lab, and who was in the lab before is asked", () => {
  const came = tab();
  const { hear, follower } = came.page(labOf(""));
  hear(labOf("#seed=7"), "following", 3);
  assert.equal(follower.hasNewLab, false);
  const was = tab();
  was.page(RING).hear(RING, "following");
  const own = was.page(labOf(""));
  own.hear(RING, "alone");
  own.hear(labOf("#seed=7"), "alone", 1);
  own.follower.follow();
  own.hear(labOf("#seed=7"), "following", 1);
  assert.deepEqual(was.taken(), []);
  assert.equal(own.follower.hasNewLab, true);
});

test("the projector's own window opens each lab that is handed out, once it has a lab", () => {
  const { page, lab, taken } = tab();
  page(RING).hear(labOf("#seed=7"), "projector", 1);
  assert.deepEqual(taken(), [["visit", "lab?#seed=7"]]);
  const { hear } = page(labOf(""));
  hear(labOf("#seed=7"), "projector", 1);
  assert.deepEqual(taken(), [], "it came with the page");
  hear(labOf("#seed=8"), "projector", 2);
  lab.hash = "#seed=7";
  hear(labOf("#seed=8"), "projector", 2);
  hear(labOf("#seed=8"), "projector", 2);
  assert.deepEqual(taken(), [
    ["open", "#seed=8"],
    ["open", "#seed=8"],
  ]);
});
