// @ts-check
/**
 * The browser's Back as one step of undo: the first change adds one entry to the history of the tab. Back from it
 * undoes the last step, Back again leaves the page.
 */

/** @typedef {"" | "start" | "changed"} Entry which of the explorer's two entries; "" is neither */

/**
 * @typedef {object} Steps
 * @property {boolean} canUndo
 * @property {boolean} canRedo
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {{ now(): void }} address writes the state into the address
 */

export class BackButton {
  #steps;
  #follow;
  #id;
  /** @type {Entry} */
  #entry;

  /**
   * @param {Steps} steps
   * @param {(hash: string) => void} follow shows what an address holds: after a reload there is no step to undo
   * @param {AbortSignal} signal ends it
   */
  constructor(steps, follow, signal) {
    this.#steps = steps;
    this.#follow = follow;
    this.#id = history.state?.explorer?.id ?? crypto.getRandomValues(new Uint32Array(2)).join(); // kept over a reload
    this.#entry = this.#current();
    window.addEventListener("popstate", () => this.#moved(), { signal });
    const linked = (/** @type {HashChangeEvent} */ event) => this.#current() || follow(new URL(event.newURL).hash);
    window.addEventListener("hashchange", linked, { signal }); // after popstate, which has dealt with our entries
  }

  /** Let Back undo a change of the visitor; call it before the address is written. */
  changed() {
    this.#entry = this.#current(); // the page may have added an entry of its own
    if (this.#entry === "changed") return;
    history.replaceState(this.#marked("start"), "");
    history.pushState(this.#marked("changed"), "");
    this.#entry = "changed";
  }

  #moved() {
    const before = this.#entry;
    this.#entry = this.#current();
    if (!this.#entry) return; // another page, another model, or a link in the address bar
    if (before === "changed" && this.#entry === "start" && this.#steps.canUndo) this.#steps.undo();
    else if (before === "start" && this.#entry === "changed" && this.#steps.canRedo) this.#steps.redo();
    else this.#follow(location.hash);
    this.#steps.address.now(); // at once: a second Back may follow
  }

  /** @returns {Entry} */
  #current() {
    const { id, entry } = history.state?.explorer ?? {};
    return id === this.#id ? entry : "";
  }

  /** @param {Entry} entry */
  #marked(entry) {
    return { ...history.state, explorer: { id: this.#id, entry } };
  }
}
