// @ts-check
// Finer rows of the stretch that the charts are zoomed to, where the rows came as a summary.

import { fetchRows } from "../shared/run_rows.mjs";

/** @import { Columns, Detail } from "../shared/types.js" */

const ENOUGH_POINTS = 250; // in a stretch, which is fine enough for a chart

export class ZoomDetail {
  /** @type {Detail | null} */
  detail = null;
  /** Counts the changes of the stretch, so that a late answer is dropped. */
  #changes = 0;

  /** @param {(run: string, from: number, to: number) => Promise<Columns | null>} [fetchColumns] */
  constructor(fetchColumns = fetchRows) {
    this.fetchColumns = fetchColumns;
  }

  /**
   * The charts show another stretch; return whether the detail is another one then.
   * @param {string} run
   * @param {number | null} from null for all steps
   * @param {number | null} to
   * @param {number} points that the charts have in the stretch
   * @param {number | undefined} lastStep of the rows; later ones will be as fine as it gets
   */
  async zoom(run, from, to, points, lastStep) {
    const change = ++this.#changes;
    if (from === null || to === null) {
      this.detail = null;
      return true;
    }
    const end = Math.min(to, lastStep ?? to);
    const isCovered = this.detail !== null && this.detail.from <= from && this.detail.to >= end;
    if (points >= ENOUGH_POINTS || isCovered) return false;
    const columns = await this.fetchColumns(run, from, end);
    if (change !== this.#changes) return false;
    this.detail = columns && { from, to: end, columns };
    return true;
  }
}
