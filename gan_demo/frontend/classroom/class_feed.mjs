// @ts-check
/**
 * Client of a class's state (server/class_channel.py): the whole state, whenever it changes. A WebSocket, because a
 * browser allows only six other connections to a host; Streamlit's pages need one to work as well.
 * @import { Clock } from "../shared/clock.mjs"
 * @import { ClassState } from "../shared/types.js"
 */
import { browserClock } from "../shared/clock.mjs";

const SILENCE_TIMEOUT = 40000; // ms without a message, after which the connection is dead: one comes every 15 s
const FIRST_RETRY = 1000; // ms; doubles with every failure up to LONGEST_RETRY
const LONGEST_RETRY = 8000;
const UNKNOWN_CLASS = 4404; // as in gan_demo/server/api/class_socket.py

/**
 * @typedef {object} FeedHooks
 * @property {(state: ClassState) => void} onState
 * @property {() => void} onReturn called before the first state after a connection was lost
 */

/**
 * Return the address of a class's state.
 * @param {string} ticket
 * @param {string} voter the token of this browser, or ""
 */
function address(ticket, voter) {
  const url = new URL(`api/classes/${encodeURIComponent(ticket)}/live`, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (voter) url.searchParams.set("voter", voter);
  return url.href;
}

/** Follows a class until `close`. A hidden tab holds no connection, so only those who look are counted. */
export class ClassFeed {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {number | null} */
  #timer = null;
  #retry = FIRST_RETRY;
  #wasLost = false;
  /** The token of the connection. */
  #token = "";
  #isClosed = false;
  #ending = new AbortController();

  /**
   * @param {string} ticket
   * @param {() => string} voter returns the token of this browser, or ""
   * @param {FeedHooks} hooks
   * @param {Clock} [clock]
   */
  constructor(ticket, voter, hooks, clock = browserClock) {
    this.ticket = ticket;
    this.voter = voter;
    this.hooks = hooks;
    this.clock = clock;
    const { signal } = this.#ending;
    document.addEventListener("visibilitychange", () => this.restart(), { signal });
    window.addEventListener("online", () => this.restart(), { signal });
    this.restart();
  }

  /** Connect anew. */
  restart() {
    this.#disconnect();
    if (this.#isClosed || document.hidden) return;
    this.#token = this.voter();
    const socket = new WebSocket(address(this.ticket, this.#token));
    this.#socket = socket;
    this.#after(SILENCE_TIMEOUT, () => this.#lose());
    socket.addEventListener("message", (event) => {
      if (this.#socket === socket) this.#take(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (this.#socket !== socket) return;
      if (event.code === UNKNOWN_CLASS) this.#giveUp();
      else this.#lose();
    });
  }

  /** Connect anew if this browser has another token by now: votes count with that of the connection. */
  renew() {
    if (this.#socket && this.voter() !== this.#token) this.restart();
  }

  /** End it for good. */
  close() {
    this.#isClosed = true;
    this.#ending.abort();
    this.#disconnect();
  }

  /** @param {string} text */
  #take(text) {
    this.#after(SILENCE_TIMEOUT, () => this.#lose());
    this.#retry = FIRST_RETRY;
    if (this.#wasLost) this.hooks.onReturn();
    this.#wasLost = false;
    this.hooks.onState(JSON.parse(text));
  }

  #lose() {
    this.#disconnect();
    this.#wasLost = true;
    this.#after(this.#retry, () => this.restart());
    this.#retry = Math.min(LONGEST_RETRY, 2 * this.#retry);
  }

  #giveUp() {
    this.close();
    this.hooks.onState({ open: false });
  }

  #disconnect() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    if (this.#timer !== null) this.clock.stop(this.#timer);
    this.#timer = null;
  }

  /**
   * @param {number} delay ms
   * @param {() => void} action in place of any that waits
   */
  #after(delay, action) {
    if (this.#timer !== null) this.clock.stop(this.#timer);
    this.#timer = this.clock.start(action, delay);
  }
}
