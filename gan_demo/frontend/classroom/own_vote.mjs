// @ts-check
// What this browser voted, and the token with which it votes. Where storage is refused, as in some frames, the page
// remembers both until it is left.

/** @import { PollState } from "../shared/types.js" */

const VOTE_KEY = "gan_demo_vote";
const VOTER_KEY = "gan_demo_voter";

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

/**
 * Return the token with which this browser votes in a class: the first that the server gave it, because a browser that
 * refuses cookies is given another with every page; or "" if there is none yet.
 * @param {string} ticket
 * @param {string} issued the token that came with the page, or ""
 */
export function voterToken(ticket, issued) {
  const known = savedToken(ticket);
  if (known || !issued) return known;
  saveVoterToken(ticket, issued);
  return issued;
}

/**
 * Remember the token of this browser in a class, in place of any before.
 * @param {string} ticket
 * @param {string} token
 */
export function saveVoterToken(ticket, token) {
  remember(VOTER_KEY, JSON.stringify({ ticket, token }));
}

/** @param {string} ticket */
function savedToken(ticket) {
  try {
    const saved = JSON.parse(recall(VOTER_KEY) ?? "null");
    return saved?.ticket === ticket && typeof saved.token === "string" ? saved.token : "";
  } catch {
    return ""; // damaged, or of an earlier version
  }
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
