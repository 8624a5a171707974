// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { ownVote, saveOwnVote, saveVoterToken, voterToken } from "../../../gan_demo/frontend/classroom/own_vote.mjs";
import { pollRequest } from "../../../gan_demo/frontend/classroom/poll_form.mjs";
import { outcome, statusLine, voteShares } from "../../../gan_demo/frontend/classroom/poll_result.mjs";

/** @import { ClassTexts } from "../../../gan_demo/frontend/classroom/types.js" */
/** @import { PollState } from "../../../gan_demo/frontend/shared/types.js" */

const TEXTS = /** @type {ClassTexts} */ ({
  quoted: "“{answer}”",
  vote_answered: "{n} of {all} have answered",
  vote_nobody: "Nobody.",
  vote_tap: "Tap.",
  vote_tie: "A tie: {answers} have {n} each.",
  vote_won: "“{answer}” won with {n} of {all}.",
});

/**
 * A poll with these votes for each of its options.
 * @param {number[]} counts
 * @returns {PollState}
 */
function poll(counts, open = false) {
  const most = Math.max(...counts);
  return {
    id: "p1",
    question: "?",
    options: ["Twice", "Same", "Half"],
    can: [true, false, true],
    counts,
    total: counts.reduce((sum, count) => sum + count, 0),
    winners: counts.flatMap((count, index) => (count && count === most ? [index] : [])),
    open,
    texts: {},
  };
}

test("the result names the winner, a tie, or that nobody voted", () => {
  assert.equal(outcome(poll([2, 0, 1]), TEXTS, "en"), "“Twice” won with 2 of 3.");
  assert.equal(outcome(poll([2, 2, 1]), TEXTS, "en"), "A tie: “Twice” and “Same” have 2 each.");
  assert.equal(outcome(poll([0, 0, 0]), TEXTS, "en"), "Nobody.");
});

test("numbers in the result are written in the page's language", () => {
  assert.equal(outcome(poll([1200, 0, 1]), TEXTS, "en"), "“Twice” won with 1,200 of 1,201.");
});

test("while the poll is open, who has not answered is asked to, and the others see how many have", () => {
  assert.equal(statusLine(poll([1, 0, 0], true), false, 5, TEXTS, "en"), "Tap.");
  assert.equal(statusLine(poll([1, 0, 0], true), true, 5, TEXTS, "en"), "1 of 5 have answered");
  assert.equal(statusLine(poll([2, 1, 0], true), true, 1, TEXTS, "en"), "3 of 3 have answered");
  assert.equal(statusLine(poll([2, 0, 1]), true, 5, TEXTS, "en"), "“Twice” won with 2 of 3.");
});

test("bars are shares of all votes", () => {
  assert.deepEqual(voteShares(poll([3, 1, 0])), [0.75, 0.25, 0]);
  assert.deepEqual(voteShares(poll([0, 0, 0])), [0, 0, 0]);
});

test("a poll needs a question and two different answers; empty answers are left out", () => {
  const [yes, no, empty] = ["Yes ", "No", " "].map((text) => ({ text, settings: null }));
  assert.equal(pollRequest(" ", [yes, no]), null);
  assert.equal(pollRequest("?", [yes, empty]), null);
  assert.equal(pollRequest("?", [yes, { text: "Yes", settings: null }]), null);
  assert.deepEqual(pollRequest(" More? ", [yes, empty, no]), {
    question: "More?",
    options: [{ text: "Yes" }, { text: "No" }],
  });
});

test("answers from a template bring their settings", () => {
  const settings = { g_lr: { times: 2 } };
  const request = pollRequest("?", [
    { text: "Twice", settings },
    { text: "Same", settings: {} },
  ]);
  assert.deepEqual(request?.options, [
    { text: "Twice", settings },
    { text: "Same", settings: {} },
  ]);
});

test("a vote is remembered for its poll, also where storage is refused", () => {
  const { id, options } = poll([0, 0, 0]);
  assert.equal(ownVote({ id, options }), null);
  saveOwnVote(id, 2);
  assert.equal(ownVote({ id, options }), 2);
  assert.equal(ownVote({ id: "another", options }), null);
  assert.equal(ownVote({ id, options: ["Yes", "No"] }), null, "there is no such option");
  saveOwnVote(id, null);
  assert.equal(ownVote({ id, options }), null);
});

test("a browser keeps the first token that a class gave it, unless the class refuses it", () => {
  assert.equal(voterToken("class-a", ""), "", "none yet");
  assert.equal(voterToken("class-a", "first"), "first");
  assert.equal(voterToken("class-a", "second"), "first", "cookies are refused: each page brings another");
  saveVoterToken("class-a", "second");
  assert.equal(voterToken("class-a", ""), "second");
  assert.equal(voterToken("class-b", "other"), "other", "in another class");
});
