// What this browser sends to the class of a run: the owner's pointing, five times a second at most and the newest only,
// and single requests for votes.

const PACE = 200; // ms between two positions sent
const RETRY = 2000; // ms after the network failed
const ASKED = 5000; // ms between two requests for another key

export class Sender {
  // onRefused: the key is of no use any more, as after a restart of the server; the page has to give another.
  constructor(onRefused) {
    Object.assign(this, {
      onRefused,
      asked: -Infinity,
      run: "",
      key: null,
      tab: "",
      pending: null,
      busy: false,
      timer: 0,
      sent: 0,
      closed: false,
    });
  }

  // The key is another after a restart of the server: then what could not be sent is sent.
  set(run, key, tab) {
    const isNew = key !== this.key;
    Object.assign(this, { run, key, tab });
    if (isNew && this.pending) this.plan();
  }

  // Is there something that the server has not heard of yet?
  get waiting() {
    return this.busy || this.pending !== null;
  }

  push(changes) {
    this.pending = { ...this.pending, ...changes };
    this.plan();
  }

  plan(least = 0) {
    if (this.closed || this.busy || this.timer) return;
    const wait = Math.max(least, this.sent + PACE - performance.now(), 0);
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.flush();
    }, wait);
  }

  async flush() {
    if (!this.pending || !this.key || this.closed) return;
    const body = this.pending;
    Object.assign(this, { pending: null, busy: true, sent: performance.now() });
    const status = await this.post("class", { ...body, by: this.tab });
    this.busy = false;
    const again = status === 0 || status === 403 || status === 429 || status >= 500;
    if (again) this.pending = { ...body, ...this.pending };
    if (this.pending && status !== 403) this.plan(again ? RETRY : 0); // after 403 a new key comes with the page
  }

  // POST; the status, 0 if there was no answer.
  async post(what, body) {
    const url = new URL(`api/runs/${encodeURIComponent(this.run)}/${what}`, document.baseURI);
    const headers = { "Content-Type": "application/json" };
    if (this.key) headers["X-Presenter-Key"] = this.key;
    try {
      const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      if (status === 403 && this.key) this.refused();
      return status;
    } catch {
      return 0;
    }
  }

  refused() {
    if (this.closed || performance.now() - this.asked < ASKED) return;
    this.asked = performance.now();
    this.onRefused();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
