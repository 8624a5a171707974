// @ts-check
// What a browser sends to its class: the teacher's pointing, at most five times a second and only the newest,
// and single requests for polls.

import { browserClock } from "../shared/clock.mjs";
import { fetchOk } from "../shared/http.mjs";

/** @import { Clock } from "../shared/clock.mjs" */
/** @import { PointingChanges } from "./types.js" */

const INTERVAL = 200; // ms between two positions that are sent
const RETRY = 2000; // ms after a failure
const KEY_REQUEST_INTERVAL = 5000; // ms between two requests for another key
const NO_ANSWER = 0; // instead of an HTTP status

/**
 * Send a JSON body to the server; return the status of its answer, 0 if none came.
 * @param {string} path relative to the page
 * @param {unknown} body
 * @param {Record<string, string>} headers
 */
async function postJson(path, body, headers) {
  const allHeaders = { "Content-Type": "application/json", ...headers };
  const options = { method: "POST", headers: allHeaders, body: JSON.stringify(body) };
  try {
    return (await fetch(new URL(path, document.baseURI), options)).status;
  } catch {
    return NO_ANSWER; // no connection; the callers try again or say so
  }
}

export class TeacherSender {
  ticket = "";
  /** @type {string | null} the teacher's key; null in other browsers */
  key = null;
  /** The id of this browser tab. */
  tab = "";
  /** @type {PointingChanges | null} what has not been sent yet */
  #pending = null;
  #isSending = false;
  #isClosed = false;
  /** @type {number | null} */
  #timer = null;
  #sentAt = -Infinity;
  #keyRequestedAt = -Infinity;

  /**
   * @param {() => void} onKeyRefused called when the key is no longer valid, as after a restart of the server: the page
   *   has to give another one
   * @param {typeof postJson} [post]
   * @param {Clock} [clock]
   */
  constructor(onKeyRefused, post = postJson, clock = browserClock) {
    this.onKeyRefused = onKeyRefused;
    this.post = post;
    this.clock = clock;
  }

  /** Whether the server has not heard everything yet. */
  get isWaiting() {
    return this.#isSending || this.#pending !== null;
  }

  /**
   * Take the class's ticket and the key. With another key, what could not be sent is sent.
   * @param {string} ticket
   * @param {string | null} key
   * @param {string} tab
   */
  set(ticket, key, tab) {
    const isNewKey = key !== this.key;
    this.ticket = ticket;
    this.key = key;
    this.tab = tab;
    if (isNewKey && this.#pending) this.#schedule();
  }

  /**
   * Send changes of what the teacher points at, together with those that wait.
   * @param {PointingChanges} changes
   */
  push(changes) {
    this.#pending = { ...this.#pending, ...changes };
    this.#schedule();
  }

  /**
   * Send one request about the class; return the status of the answer, 0 if none came.
   * @param {"steer" | "poll" | "vote" | "lab" | "offer"} route
   * @param {object} body
   */
  async send(route, body) {
    /** @type {Record<string, string>} */
    const headers = this.key ? { "X-Presenter-Key": this.key } : {};
    const status = await this.post(`api/classes/${encodeURIComponent(this.ticket)}/${route}`, body, headers);
    if (status === 403 && this.key) this.#requestKey();
    return status;
  }

  /**
   * Fetch what the server says of a part of the class, the teacher's with the key. Rejects with an HttpError.
   * @param {"lab"} route
   * @returns {Promise<unknown>}
   */
  async read(route) {
    /** @type {Record<string, string>} */
    const headers = this.key ? { "X-Presenter-Key": this.key } : {};
    return (await fetchOk(`api/classes/${encodeURIComponent(this.ticket)}/${route}`, { headers })).json();
  }

  close() {
    this.#isClosed = true;
    if (this.#timer !== null) this.clock.stop(this.#timer);
  }

  #schedule(delay = 0) {
    if (this.#isClosed || this.#isSending || this.#timer !== null) return;
    const wait = Math.max(delay, this.#sentAt + INTERVAL - this.clock.now(), 0);
    this.#timer = this.clock.start(() => {
      this.#timer = null;
      this.#flush();
    }, wait);
  }

  async #flush() {
    /** @type {PointingChanges | null} */
    const changes = this.#pending;
    if (!changes || !this.key || this.#isClosed) return;
    this.#pending = null;
    this.#isSending = true;
    this.#sentAt = this.clock.now();
    const status = await this.send("steer", { ...changes, by: this.tab });
    this.#isSending = false;
    const isFailed = status === NO_ANSWER || status === 403 || status === 429 || status >= 500;
    if (isFailed) this.#pending = Object.assign(changes, this.#pending);
    const waitsForKey = status === 403; // another one comes with the page
    if (this.#pending && !waitsForKey) this.#schedule(isFailed ? RETRY : 0);
  }

  #requestKey() {
    if (this.#isClosed || this.clock.now() - this.#keyRequestedAt < KEY_REQUEST_INTERVAL) return;
    this.#keyRequestedAt = this.clock.now();
    this.onKeyRefused();
  }
}
