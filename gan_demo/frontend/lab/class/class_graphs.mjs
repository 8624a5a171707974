// @ts-check
/**
 * Graphs for the browsers of a class: those that are shipped, which no server compiles for thirty at once; where they
 * lack some settings, the server's, which it compiles once for all.
 * @import { GraphSource } from "../../trainer/types.js"
 */
import { NotShipped } from "../shipped_graphs.mjs";

/**
 * @param {GraphSource} shipped
 * @param {GraphSource} server
 * @returns {GraphSource}
 */
export function classGraphs(shipped, server) {
  return async (settings) => {
    try {
      return await shipped(settings);
    } catch (error) {
      if (!(error instanceof NotShipped)) throw error;
      return server(settings);
    }
  };
}
