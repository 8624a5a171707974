// @ts-check
/**
 * One run of the board: its rows, with finer ones for the stretch that is zoomed to. It is polled, because a browser
 * opens six connections to a host, and the board may show six runs.
 * @import { Columns, ConnectionState, Detail } from "../shared/types.js"
 */
import { lowerBound, refined, upperBound } from "../curves/series.mjs";
import { RunFeed } from "../shared/run_feed.mjs";
import { fetchDetail } from "../shared/run_rows.mjs";
import { isAlive } from "../shared/run_status.mjs";
import { RunStore } from "../shared/run_store.mjs";
import { stepsBetween } from "./moments.mjs";

/** @import { Axis } from "./types.js" */

const POLL_INTERVAL = 1500; // ms, while the run trains
const IDLE_POLL_INTERVAL = 5000; // ms, for a run that is over, which may be resumed, here or in a terminal

/** What is known about one run while it is on the board. */
export class ComparedRun {
  store = new RunStore();
  /** @type {ConnectionState | "asking"} */
  state = "asking";
  /** @type {Detail | null} finer rows of the stretch that is zoomed to */
  #detail = null;
  /** @type {{ detail: Detail, rows: number, columns: Columns } | null} the last result of `columns` */
  #refined = null;

  /**
   * @param {string} id
   * @param {() => void} onChange called when the run or the connection to it changed
   */
  constructor(id, onChange) {
    this.id = id;
    this.onChange = onChange;
    this.feed = new RunFeed(id, {
      pollsOnly: true,
      pollInterval: () => (this.isAlive ? POLL_INTERVAL : IDLE_POLL_INTERVAL),
      onUpdate: (update) => {
        const isLarge = this.store.apply(update);
        if (isLarge && !update.reset) this.feed.restart();
        this.onChange();
      },
      onState: (state) => {
        if (this.state === state) return;
        this.state = state;
        this.onChange();
      },
    });
  }

  get isAlive() {
    const { update } = this.store;
    return update !== null && isAlive(update.status);
  }

  /** The rows, with the finer ones in place of the coarse ones. */
  get columns() {
    const { columns } = this.store;
    const detail = this.#detail;
    if (!detail) return columns;
    const rows = columns.step.length;
    if (this.#refined?.detail !== detail || this.#refined.rows !== rows) {
      this.#refined = { detail, rows, columns: refined(columns, detail) };
    }
    return this.#refined.columns;
  }

  close() {
    this.feed.close();
  }

  forgetDetail() {
    this.#detail = null;
  }

  /**
   * Fetch finer rows of a stretch of the axis, and use them if there are more than are known.
   * @param {Axis} axis
   * @param {number} from
   * @param {number} to
   * @param {() => boolean} isCurrent whether the board still shows that stretch
   */
  async loadDetail(axis, from, to, isCurrent) {
    const stretch = stepsBetween(this.store.columns, axis, from, to);
    if (!stretch) return;
    const [first, last] = stretch;
    const detail = await fetchDetail(this.id, first, last);
    const { step } = this.store.columns;
    const known = upperBound(step, last) - lowerBound(step, first);
    if (detail && isCurrent() && detail.columns.step.length > known) this.#detail = detail;
  }
}
