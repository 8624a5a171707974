// @ts-check
// Modules that are fetched when they are needed, and why that failed.

import { HttpError } from "../../shared/http.mjs";

/**
 * Await a dynamic import. A module that could not be fetched rejects as a request without a response does.
 *
 * @template Module
 * @param {Promise<Module>} module
 * @returns {Promise<Module>}
 */
export async function importModule(module) {
  try {
    return await module;
  } catch (error) {
    if (error instanceof TypeError) throw new HttpError(0, error.message); // what every browser throws in that case
    throw error;
  }
}
