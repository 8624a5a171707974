// @ts-check
/**
 * The state in the address, to the last bit: #z=…&y=…&psi=…&tool=…&<tool>.<name>=…. Numbers are float32, little-endian,
 * as base64url.
 * @import { LatentState, Space } from "./types.js"
 */
import { HASH_WRITTEN } from "../shared/hash_event.mjs";
import { fitsSpace, LATENT_LIMIT, latentState } from "./latent.mjs";

/** Names that tools had in links of earlier versions. */
const FORMER_TOOLS = new Map([["hold", "sliders"]]);
const WRITE_INTERVAL = 500; // ms between two writes of the address: browsers refuse more

/** @param {ArrayLike<number>} numbers */
export function encodeNumbers(numbers) {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  for (let k = 0; k < numbers.length; k++) view.setFloat32(4 * k, numbers[k], true);
  const letters = String.fromCharCode(...new Uint8Array(view.buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Return the numbers of a text, or null if it is not a list of numbers within LATENT_LIMIT.
 * @param {string} text
 */
export function decodeNumbers(text) {
  const letters = decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (letters === null || letters.length % 4) return null;
  const view = new DataView(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer);
  const numbers = Float32Array.from({ length: letters.length / 4 }, (_, k) => view.getFloat32(4 * k, true));
  return numbers.every((value) => Math.abs(value) <= LATENT_LIMIT) ? numbers : null;
}

/** @param {string} text */
function decodeBase64(text) {
  try {
    return atob(text);
  } catch {
    return null; // not base64
  }
}

/**
 * Return the name that a tool has today.
 * @param {string} tool
 */
export function currentTool(tool) {
  return FORMER_TOOLS.get(tool) ?? tool;
}

/**
 * Parse a hash; links of earlier versions too. `state` is null unless the hash holds one that fits the model.
 * @param {string} hash
 * @param {Pick<Space, "z_dim" | "labels">} space
 * @returns {{ state: LatentState | null, tool: string, params: Map<string, string> }}
 */
export function readHash(hash, space) {
  const entries = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {Map<string, string>} */
  const params = new Map();
  for (const [name, value] of entries) {
    const [tool, ...rest] = name.split(".");
    if (rest.length) params.set([currentTool(tool), ...rest].join("."), value);
  }
  return { state: readState(entries, space), tool: currentTool(entries.get("tool") ?? ""), params };
}

/**
 * @param {URLSearchParams} entries
 * @param {Pick<Space, "z_dim" | "labels">} space
 */
function readState(entries, space) {
  const [z, y] = [decodeNumbers(entries.get("z") ?? ""), decodeNumbers(entries.get("y") ?? "")];
  const psi = Number(entries.get("psi") ?? 1);
  if (!z || !y || !(psi >= 0 && psi <= 2)) return null;
  const state = latentState(z, y, psi);
  return fitsSpace(state, space) ? state : null;
}

/**
 * @param {LatentState} state
 * @param {string} tool
 * @param {Iterable<[string, string]>} params empty ones are left out
 */
export function writeHash(state, tool, params) {
  const parts = [`z=${encodeNumbers(state.z)}`];
  if (state.y.length) parts.push(`y=${encodeNumbers(state.y)}`);
  parts.push(`psi=${state.psi}`, `tool=${tool}`);
  for (const [name, value] of params) {
    if (value !== "") parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  return `#${parts.join("&")}`;
}

/**
 * Return the address of this page with a hash and, where the page's address does not say yet what it shows, a query.
 * @param {string} hash
 * @param {Record<string, string> | null} [query]
 */
export function pageLink(hash, query = {}) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  url.hash = hash;
  return url.href;
}

/** Keeps the page's address up to date. */
export class UrlState {
  #hash;
  #timer = 0;
  #writtenAt = 0;
  #page = location.pathname;
  #changedOn = ""; // the address when something last changed
  #ending = new AbortController();

  /** @param {() => string} hash returns the current hash */
  constructor(hash) {
    this.#hash = hash;
    const { signal } = this.#ending;
    window.addEventListener("pagehide", () => this.#flush(), { signal });
    window.addEventListener("click", () => this.#flush(), { capture: true, signal }); // a link may lead away
  }

  /** Write the address soon. */
  changed() {
    this.#changedOn = location.href;
    this.#timer ||= window.setTimeout(
      () => this.#flush(),
      Math.max(0, this.#writtenAt + WRITE_INTERVAL - performance.now()),
    );
  }

  /** Write what waits to be written, but never into the address of another page of the app. */
  #flush() {
    if (this.#timer && location.pathname === this.#page) this.now();
  }

  /** Write the address at once. */
  now() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#writtenAt = performance.now();
    const hash = this.#hash();
    if (hash === location.hash) return;
    history.replaceState(history.state, "", location.pathname + location.search + hash);
    window.dispatchEvent(new Event(HASH_WRITTEN));
  }

  /** Write what waits, unless the address leads to something else already, be it by its hash alone. */
  close() {
    if (this.#changedOn === location.href) this.#flush();
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}
