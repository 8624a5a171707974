// @ts-check
/**
 * Keys that run the training: space, arrows, d and g. In slow motion the arrows go through its steps.
 * @import { Session } from "./session.mjs"
 * @import { SlowMotion } from "./slow/panel.mjs"
 * @import { Transport } from "./transport.mjs"
 */

const TAKES_KEYS = /^(INPUT|TEXTAREA|SELECT)$/; // elements with keys of their own
const TAKES_SPACE = /^(BUTTON|SUMMARY|A)$/; // elements that the space bar presses, or that have no other key

/**
 * Listen to the keys of a lab, unless its link hides the transport.
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {Transport} transport
 * @param {SlowMotion} slow
 */
export function listenToKeys(root, session, transport, slow) {
  /** @type {Record<string, () => void>} */
  const actions = {
    " ": () => transport.toggle(),
    ArrowRight: () => (slow.isOpen ? slow.go(1) : session.step("both")),
    ArrowLeft: () => (slow.isOpen ? slow.go(-1) : session.back()),
    d: () => session.step("d"),
    g: () => session.step("g"),
  };
  root.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const action = actions[event.key];
    if (!action || session.state.hidden.includes("play") || TAKES_KEYS.test(target.tagName)) return;
    if (event.key === " " && TAKES_SPACE.test(target.tagName)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
