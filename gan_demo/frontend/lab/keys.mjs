// @ts-check
/**
 * Keys that run the training: space, arrows, d and g.
 * @import { Session } from "./session.mjs"
 * @import { Transport } from "./transport.mjs"
 */

const TAKES_KEYS = /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/; // elements with keys of their own

/**
 * Listen to the keys of a lab, unless its link hides the transport.
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {Transport} transport
 */
export function listenToKeys(root, session, transport) {
  /** @type {Record<string, () => void>} */
  const actions = {
    " ": () => transport.toggle(),
    ArrowRight: () => session.step("both"),
    ArrowLeft: () => session.back(),
    d: () => session.step("d"),
    g: () => session.step("g"),
  };
  root.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const action = actions[event.key];
    if (!action || session.state.hidden.includes("play") || TAKES_KEYS.test(target.tagName)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
