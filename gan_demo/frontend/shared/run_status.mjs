// @ts-check

/** @import { RunStatus } from "./types.js" */

/** @type {readonly RunStatus[]} */
const ALIVE = ["queued", "running", "paused"];

/**
 * Whether a run with this status is waiting for its turn or training.
 * @param {RunStatus} status
 */
export function isAlive(status) {
  return ALIVE.includes(status);
}

/**
 * Return what can be done with a training of this status.
 * @param {RunStatus} status
 */
export function controlOf(status) {
  if (status === "running") return "pause";
  return status === "paused" ? "resume" : null;
}
