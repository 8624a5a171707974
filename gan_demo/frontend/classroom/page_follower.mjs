// @ts-check
// Which page the tabs of a class show: the teacher's tabs send theirs when it changes, followers are taken along, and
// whoever goes elsewhere looks around alone until they follow again. Needs no browser.

/** @import { OpenClass, PageLocation } from "../shared/types.js" */
/** @import { PointingChanges } from "./types.js" */

/** @typedef {"teacher" | "projector" | "following" | "alone"} FollowerRole */

/**
 * What a tab remembers of its class, from page to page.
 * @typedef {object} Remembered
 * @property {string} ticket
 * @property {boolean} isFollowing
 * @property {string} led where it was led last, by `locationKey`; "" for nowhere
 * @property {string | null} arrived where it then was, which is elsewhere if that could not be shown; null until then
 * @property {string} own what the teacher's tab showed last
 * @property {number | null} [opened] the number of the handed out lab that it opened; null for none
 */

/**
 * @typedef {object} FollowerHooks
 * @property {(target: PageLocation) => boolean} visit go to another page; false if this is the page already
 * @property {(hash: string) => void} setHash
 * @property {() => string} labHash returns the lab's state on this page, "" while there is none
 * @property {(hash: string) => boolean} openLab open a lab in place of this page's; false while there is none
 * @property {(changes: PointingChanges) => void} push send what the class is shown
 * @property {() => boolean} isVisible whether somebody looks at this tab
 * @property {() => void} save keep what is remembered
 */

/** The parts of the explorer's hash that a follower shares with the teacher. */
const SHARED_STATE = ["z", "y", "psi", "tool"];

/**
 * Return a text by which locations can be compared, without the explorer's state.
 * @param {Pick<PageLocation, "page" | "query"> | null | undefined} target
 */
export function locationKey(target) {
  if (!target) return "";
  const query = Object.entries(target.query).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${target.page}?${query.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/**
 * Return the address of a location, relative to the app's, with more query parameters.
 * @param {PageLocation} target
 * @param {Record<string, string>} more empty ones are left out
 */
export function locationAddress(target, more) {
  const query = new URLSearchParams(Object.entries({ ...target.query, ...more }).filter(([, value]) => value));
  return `${target.page}?${query}${target.hash}`;
}

/** @param {string} hash */
function sharedState(hash) {
  const entries = new URLSearchParams(hash.replace(/^#/, ""));
  return SHARED_STATE.map((name) => entries.get(name)).join(" ");
}

export class PageFollower {
  /** @type {PageLocation | null} what this page shows */
  #own = null;
  /** @type {OpenClass | null} */
  #state = null;
  /** @type {FollowerRole} */
  #role = "alone";
  /** The hash that was set last on this page, "" for none. */
  #setHash = "";
  /** Whether this page is being left. */
  isLeaving = false;

  /**
   * @param {Remembered} memory
   * @param {FollowerHooks} hooks
   */
  constructor(memory, hooks) {
    this.memory = memory;
    this.hooks = hooks;
  }

  /** Whether this page shows what the class is shown. */
  get isThere() {
    return this.#state !== null && locationKey(this.#own) === locationKey(this.#state.place);
  }

  /** Whether the teacher has handed out a lab that this tab, which shows one, has not opened. */
  get hasNewLab() {
    if (this.#role === "teacher" || this.#role === "projector" || !this.#state || !this.isThere) return false;
    return this.#state.place.page === "lab" && (this.memory.opened ?? 0) !== this.#state.lab.handouts;
  }

  /** Open the lab that was handed out last, as a copy. */
  openLab() {
    if (this.#state && this.hooks.openLab(this.#state.place.hash)) this.#openedLab();
  }

  /** The lab that was handed out last is open here. */
  #openedLab() {
    this.#remember({ opened: this.#state?.lab.handouts ?? null });
  }

  /**
   * Take the class's state and this page's location, and go along. Return false if a follower went elsewhere by
   * themselves.
   * @param {OpenClass} state
   * @param {PageLocation | null} own
   * @param {FollowerRole} role
   */
  update(state, own, role) {
    this.#own = own;
    this.#state = state;
    this.#role = role;
    if (role === "alone" || this.isLeaving) return true;
    if (role === "teacher") {
      this.#lead();
      return true;
    }
    return this.#beLed(state);
  }

  /** Somebody looks at this tab again: the class sees what its teacher sees. */
  focus() {
    if (this.#role === "teacher" && this.#own && !this.isThere) this.#push();
  }

  /** Go to what the class is shown, whatever was before. */
  follow() {
    this.#remember({ led: "", arrived: null, opened: this.memory.opened ?? 0 });
  }

  /**
   * The explorer wrote another hash. Return false if a follower left the teacher by that.
   * @param {string} hash
   */
  hashWritten(hash) {
    if (!this.isThere || !this.#state || this.#own?.page !== "explore") return true;
    if (this.#role === "teacher") {
      if (hash !== this.#state.place.hash) this.#push(hash);
      return true;
    }
    if (this.#role !== "following" || !this.#setHash) return true;
    return sharedState(hash) === sharedState(this.#setHash);
  }

  #lead() {
    const key = locationKey(this.#own);
    if (this.#own?.page === "lab") {
      if (!this.hooks.labHash()) return; // its component is still to come
      if (this.isThere && !this.#state?.place.hash) this.#push();
    }
    if (!key || key === this.memory.own) return;
    this.#remember({ own: key });
    if (!this.isThere && this.hooks.isVisible()) this.#push();
  }

  #push(hash = this.#own?.page === "lab" ? this.hooks.labHash() : "") {
    if (this.#own)
      this.hooks.push({ place: { ...this.#own, hash }, ...(this.isThere ? {} : { at: null, highlight: null }) });
  }

  /** @param {OpenClass} state */
  #beLed({ place: target }) {
    const key = locationKey(target);
    const own = locationKey(this.#own);
    if (this.memory.led !== key) {
      const isFirst = this.memory.led === "" && (this.memory.opened ?? null) === null; // by the link of the class
      this.#setHash = "";
      this.#remember({ led: key, arrived: null });
      const isVisiting = own !== key && this.hooks.visit(target);
      if (target.page === "lab" && (isVisiting || isFirst)) this.#openedLab(); // with its page
      if (isVisiting) {
        this.isLeaving = true;
        return true;
      }
    }
    const isProjected = this.#role === "projector" && own === key && target.page === "lab";
    if (isProjected && this.memory.opened !== this.#state?.lab.handouts) this.openLab(); // nobody works there
    if (this.memory.arrived === null) this.#remember({ arrived: own });
    if (this.memory.arrived !== own && this.#role === "following") return false;
    if (own === key && target.page !== "lab" && target.hash && target.hash !== this.#setHash) {
      this.#setHash = target.hash;
      this.hooks.setHash(target.hash);
    }
    return true;
  }

  /** @param {Partial<Remembered>} changes */
  #remember(changes) {
    Object.assign(this.memory, changes);
    this.hooks.save();
  }
}
