// @ts-check
/**
 * A training as a file: a length, that many bytes of JSON, then G's vector, D's vector and own samples.
 * docs/compiled-step.md describes it. Floats are little-endian, as they are in every browser's memory.
 * @import { LogColumns, State, StateLayout, TrainerSettings } from "./types.js"
 */
import { fromCore, toCore } from "./core_settings.mjs";

const KIND = "gan_demo training";
const VERSION = 1;
const COUNTS = /** @type {const} */ (["iteration", "gUpdates", "dUpdates", "gOptimizerSteps", "dOptimizerSteps"]);
const OWN_POINTS = "own_points"; // the core's name of a set of them
const MAX_HEAD = 1_000_000; // bytes

/** @typedef {"foreign" | "newer" | "damaged" | "misfit"} StateFault */

/** A file is not a training that can go on here. The page has a sentence for each fault. */
export class StateFileError extends Error {
  /** @param {StateFault} fault */
  constructor(fault) {
    super(`the state's file is ${fault}`);
    this.name = "StateFileError";
    this.fault = fault;
  }
}

/**
 * @typedef {object} SavedTraining
 * @property {TrainerSettings} settings
 * @property {StateLayout} layout
 * @property {State} state
 * @property {Float32Array | null} points own samples (N, 2), null if the data's name says it all
 * @property {LogColumns} rows
 */

/**
 * Write a training.
 * @param {SavedTraining} saved
 */
export function writeState({ settings, layout, state, points, rows }) {
  const { g, d, ...counts } = state;
  const config = { ...toCore(settings), ...(points && { name: OWN_POINTS }) };
  const others = { points: points?.length ?? 0, plan: settings.plan ?? 0, rows };
  const head = { kind: KIND, version: VERSION, config, settings, layout, ...counts, ...others };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = 4 * Math.ceil(text.length / 4);
  const vectors = [g, d, points ?? new Float32Array()];
  const bytes = new Uint8Array(4 + length + vectors.reduce((sum, vector) => sum + 4 * vector.length, 0));
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.fill(32, 4, 4 + length); // spaces
  bytes.set(text, 4);
  let start = 4 + length;
  for (const vector of vectors) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), start);
    start += 4 * vector.length;
  }
  return bytes;
}

/**
 * Read what `writeState` wrote. Throws StateFileError.
 * @param {Uint8Array} bytes
 * @returns {SavedTraining}
 */
export function readState(bytes) {
  const [head, start] = readHead(bytes);
  const { config, layout, points, rows } = head;
  const lengths = [layout?.g?.length, layout?.d?.length, points];
  const whole = start + lengths.reduce((sum, length) => sum + 4 * length, 0);
  const isWhole = lengths.every(isCount) && whole === bytes.length && COUNTS.every((name) => isCount(head[name]));
  const isRandom = Array.isArray(head.random) && head.random.length === 4 && head.random.every(isCount);
  const isKnown = isObject(config) && isObject(rows) && Number.isFinite(head.seconds);
  if (!isWhole || !isRandom || !isKnown || !isCount(head.plan ?? 0)) throw new StateFileError("damaged");
  const values = new Float32Array(bytes.slice(start).buffer);
  if (!values.every(Number.isFinite)) throw new StateFileError("damaged");
  const [g, d] = [values.slice(0, lengths[0]), values.slice(lengths[0], lengths[0] + lengths[1])];
  const counts = Object.fromEntries([...COUNTS, "seconds", "random"].map((name) => [name, head[name]]));
  const state = /** @type {State} */ ({ g, d, ...counts });
  const settings = isObject(head.settings) ? head.settings : fromServer(head);
  return { settings, layout, state, points: points ? values.slice(-points) : null, rows };
}

/**
 * Return the settings in a file that the server has written.
 * @param {any} head
 */
function fromServer({ config, plan }) {
  const settings = fromCore(config);
  return plan ? { ...settings, plan } : settings;
}

/**
 * @param {Uint8Array} bytes
 * @returns {[head: any, start: number]} the JSON, and where the vectors begin
 */
function readHead(bytes) {
  if (bytes.length < 8) throw new StateFileError("foreign");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > MAX_HEAD || 4 + length > bytes.length) throw new StateFileError("foreign");
  let head;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(4, 4 + length)));
  } catch {
    throw new StateFileError("foreign");
  }
  if (head?.kind !== KIND) throw new StateFileError("foreign");
  if (head.version !== VERSION) throw new StateFileError("newer");
  return [head, 4 + length];
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
