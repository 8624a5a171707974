// @ts-check
/**
 * The curves' rows by iteration, thinned so that a long training stays small; a training that went back drops what came
 * after.
 * @import { Column, Columns } from "../shared/types.js"
 * @import { EngineFrame } from "./types.js"
 * @import { HistoryRows, LogColumns } from "../trainer/types.js"
 */
import { lastIndex } from "../shared/arrays.mjs";

const MAX_ROWS = 3000;

export const COLUMNS = /** @type {const} */ ([
  "d_loss",
  "g_loss",
  "penalty",
  "grad_d",
  "grad_g",
  "kl",
  "js",
  "wasserstein",
  "reached",
  "fair",
  "high_quality",
]);

/** @typedef {typeof COLUMNS[number]} ColumnName */

export class History {
  /** @type {number[]} ascending */
  #steps = [];
  /** @type {Record<ColumnName, Column>} */
  #columns = emptyColumns();

  /** The number of rows. */
  get length() {
    return this.#steps.length;
  }

  /** The last row's iteration, or 1. */
  get newest() {
    return this.#steps.at(-1) ?? 1;
  }

  /** @returns {Columns} */
  get columns() {
    return { step: this.#steps, ...this.#columns };
  }

  clear() {
    this.#steps = [];
    this.#columns = emptyColumns();
  }

  /**
   * Add values at an iteration; those of the newest row's iteration are added to it. What is not finite is a gap.
   * @param {number} iteration
   * @param {Partial<Record<ColumnName, number | null>>} values
   */
  add(iteration, values) {
    this.dropAfter(iteration);
    if (this.#steps.at(-1) !== iteration) {
      this.#steps.push(iteration);
      for (const name of COLUMNS) this.#columns[name].push(null);
    }
    this.#set(this.#steps.length - 1, values);
    if (this.#steps.length > MAX_ROWS) this.#thin();
  }

  /**
   * Add the losses of every iteration; those that are here already stay, with what was measured.
   * @param {HistoryRows} rows
   */
  extend({ iterations, values }) {
    iterations.forEach((iteration, k) => {
      if (iteration <= (this.#steps.at(-1) ?? 0)) return;
      const [d_loss, g_loss, penalty, grad_d, grad_g] = values.subarray(5 * k, 5 * k + 5);
      this.add(iteration, { d_loss, g_loss, penalty, grad_g, grad_d });
    });
  }

  /**
   * Add the losses of a frame, unless they are here already or it shows a state before any update.
   * @param {EngineFrame} frame
   */
  addFrame({ iteration, dLoss, gLoss, penalty, gradNormD, gradNormG }) {
    if (iteration < this.newest || (iteration === this.#steps.at(-1) && Number.isNaN(dLoss))) return;
    this.add(iteration, { d_loss: dLoss, g_loss: gLoss, penalty, grad_d: gradNormD, grad_g: gradNormG });
  }

  /**
   * Add the rows of a training's file.
   * @param {LogColumns} rows
   */
  load({ iteration = [], d_loss = [], g_loss = [], penalty = [], d_grad = [], g_grad = [] }) {
    iteration.forEach((at, row) => {
      const losses = { d_loss: d_loss[row], g_loss: g_loss[row], penalty: penalty[row] };
      if (at !== null) this.add(at, { ...losses, grad_d: d_grad[row], grad_g: g_grad[row] });
    });
  }

  /**
   * Add values that were measured at an iteration, after newer rows may have come; they go to the last row up to it.
   * @param {number} iteration
   * @param {Partial<Record<ColumnName, number | null>>} values
   */
  annotate(iteration, values) {
    const row = lastIndex(this.#steps, (step) => step <= iteration);
    if (row < 0) return;
    for (const name of /** @type {ColumnName[]} */ (Object.keys(values)))
      this.#columns[name] = [...this.#columns[name]];
    this.#set(row, values); // in other arrays, by which charts know that values have changed
  }

  /**
   * @param {number} row
   * @param {Partial<Record<ColumnName, number | null>>} values
   */
  #set(row, values) {
    for (const [name, value] of Object.entries(values)) {
      this.#columns[/** @type {ColumnName} */ (name)][row] = Number.isFinite(value) ? (value ?? null) : null;
    }
  }

  /**
   * Drop the rows after an iteration, to which the training went back.
   * @param {number} iteration
   */
  dropAfter(iteration) {
    while ((this.#steps.at(-1) ?? -1) > iteration) {
      this.#steps.pop();
      for (const name of COLUMNS) this.#columns[name].pop();
    }
  }

  /** Drop every other row, but keep the measured ones of the older half too: they are few. */
  #thin() {
    const last = this.#steps.length - 1;
    const rows = this.#steps
      .map((_, row) => row)
      .filter((row) => row % 2 === 0 || row === last || this.#isMeasured(row));
    const thinned = rows.length > 0.75 * MAX_ROWS ? rows.filter((_, k) => k % 2 === 0 || k === rows.length - 1) : rows;
    this.#steps = thinned.map((row) => this.#steps[row]);
    for (const name of COLUMNS) this.#columns[name] = thinned.map((row) => this.#columns[name][row]);
  }

  /** @param {number} row */
  #isMeasured(row) {
    return this.#columns.kl[row] !== null;
  }
}

/** @returns {Record<ColumnName, Column>} */
function emptyColumns() {
  const columns = COLUMNS.map((name) => /** @type {[ColumnName, Column]} */ ([name, []]));
  return /** @type {Record<ColumnName, Column>} */ (Object.fromEntries(columns));
}
