// @ts-check
/**
 * A lab in a file: its link and the state of its training, as JSON.
 */

const FORMAT = "gan_demo lab";
const VERSION = 1;
export const MAX_BYTES = 32_000_000;

/** Says why a file is no lab: a key of the page's sentences. */
export class LabFileError extends Error {
  /** @param {"file.not_lab" | "file.newer" | "file.damaged"} key */
  constructor(key) {
    super(key);
    this.name = "LabFileError";
    this.key = key;
  }
}

/**
 * @param {string} hash
 * @param {Uint8Array | null} state
 */
export function writeLabFile(hash, state) {
  return JSON.stringify({ format: FORMAT, version: VERSION, hash, state: state && encode(state) });
}

/**
 * Return what a file holds. Throws LabFileError.
 * @param {string} text
 * @returns {{ hash: string, state: Uint8Array | null }}
 */
export function readLabFile(text) {
  const file = parse(text);
  if (file?.format !== FORMAT) throw new LabFileError("file.not_lab");
  if (!(typeof file.version === "number" && file.version <= VERSION)) throw new LabFileError("file.newer");
  const state = file.state ? decode(file.state) : null;
  if (typeof file.hash !== "string" || (file.state && !state)) throw new LabFileError("file.damaged");
  return { hash: file.hash, state };
}

/**
 * @param {string} text
 * @returns {Record<string, unknown> | null}
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : null;
  } catch {
    return null; // not JSON
  }
}

/** @param {Uint8Array} bytes */
function encode(bytes) {
  let letters = "";
  const chunk = 0x8000;
  for (let k = 0; k < bytes.length; k += chunk) letters += String.fromCharCode(...bytes.subarray(k, k + chunk));
  return btoa(letters);
}

/** @param {unknown} text */
function decode(text) {
  if (typeof text !== "string") return null;
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null; // not base64
  }
}
