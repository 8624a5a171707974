// @ts-check

/**
 * Return a random id of so many bytes, as hexadecimal digits.
 * @param {number} bytes
 */
export function randomId(bytes) {
  const values = [...crypto.getRandomValues(new Uint8Array(bytes))];
  return values.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
