// @ts-check
/** The event of the window after a script wrote the hash of the address, of which the browser gives no event. */
export const HASH_WRITTEN = "gan-demo:hash-written";
