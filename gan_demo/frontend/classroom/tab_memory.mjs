// @ts-check
// What this tab remembers of its class from page to page; where storage is refused, until the page is left.

/** @import { Remembered } from "./page_follower.mjs" */

const KEY = "gan_demo_class";

/** @type {Map<string, Remembered>} by ticket */
const memory = new Map();

/**
 * @param {string} ticket
 * @param {boolean} isFollowing whether a tab that remembers nothing follows
 * @returns {Remembered}
 */
export function recallClass(ticket, isFollowing) {
  const known = memory.get(ticket) ?? saved(ticket);
  const remembered = known ?? { ticket, isFollowing, led: "", arrived: null, own: "" };
  memory.set(ticket, remembered);
  return remembered;
}

/** @param {Remembered} remembered */
export function rememberClass(remembered) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(remembered));
  } catch {
    return; // refused or full: the page remembers
  }
}

/**
 * @param {string} ticket
 * @returns {Remembered | null}
 */
function saved(ticket) {
  try {
    const memory = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return memory?.ticket === ticket ? memory : null;
  } catch {
    return null; // refused or damaged
  }
}
