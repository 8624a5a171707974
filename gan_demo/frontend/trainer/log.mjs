// @ts-check
/**
 * Numbers of a training's steps, thinned so that a long training stays small. They go with its file: a run's curves.
 * @import { LogColumns, Report, State } from "./types.js"
 */

const MAX_ROWS = 800;

/** @typedef {Report & { iteration: number, step: number, seconds: number, fcd: number }} LogRow */

/** Column of a run's metrics by the number that it holds. */
const COLUMNS = /** @type {const} */ ({
  iteration: "iteration",
  step: "step",
  seconds: "seconds",
  dLoss: "d_loss",
  gLoss: "g_loss",
  penalty: "penalty",
  realShare: "d_real",
  fakeShare: "d_fake",
  gradNormD: "d_grad",
  gradNormG: "g_grad",
  fcd: "fcd",
});

const NAMES = /** @type {(keyof typeof COLUMNS)[]} */ (Object.keys(COLUMNS));

export class Log {
  /** @type {LogRow[]} ascending by iteration */
  #rows = [];
  #stride = 1;

  /** @param {LogColumns | null} [columns] of a log that goes on */
  constructor(columns = null) {
    this.#rows = (columns?.iteration ?? []).map((_, row) => {
      const values = NAMES.map((name) => [name, columns?.[COLUMNS[name]]?.[row] ?? NaN]);
      return Object.fromEntries(values);
    });
    while (this.#rows.length > MAX_ROWS) this.#thin();
  }

  /**
   * Add the step that led to a state; rows of later iterations are dropped.
   * @param {Pick<State, "iteration" | "gUpdates" | "seconds">} state
   * @param {Report} report
   * @param {number} [fcd] of the samples, if it was measured
   */
  add({ iteration, gUpdates, seconds }, report, fcd = NaN) {
    this.dropFrom(iteration);
    if (iteration % this.#stride && !(fcd >= 0)) return;
    const row = { ...report, iteration, step: gUpdates, seconds, fcd };
    const entries = NAMES.map((name) => [name, row[name]]); // a report may have more, such as samples
    this.#rows.push(Object.fromEntries(entries));
    if (this.#rows.length > MAX_ROWS) this.#thin();
  }

  /** @param {number} iteration */
  dropFrom(iteration) {
    while (this.#rows.length && this.#rows[this.#rows.length - 1].iteration >= iteration) this.#rows.pop();
  }

  /**
   * Return the rows up to an iteration.
   * @param {number} last
   * @returns {LogColumns}
   */
  columns(last) {
    const rows = this.#rows.filter(({ iteration }) => iteration <= last);
    const entries = Object.entries(COLUMNS).map(([name, column]) => {
      const values = rows.map((row) => rounded(row[/** @type {keyof LogRow} */ (name)]));
      return [column, values];
    });
    return Object.fromEntries(entries);
  }

  #thin() {
    this.#stride *= 2;
    this.#rows = this.#rows.filter(({ iteration, fcd }, k) => iteration % this.#stride === 0 || k === 0 || fcd >= 0);
  }
}

/**
 * Return a number with six digits, whole ones as they are; null where it is not finite, as in JSON.
 * @param {number} value
 */
function rounded(value) {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
