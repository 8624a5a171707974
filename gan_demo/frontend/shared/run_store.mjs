// @ts-check
/**
 * What a viewer knows about a run.
 * @import { Column, Columns, RunUpdate } from "./types.js"
 */
import { lastIndex } from "./arrays.mjs";

const MAX_ROWS = 2000; // then a summary, of some 800, is requested: a tab that is open for hours stays small

/** A run's rows as columns, the steps of its sample grids, and its newest update. */
export class RunStore {
  /** @type {Columns} */
  columns = { step: [] };
  /** @type {number[]} */
  grids = [];
  /** @type {RunUpdate | null} */
  update = null;

  /**
   * Take in an update. Return whether the rows have become so many that a summary should replace them.
   * @param {RunUpdate} update
   */
  apply(update) {
    if (update.reset) {
      this.columns = { step: [] };
      this.grids = [];
    }
    append(this.columns, update.rows);
    this.grids.push(...update.grids);
    this.update = update;
    return this.columns.step.length > MAX_ROWS;
  }

  /**
   * Return the last value of a column, or null.
   * @param {string} name
   */
  newest(name) {
    const column = this.columns[name] ?? [];
    return column[lastIndex(column, (value) => value !== null)] ?? null;
  }
}

/**
 * Append rows in place. Columns that are missing on either side are filled with null.
 * @param {Columns} columns
 * @param {Columns} rows
 */
function append(columns, rows) {
  const added = rows.step?.length ?? 0;
  if (!added) return;
  const count = columns.step.length;
  for (const name of Object.keys(rows)) columns[name] ??= new Array(count).fill(null);
  for (const [name, column] of Object.entries(columns)) {
    /** @type {Column | undefined} */
    const values = rows[name];
    for (let k = 0; k < added; k++) column.push(values?.[k] ?? null);
  }
}
