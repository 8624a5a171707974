// @ts-check
/** Trainings that go between this browser and the server, as files (docs/compiled-step.md). */
import { fetchOk } from "../shared/http.mjs";

const TYPE = "application/octet-stream";

/**
 * Make a run of a training's file on the server; it belongs to this browser. Return its id.
 * @param {string} address
 * @param {Uint8Array} file
 * @returns {Promise<string>}
 */
export async function saveAsRun(address, file) {
  const body = new Blob([/** @type {BlobPart} */ (file)], { type: TYPE });
  const answer = await fetchOk(address, { method: "POST", body, headers: { "Content-Type": TYPE } });
  return (await answer.json()).id;
}

/**
 * Fetch the file of a run's training.
 * @param {string} address
 */
export async function fetchTraining(address) {
  return new Uint8Array(await (await fetchOk(address)).arrayBuffer());
}
