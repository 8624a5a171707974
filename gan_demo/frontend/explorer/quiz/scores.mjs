// @ts-check
// The score of all games with a model so far, stored in this browser.

/** @import { Score } from "./game.mjs" */

/**
 * Games and rounds played, right answers, rounds with D, D's right answers, the best game, the most right in a row.
 * @typedef {{ games: number, rounds: number, right: number, judged: number, d: number, best: number, streak: number
 *   }} Totals
 */

/** @type {Readonly<Totals>} */
const NONE = { games: 0, rounds: 0, right: 0, judged: 0, d: 0, best: 0, streak: 0 };

export class Scores {
  /**
   * @param {string} id of the run
   * @param {() => Pick<Storage, "getItem" | "setItem" | "removeItem">} storage may throw: browsers can refuse it
   */
  constructor(id, storage = () => localStorage) {
    this.key = `gan_demo.quiz.${id}`;
    this.storage = storage;
  }

  /** @returns {Totals} */
  read() {
    try {
      return totalsOf(JSON.parse(this.storage().getItem(this.key) ?? "{}"));
    } catch {
      return { ...NONE }; // the browser stores nothing, or something else is stored there
    }
  }

  /**
   * Add a finished game.
   * @param {Score} score
   * @param {number} rounds
   */
  add({ right, d, judged, best }, rounds) {
    const totals = this.read();
    this.write({
      games: totals.games + 1,
      rounds: totals.rounds + rounds,
      right: totals.right + right,
      judged: totals.judged + judged,
      d: totals.d + d,
      best: Math.max(totals.best, right),
      streak: Math.max(totals.streak, best),
    });
  }

  /** @param {Totals} totals */
  write(totals) {
    try {
      this.storage().setItem(this.key, JSON.stringify(totals));
    } catch {
      return; // the browser stores nothing: the score counts for this game alone
    }
  }

  forget() {
    try {
      this.storage().removeItem(this.key);
    } catch {
      return; // nothing was stored
    }
  }
}

/**
 * Return the totals of what was stored; 0 for everything that is no count.
 * @param {unknown} stored
 * @returns {Totals}
 */
function totalsOf(stored) {
  const totals = { ...NONE };
  if (typeof stored !== "object" || stored === null) return totals;
  const values = /** @type {Record<string, unknown>} */ (stored);
  for (const name of /** @type {(keyof Totals)[]} */ (Object.keys(NONE))) {
    const value = values[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) totals[name] = value;
  }
  return totals;
}
