// @ts-check
// What this browser voted, and its random name as a voter. Where storage is refused, as in some frames, the page
// remembers both until it is left.

import { randomId } from "./random_id.mjs";

/** @import { PollState } from "../shared/types.js" */

const VOTE_KEY = "gan_demo_vote";
const VOTER_KEY = "gan_demo_voter";
const VOTER_BYTES = 16;

/** @type {Map<string, string>} */
const memory = new Map();

/**
 * Return the index of the option that this browser chose in a poll, or null.
 * @param {Pick<PollState, "id" | "options">} poll
 * @returns {number | null}
 */
export function ownVote(poll) {
  try {
    const saved = JSON.parse(recall(VOTE_KEY) ?? "null");
    return saved?.id === poll.id && poll.options[saved.index] !== undefined ? saved.index : null;
  } catch {
    return null; // damaged
  }
}

/**
 * Remember the vote in a poll; null for none.
 * @param {string} pollId
 * @param {number | null} index
 */
export function saveOwnVote(pollId, index) {
  remember(VOTE_KEY, JSON.stringify({ id: pollId, index }));
}

/** Return the random name of this voter, for browsers without our cookie; the server prefers the cookie. */
export function voterName() {
  const saved = recall(VOTER_KEY) ?? "";
  if (/^[0-9a-f]{32}$/.test(saved)) return saved;
  const name = randomId(VOTER_BYTES);
  remember(VOTER_KEY, name);
  return name;
}

/**
 * @param {string} key
 * @param {string} value
 */
function remember(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    return; // refused or full: the page remembers
  }
}

/** @param {string} key */
function recall(key) {
  if (memory.has(key)) return memory.get(key) ?? null;
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // refused
  }
}
