// @ts-check
/**
 * One run of the board, polled: a browser opens six connections to a host, and the board may show six runs.
 * @import { ConnectionState } from "../shared/types.js"
 */
import { RunFeed } from "../shared/run_feed.mjs";
import { RunStore } from "../shared/run_store.mjs";

const POLL_INTERVAL = 1500; // ms, while the run trains
const IDLE_POLL_INTERVAL = 5000; // ms, for a run that is over, which may be resumed, here or in a terminal
const ALIVE = ["queued", "running", "paused"];

/** What is known about one run while it is on the board. */
export class Follower {
  store = new RunStore();
  /** @type {ConnectionState | "asking"} */
  state = "asking";

  /**
   * @param {string} run
   * @param {() => void} onChange called when the run or the connection to it changed
   */
  constructor(run, onChange) {
    this.run = run;
    this.onChange = onChange;
    this.feed = new RunFeed(run, {
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
    return update !== null && ALIVE.includes(update.status);
  }

  close() {
    this.feed.close();
  }
}
