// @ts-check
// The curves of the run that a fork left, up to the fork, which the fork's curves are drawn over.

import { fetchRows } from "../shared/run_rows.mjs";

/** @import { Columns } from "../shared/types.js" */

export class ParentCurves {
  /** @type {Columns | null} */
  columns = null;
  /** The step at which the run was forked. */
  step = 0;
  /** What is loaded, or being loaded. */
  #parent = "";

  /** @param {(run: string, from: undefined, to: number) => Promise<Columns | null>} [fetchColumns] */
  constructor(fetchColumns = fetchRows) {
    this.fetchColumns = fetchColumns;
  }

  /**
   * Load the curves of a fork's parent, once; after a failure, again with the next call. Return whether they have come.
   * @param {string} parent "RUN@STEP", or "" for a run that is no fork
   */
  async load(parent) {
    if (this.#parent === parent) return false;
    this.#parent = parent;
    const [run, step] = parent.split("@");
    if (!run) return false;
    const columns = await this.fetchColumns(run, undefined, Number(step)); // later rows are not of this run's history
    if (this.#parent !== parent) return false;
    if (!columns) {
      this.#parent = "";
      return false;
    }
    this.columns = columns;
    this.step = Number(step);
    return true;
  }
}
