// @ts-check
/**
 * Client of a run's live updates (server/live_channel.py): server-sent events, or polling where a proxy holds events
 * back. A viewer who was away sends the number of its last update and gets the rest, so each update comes once.
 * @import { ConnectionState, RunUpdate } from "./types.js"
 */
import { fetchOk, HttpError, timeoutSignal } from "./http.mjs";

const FIRST_EVENT_TIMEOUT = 4000; // ms in which a stream must have said something, else a proxy is holding it back
const SILENCE_TIMEOUT = 40000; // ms without an event, after which the stream is dead: the server says hello every 15 s
const ANSWER_TIMEOUT = 15000; // ms for one answer
const POLL_INTERVAL = 1000; // ms between an answer and the next request
const MAX_FAILED_STREAMS = 3; // in a row while polling works
const FIRST_RETRY = 1000; // ms; doubles with every failure up to LONGEST_RETRY
const LONGEST_RETRY = 8000;

/** The last update that a viewer has, and so which update it takes next. */
export class FeedPosition {
  epoch = "";
  seq = 0;

  /**
   * Move to an update; return false, and stay, if the viewer has it or it belongs to an epoch the viewer does not know.
   * Only an update with `reset` begins another epoch.
   * @param {Pick<RunUpdate, "epoch" | "seq" | "reset">} update
   */
  advance(update) {
    const isNext = update.epoch === this.epoch ? update.seq > this.seq : update.reset;
    if (!isNext) return false;
    this.epoch = update.epoch;
    this.seq = update.seq;
    return true;
  }

  /** Forget everything, so that the server sends a summary next. */
  restart() {
    this.epoch = "";
    this.seq = 0;
  }
}

/** The waits between failed attempts. */
export class RetryDelay {
  #next = FIRST_RETRY;

  /** Return the wait in ms before the next attempt. */
  afterFailure() {
    const delay = this.#next;
    this.#next = Math.min(LONGEST_RETRY, 2 * delay);
    return delay;
  }

  reset() {
    this.#next = FIRST_RETRY;
  }
}

/**
 * @typedef {object} FeedOptions
 * @property {(update: RunUpdate) => void} onUpdate called once for every update, in order
 * @property {(state: ConnectionState) => void} onState called with every answer and every failure
 * @property {boolean} [pollsOnly] open no stream: a browser allows six connections to a host
 * @property {() => number} [pollInterval] ms between an answer and the next request
 */

/** Follows a run until `close`. A hidden tab holds no connection and catches up when it is looked at. */
export class RunFeed {
  /** @type {EventSource | null} */
  #stream = null;
  #timer = 0;
  #isClosed = false;
  #polls;
  #failedStreams = 0;
  #attempt = 0; // answers of an earlier attempt are dropped
  #position = new FeedPosition();
  #retry = new RetryDelay();
  #closing = new AbortController();

  /**
   * @param {string} run
   * @param {FeedOptions} options
   */
  constructor(run, options) {
    this.run = run;
    this.options = options;
    this.#polls = Boolean(options.pollsOnly);
    const wake = () => this.#wake();
    const { signal } = this.#closing;
    document.addEventListener("visibilitychange", wake, { signal });
    window.addEventListener("online", wake, { signal });
    this.#connect();
  }

  /** End it for good. */
  close() {
    this.#isClosed = true;
    this.#closing.abort();
    this.#disconnect();
  }

  /** Request a summary of the whole run, which comes as an update with `reset`. */
  restart() {
    this.#position.restart();
    this.#connect();
  }

  #wake() {
    this.#polls = Boolean(this.options.pollsOnly); // another network may let events through
    this.#connect();
  }

  #disconnect() {
    this.#attempt++;
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#timer);
  }

  #connect() {
    this.#disconnect();
    if (this.#isClosed || document.hidden) return;
    if (this.#polls || !window.EventSource) this.#poll();
    else this.#listen();
  }

  /**
   * Call `action` after `delay` ms, unless something else is scheduled or the connection is reset before.
   * @param {number} delay
   * @param {() => void} action
   */
  #schedule(delay, action) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(action, delay);
  }

  /** @param {"events" | "updates"} route */
  #address(route) {
    const url = new URL(`api/runs/${encodeURIComponent(this.run)}/${route}`, document.baseURI);
    url.searchParams.set("epoch", this.#position.epoch);
    url.searchParams.set("have", String(this.#position.seq));
    return url.href;
  }

  #listen() {
    const stream = new EventSource(this.#address("events"));
    this.#stream = stream;
    let isHeard = false;
    const hear = () => {
      isHeard = true;
      this.#failedStreams = 0;
      this.#retry.reset();
      this.#schedule(SILENCE_TIMEOUT, () => this.#connect());
      this.options.onState("live");
    };
    this.#schedule(FIRST_EVENT_TIMEOUT, () => this.#fallBackToPolling());
    stream.addEventListener("hello", () => {
      if (this.#stream === stream) hear();
    });
    stream.addEventListener("update", (event) => {
      if (this.#stream !== stream) return;
      hear();
      this.#take(JSON.parse(event.data));
    });
    stream.onerror = () => {
      if (this.#stream !== stream) return;
      this.#disconnect();
      if (!isHeard && ++this.#failedStreams >= MAX_FAILED_STREAMS) this.#fallBackToPolling();
      else this.#reconnect();
    };
  }

  /** After a lost stream, ask once: the answer tells whether the server, the network or the run is gone. */
  async #reconnect() {
    if (await this.#request()) this.#schedule(FIRST_RETRY, () => this.#connect());
  }

  /** No event came. An answer shows that the server is there, so something holds its events back. */
  async #fallBackToPolling() {
    this.#disconnect();
    if (!(await this.#request())) return;
    this.#polls = true;
    this.#schedule(POLL_INTERVAL, () => this.#connect());
  }

  async #poll() {
    if (await this.#request()) {
      this.#schedule(this.options.pollInterval?.() ?? POLL_INTERVAL, () => this.#connect());
    }
  }

  /**
   * Request the updates since the last and take them. Return true if they came and nothing else has begun meanwhile;
   * after a failure another attempt is scheduled, unless the run is gone.
   */
  async #request() {
    const attempt = this.#attempt;
    let updates;
    try {
      const signal = timeoutSignal(ANSWER_TIMEOUT);
      const response = await fetchOk(this.#address("updates"), { cache: "no-store", signal });
      ({ updates } = await response.json());
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error);
      return false;
    }
    if (attempt !== this.#attempt) return false;
    this.#retry.reset();
    for (const update of updates) this.#take(update);
    if (attempt !== this.#attempt) return false; // whoever took an update closed or restarted the feed
    this.options.onState(this.#polls ? "polling" : "live");
    return true;
  }

  /**
   * Give up a run that is gone. No connection, an answer cut off, or none in time: all are tried again.
   * @param {unknown} error
   */
  #fail(error) {
    if (error instanceof HttpError && error.status === 404) {
      this.close();
      this.options.onState("gone");
      return;
    }
    this.options.onState("waiting");
    this.#schedule(this.#retry.afterFailure(), () => this.#connect());
  }

  /** @param {RunUpdate} update */
  #take(update) {
    if (this.#position.advance(update)) this.options.onUpdate(update);
  }
}
