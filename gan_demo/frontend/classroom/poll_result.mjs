// @ts-check
// The counts of a poll in words and as bars.

import { fill, number } from "../shared/format.mjs";

/** @import { PollState } from "../shared/types.js" */
/** @import { ClassTexts } from "./types.js" */

/**
 * Return the result of a closed poll as a sentence: the winner, a tie, or that nobody voted.
 * @param {PollState} poll
 * @param {ClassTexts} texts
 * @param {string} language
 */
export function outcome({ options, counts, winners, total }, texts, language) {
  if (!winners.length) return texts.vote_nobody;
  const n = number(language, counts[winners[0]]);
  if (winners.length === 1) {
    return fill(texts.vote_won, { answer: options[winners[0]], n, all: number(language, total) });
  }
  const answers = winners.map((index) => fill(texts.quoted, { answer: options[index] }));
  return fill(texts.vote_tie, { answers: new Intl.ListFormat(language).format(answers), n });
}

/**
 * Return the line below the options: the result, how many have answered, or what to do.
 * @param {PollState} poll
 * @param {boolean} isSeen whether this viewer sees the counts
 * @param {number} watching viewers of the class
 * @param {ClassTexts} texts
 * @param {string} language
 */
export function statusLine(poll, isSeen, watching, texts, language) {
  if (!poll.open) return outcome(poll, texts, language);
  if (!isSeen) return texts.vote_tap;
  const all = Math.max(poll.total, watching); // who has left again still counts
  return fill(texts.vote_answered, { n: number(language, poll.total), all: number(language, all) });
}

/**
 * Return each option's share of the votes, 0 to 1.
 * @param {Pick<PollState, "counts" | "total">} poll
 */
export function voteShares({ counts, total }) {
  return counts.map((count) => count / Math.max(1, total));
}
