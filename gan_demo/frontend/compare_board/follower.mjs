// What is known of one run, asked for while it trains. Questions rather than events: a browser opens six connections to a
// server, and this page may look at six runs.
import { apply, empty } from "../shared/run_store.mjs";

const OFTEN = 1500; // ms between two questions about a run that trains
const SELDOM = 5000; // about one that is over, which may be resumed, here or in a terminal
const RETRY = 3000;
const ALIVE = ["queued", "running", "paused"];

export class Follower {
  constructor(run, changed) {
    Object.assign(this, { run, changed, store: empty(), epoch: "", have: 0, state: "asking", timer: 0, closed: false });
    this.wake = () => {
      if (!document.hidden) this.ask();
    };
    document.addEventListener("visibilitychange", this.wake);
    this.ask();
  }

  get alive() {
    return ALIVE.includes(this.store.update?.status);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  async ask() {
    clearTimeout(this.timer);
    if (this.closed || document.hidden || this.busy) return; // a hidden tab asks again when it is looked at
    this.busy = true;
    const before = this.state;
    let pause = RETRY;
    try {
      const url = new URL(`api/runs/${encodeURIComponent(this.run)}/updates`, document.baseURI);
      url.searchParams.set("epoch", this.epoch);
      url.searchParams.set("have", this.have);
      const answer = await fetch(url.href, { cache: "no-store" });
      if (answer.status === 404) {
        this.state = "gone";
        this.close();
      } else if (answer.ok) {
        const { updates } = await answer.json();
        if (this.closed) return;
        this.state = "here";
        if (updates.map((update) => this.take(update)).some(Boolean)) this.changed();
        pause = this.alive ? OFTEN : SELDOM;
      } else this.state = "waiting";
    } catch {
      this.state = "waiting";
    } finally {
      this.busy = false;
    }
    if (this.state !== before) this.changed();
    if (!this.closed) this.timer = setTimeout(() => this.ask(), pause);
  }

  take(update) {
    if (!update.reset && (update.epoch !== this.epoch || update.seq <= this.have)) return false;
    this.epoch = update.epoch;
    this.have = update.seq;
    if (apply(this.store, update)) this.epoch = ""; // many rows: a summary next time
    return true;
  }
}
