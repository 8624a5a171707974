// @ts-check
/**
 * Sources of compiled graphs: a server or a shipped file.
 * @import { GraphSource, TrainerSettings } from "./types.js"
 */
import { fetchOk, HttpError } from "../shared/http.mjs";
import { fetchPacked } from "../shared/packed_files.mjs";
import { graphQuery } from "./core_settings.mjs";

const ATTEMPTS = 4; // where the server has too much to compile
const TOO_BUSY = [429, 503];
const WAIT_MS = 3000;

/** A page without a server has no graphs of these settings. */
export class NoGraphs extends Error {}

/**
 * Return the source of a page without a server: one file, for all settings that need the same graphs as these.
 * @param {string} address
 * @param {TrainerSettings} known
 * @returns {GraphSource}
 */
export function graphsOf(address, known) {
  return async (settings) => {
    if (graphQuery(settings) !== graphQuery(known)) throw new NoGraphs("the page has no graphs of these settings");
    return fetchPacked(address, () => {});
  };
}

/**
 * Return the source of a server that compiles graphs on request. Rejects with an HttpError: its status is 400 if the
 * server refuses the settings.
 * @param {string} address
 * @returns {GraphSource}
 */
export function serverGraphs(address) {
  return async (settings) => {
    const url = `${address}?${graphQuery(settings)}`;
    for (let attempt = 1; ; attempt++) {
      try {
        return await (await fetchOk(url)).arrayBuffer();
      } catch (error) {
        const isBusy = error instanceof HttpError && TOO_BUSY.includes(error.status);
        if (!isBusy || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS * attempt));
      }
    }
  };
}
