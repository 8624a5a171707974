// @ts-check
// The strip of a class above a page: who follows whom, how many watch, the buttons of teacher and followers, the poll.

import { find } from "../shared/dom.mjs";
import { HASH_WRITTEN } from "../shared/hash_event.mjs";
import { pageLab } from "../shared/page_lab.mjs";
import { isPresenterAddress } from "../shared/presenter_page.mjs";
import { randomId } from "../shared/random_id.mjs";
import { ClassFeed } from "./class_feed.mjs";
import { LabDesk } from "./lab_desk.mjs";
import { voterToken } from "./own_vote.mjs";
import { locationAddress, PageFollower } from "./page_follower.mjs";
import { Poll } from "./poll.mjs";
import { PresenterView } from "./presenter_view.mjs";
import { Steering } from "./steering.mjs";
import { StripView } from "./strip_view.mjs";
import { recallClass, rememberClass } from "./tab_memory.mjs";
import { TeacherSender } from "./teacher_sender.mjs";

/** @import { ClassState, PageLocation } from "../shared/types.js" */
/** @import { FollowerRole } from "./page_follower.mjs" */
/** @import { StripData } from "./types.js" */

/**
 * @typedef {object} StripHooks
 * @property {(step: number | null) => boolean} goTo show a step, null for the newest; false if there is none yet
 * @property {(index: number | null) => void} highlight ring a sample
 * @property {(name: string, value: unknown) => void} trigger run the page's script
 * @property {(control: "pause" | "resume") => void} control
 * @property {() => void} onResize called when the board has another size
 */

const TAB_BYTES = 8;
const TAB = randomId(TAB_BYTES);
const HTML = `<section class="strip" hidden></section><section class="vote" hidden></section>
  <section class="lab-desk" hidden></section>
  <p class="heard" role="status" aria-live="polite"></p>`;

/** @type {Set<string>} the tickets of classes that this page saw going on */
const seen = new Set();
/** @type {Set<string>} the tickets of classes whose end was read */
const dismissed = new Set();

export class ClassStrip {
  /** @type {StripData | null} */
  #data = null;
  /** @type {ClassFeed | null} */
  #feed = null;
  /** @type {ClassState | null} null until it is known */
  #state = null;
  /** @type {PageFollower | null} */
  #follower = null;
  /** Whether the page was opened as the presenter view. */
  #isProjector = isPresenterAddress();
  #ending = new AbortController();
  #onLab = () => this.#take();

  /**
   * @param {HTMLElement} root
   * @param {StripHooks} hooks
   */
  constructor(root, hooks) {
    root.classList.add("classroom");
    root.innerHTML = HTML;
    this.view = new StripView(find(root, ".strip"), {
      follow: () => this.#follow(),
      leave: () => this.#leave(),
      "open-lab": () => this.#openLab(),
      offer: () => this.lab.openForm(),
      "hand-out": () => this.lab.handOut(),
      ask: () => this.poll.openForm(),
      present: () => this.presenter.enter(),
      end: () => this.sender.push({ open: false }),
      reopen: () => this.sender.push({ open: true }),
      dismiss: () => this.#dismiss(),
    });
    this.announcement = find(root, ".heard");
    // on refusal the page is drawn again, with a new key
    this.sender = new TeacherSender(() => hooks.trigger("status", `key ${Date.now()}`));
    this.presenter = new PresenterView(root, hooks.onResize, hooks.control);
    this.steering = new Steering(TAB, false, {
      goTo: hooks.goTo,
      highlight: hooks.highlight,
      push: (changes) => this.sender.push(changes),
      isWaiting: () => this.sender.isWaiting,
    });
    this.poll = new Poll(find(root, ".vote"), {
      send: (route, body) => this.sender.send(route, body),
      trigger: hooks.trigger,
      announce: (text) => this.#announce(text),
      reconnect: () => this.#feed?.renew(),
      onChange: () => this.#draw(),
    });
    this.lab = new LabDesk(find(root, ".lab-desk"), {
      send: (route, body) => this.sender.send(route, body),
      read: () => this.sender.read("lab"),
      voter: () => voterToken(this.#feed?.ticket ?? "", this.#data?.voter ?? ""),
      visit: (target) => this.#visit(target),
      announce: (text) => this.#announce(text),
      onChange: () => this.#draw(),
    });
    pageLab.follow(this.#onLab);
    const { signal } = this.#ending;
    window.addEventListener("focus", () => this.#follower?.focus(), { signal });
    window.addEventListener(HASH_WRITTEN, () => this.#hashWritten(), { signal });
  }

  /** Whether this visitor attends a class that goes on, or may. */
  get isInClass() {
    return Boolean(this.#state?.open);
  }

  /** @param {StripData} data */
  update(data) {
    this.#data = data;
    const ticket = data.ticket || data.offered;
    this.sender.set(ticket, data.presenterKey, TAB);
    if (ticket !== (this.#feed?.ticket ?? "")) this.#enter(ticket);
    else this.#feed?.renew();
    this.presenter.update(data);
    this.#take();
  }

  close() {
    pageLab.unfollow(this.#onLab);
    this.#feed?.close();
    this.#ending.abort();
    this.sender.close();
    this.presenter.leave();
  }

  /**
   * Another step is on show.
   * @param {number} step
   * @param {boolean} isNewest
   * @param {boolean} byHand whether the viewer went there, and was not led there
   */
  moved(step, isNewest, byHand) {
    this.shows(isNewest ? null : step, byHand);
  }

  /**
   * Another moment is on show; null is the newest.
   * @param {number | null} at
   * @param {boolean} byHand
   */
  shows(at, byHand) {
    if (!byHand) this.steering.shows(at);
    else if (!this.#follower?.isLeaving && this.steering.moved(at)) this.#leave();
  }

  /**
   * A sample was selected, or none.
   * @param {number | null} index
   */
  picked(index) {
    this.steering.picked(index);
  }

  /**
   * Attend another class, or none.
   * @param {string} ticket
   */
  #enter(ticket) {
    this.#feed?.close();
    this.#feed = null;
    this.#state = null;
    this.#follower = null;
    this.lab.update(null, null, "alone");
    if (!ticket) return;
    const memory = recallClass(ticket, this.#data?.ticket === ticket);
    this.steering.isFollowing = memory.isFollowing;
    this.#follower = new PageFollower(memory, {
      visit: (target) => this.#visit(target),
      setHash: (hash) => location.replace(hash),
      labHash: () => pageLab.current?.hash() ?? "",
      openLab: (hash) => pageLab.open(hash),
      push: (changes) => this.sender.push(changes),
      isVisible: () => !document.hidden,
      save: () => rememberClass(memory),
    });
    this.#feed = new ClassFeed(ticket, () => voterToken(ticket, this.#data?.voter ?? ""), {
      onState: (state) => {
        if (this.#state?.open && !state.open) this.#announce(this.#data?.texts.ended ?? "");
        this.#state = state;
        this.#take();
      },
      onReturn: () => this.poll.resend(),
    });
  }

  /** Go along with the class's state, and draw it. */
  #take() {
    const data = this.#data;
    const state = this.#state;
    if (!data || !state || !this.#follower) return this.#draw();
    const isTeacher = Boolean(data.presenterKey);
    this.poll.update(state.open ? state.vote : null, data, state.open ? state.watching : 0);
    if (state.open) {
      seen.add(data.ticket);
      dismissed.delete(data.ticket);
      if (!this.#follower.update(state, data.place, this.#role)) this.#leave();
    }
    this.lab.update(state.open ? state : null, data, this.#role);
    if (!this.#follower.isLeaving) this.steering.update(state, isTeacher, !state.open || this.#follower.isThere);
    this.#draw();
  }

  /** @returns {FollowerRole} */
  get #role() {
    if (!this.#data?.presenterKey) return this.steering.isFollowing ? "following" : "alone";
    const isLab = this.#data.place?.page === "lab"; // a teacher works on in the one that they present
    return (isLab ? this.#isProjector : isPresenterAddress()) ? "projector" : "teacher";
  }

  #hashWritten() {
    if (this.#follower && !this.#follower.hashWritten(location.hash)) this.#leave();
  }

  #follow() {
    this.#setFollowing(true);
    if (!this.#data?.ticket && this.#state?.open) {
      this.#visit(this.#state.place); // with the class in the address, so that the page gives this browser a token
      return;
    }
    this.#follower?.follow();
    this.steering.follow();
    this.#take();
    if (this.#data?.presenterKey && this.#state?.open) this.#visit(this.#state.place);
  }

  #leave() {
    this.#setFollowing(false);
    this.steering.leave();
    this.#take();
  }

  #openLab() {
    this.#follower?.openLab();
    this.#draw();
  }

  #dismiss() {
    dismissed.add(this.#data?.ticket ?? "");
    this.#draw();
  }

  /** @param {boolean} isFollowing */
  #setFollowing(isFollowing) {
    this.steering.isFollowing = isFollowing;
    if (!this.#follower) return;
    this.#follower.memory.isFollowing = isFollowing;
    rememberClass(this.#follower.memory);
  }

  /**
   * Go to another page, if this is not it.
   * @param {PageLocation} target
   */
  #visit(target) {
    const isTeacher = Boolean(this.#data?.presenterKey);
    const ticket = isTeacher ? "" : (this.#feed?.ticket ?? ""); // the server knows whose class the teacher's is
    const view = isPresenterAddress() ? "presenter" : "";
    const url = new URL(locationAddress(target, { class: ticket, view }), document.baseURI);
    if (url.pathname === location.pathname && url.search === location.search) return false;
    location.assign(url);
    return true;
  }

  /** @param {string} text */
  #announce(text) {
    this.announcement.textContent = text;
  }

  #draw() {
    const data = this.#data;
    const state = this.#state;
    if (!data || !state || !this.#isShown(data, state)) return this.view.hide();
    if (!state.open) return this.view.drawEnded(data);
    const isThere = Boolean(this.#follower?.isThere);
    this.view.drawOpen(data, state, {
      role: this.steering.role,
      isThere,
      canAsk: !state.vote && !this.poll.isFormOpen,
      canPresent: isThere && this.presenter.isPossible && !this.presenter.isOn,
      lab: this.lab.buttons(isThere, Boolean(this.#follower?.hasNewLab)),
    });
  }

  /**
   * Whether the class goes on, or ended before the eyes of this viewer; a follower who comes later is told, too.
   * @param {StripData} data
   * @param {ClassState} state
   */
  #isShown({ ticket, presenterKey }, state) {
    if (state.open) return true;
    return Boolean(ticket) && !dismissed.has(ticket) && (seen.has(ticket) || !presenterKey);
  }
}
