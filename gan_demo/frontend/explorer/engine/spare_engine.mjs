// @ts-check
/**
 * The engine of a page that was left: a page that is opened within a minute takes it over.
 * @import { Engine } from "./engine.mjs"
 */

const IDLE_MS = 60_000;

/** @type {{ engine: Engine, runtime: string, timer: number } | null} */
let spare = null;

/**
 * Return the spare engine if it has this runtime and works; it is spare no longer.
 * @param {string} runtime
 */
export function takeSpare(runtime) {
  if (!spare || spare.runtime !== runtime || spare.engine.closedReason) return null;
  const { engine, timer } = spare;
  clearTimeout(timer);
  spare = null;
  return engine;
}

/**
 * Keep an engine for the next page, and close an earlier one.
 * @param {Engine} engine
 * @param {string} runtime address of its runtime
 */
export function keepSpare(engine, runtime) {
  discardSpare();
  spare = { engine, runtime, timer: window.setTimeout(discardSpare, IDLE_MS) };
}

export function discardSpare() {
  if (!spare) return;
  clearTimeout(spare.timer);
  spare.engine.close();
  spare = null;
}
