// @ts-check
/**
 * Requests, and why they failed in the words of the page: browsers say it in words of their own, in English.
 * @import { Texts } from "./types.js"
 */

/** A request that failed: `status` is the response's, or 0 where no response came. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} address
   */
  constructor(status, address) {
    super(`${status || "no answer"} ${address}`);
    this.name = "HttpError";
    this.status = status;
  }
}

/**
 * Fetch an address relative to the page. Rejects with an HttpError, or with an AbortError if `options.signal` aborts.
 * @param {string | URL} address
 * @param {RequestInit} [options]
 */
export async function fetchOk(address, options) {
  const response = await fetch(new URL(address, document.baseURI), options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new HttpError(0, String(address));
  });
  if (!response.ok) throw new HttpError(response.status, String(address));
  return response;
}

/**
 * Return a signal that aborts after some time. AbortSignal.timeout came with Chrome 103, Firefox 100 and Safari 16.
 * @param {number} ms
 */
export function timeoutSignal(ms) {
  if (AbortSignal.timeout) return AbortSignal.timeout(ms);
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("no answer in time", "TimeoutError")), ms);
  return controller.signal;
}

/**
 * Say why something failed, as a part of a sentence in the page's words.
 * @param {Texts} texts
 * @param {unknown} error
 * @param {string} [other] what to say of an error that no request caused
 */
export function reason(texts, error, other = texts["trouble.other"]) {
  if (!(error instanceof HttpError)) return other;
  if (error.status === 0) return texts["trouble.offline"];
  return texts["trouble.status"].replace("{status}", String(error.status));
}
