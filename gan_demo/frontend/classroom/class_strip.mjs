// @ts-check
// The strip of a class above the board: who follows whom, how many watch, the buttons of teacher and followers, the
// poll.

import { element, find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { Poll } from "./poll.mjs";
import { PresenterView } from "./presenter_view.mjs";
import { randomId } from "./random_id.mjs";
import { Steering } from "./steering.mjs";
import { TeacherSender } from "./teacher_sender.mjs";

/** @import { OpenClass } from "../shared/types.js" */
/** @import { ClassTexts, StripData } from "./types.js" */

/**
 * @typedef {object} StripHooks
 * @property {(step: number | null) => boolean} goTo show a step, null for the newest; false if there is none yet
 * @property {(index: number | null) => void} highlight ring a sample
 * @property {(name: string, value: unknown) => void} trigger run the page's script
 * @property {() => void} onResize called when the board has another size
 */

const TAB_BYTES = 8;
const HTML = `<section class="strip" hidden><span class="state"><i aria-hidden="true"></i><b></b><span></span></span>
    <span class="join"></span><span class="buttons"></span></section><section class="vote" hidden></section>
  <p class="heard" role="status" aria-live="polite"></p>`;

export class ClassStrip {
  /** @type {StripData | null} */
  #data = null;
  /** The run with which the class went on, or "". */
  #movedTo = "";
  #isLeaving = false;
  /** The address and code that are drawn. */
  #drawnCode = "";
  #tab = randomId(TAB_BYTES);

  /**
   * @param {HTMLElement} root
   * @param {StripHooks} hooks
   */
  constructor(root, hooks) {
    root.classList.add("classroom");
    root.innerHTML = HTML;
    this.strip = find(root, ".strip");
    this.title = find(root, ".state b");
    this.count = find(root, ".state span");
    this.join = find(root, ".join");
    this.announcement = find(root, ".heard");
    // on refusal the page is drawn again, with a new key
    this.sender = new TeacherSender(() => hooks.trigger("status", `key ${Date.now()}`));
    this.presenter = new PresenterView(root, () => hooks.onResize());
    const isFollowing = new URLSearchParams(location.search).get("class") === "1";
    this.steering = new Steering(this.#tab, isFollowing, {
      goTo: hooks.goTo,
      highlight: hooks.highlight,
      push: (changes) => this.sender.push(changes),
      isWaiting: () => this.sender.isWaiting,
    });
    this.poll = new Poll(find(root, ".vote"), {
      send: (route, body) => this.sender.send(route, body),
      trigger: hooks.trigger,
      announce: (text) => {
        this.announcement.textContent = text;
      },
      onChange: () => this.#draw(),
    });
    this.buttons = {
      follow: stripButton("follow", () => this.#follow()),
      leave: stripButton("leave", () => this.#leave()),
      ask: stripButton("ask", () => this.poll.openForm()),
      present: stripButton("present", () => this.presenter.enter()),
      end: stripButton("end", () => this.sender.push({ open: false })),
    };
    find(root, ".buttons").append(...Object.values(this.buttons));
  }

  /** @param {StripData} data */
  update(data) {
    this.#data = data;
    const state = data.class;
    const isTeacher = Boolean(data.presenterKey);
    this.#movedTo = state.open ? "" : (state.moved ?? "");
    this.sender.set(data.run, data.presenterKey, this.#tab);
    this.presenter.update(data);
    this.poll.update(state.open ? state.vote : null, data, state.open ? state.watching : 0);
    const comesAlong = isTeacher ? this.presenter.isOn : this.steering.isFollowing;
    if (this.#movedTo && comesAlong) this.#comeAlong();
    else this.steering.update(state, isTeacher);
    this.#draw();
  }

  close() {
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
    if (byHand && !this.#isLeaving && this.steering.moved(isNewest ? null : step)) this.#draw();
  }

  /**
   * A sample was selected, or none.
   * @param {number | null} index
   */
  picked(index) {
    this.steering.picked(index);
  }

  #follow() {
    if (this.#movedTo) return this.#comeAlong();
    this.steering.follow();
    this.#draw();
  }

  #leave() {
    this.steering.leave();
    this.#draw();
  }

  /** Go to the run with which the class went on. */
  #comeAlong() {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    const url = new URL(location.href);
    url.searchParams.set("run", this.#movedTo);
    url.searchParams.set("class", "1");
    location.assign(url);
  }

  #draw() {
    const data = this.#data;
    if (!data) return;
    this.strip.hidden = !data.class.open && !this.#movedTo;
    if (this.strip.hidden) return;
    if (data.class.open) this.#drawOpen(data, data.class);
    else this.#drawMoved(data.texts);
  }

  /**
   * @param {StripData} data
   * @param {OpenClass} state
   */
  #drawOpen({ texts, language, join }, state) {
    const { role } = this.steering;
    const isTeacher = role === "teacher";
    this.strip.setAttribute("aria-label", texts.region);
    this.strip.classList.toggle("alone", role === "alone");
    this.strip.dataset.role = role;
    setText(this.title, { teacher: texts.teaching, following: texts.following, alone: texts.alone }[role]);
    const watching = state.watching === 1 ? texts.watching_one : texts.watching;
    setText(this.count, fill(watching, { n: number(language, state.watching) }));
    if (this.#drawnCode !== join + state.code) {
      this.#drawnCode = join + state.code;
      this.join.replaceChildren(join, element("b", { textContent: state.code }));
    }
    this.join.hidden = !isTeacher;
    setButton(this.buttons.follow, texts.follow, role === "alone");
    setButton(this.buttons.leave, texts.leave, role === "following");
    setButton(this.buttons.ask, texts.ask, isTeacher && !state.vote && !this.poll.isFormOpen);
    setButton(this.buttons.present, texts.present, isTeacher && !this.presenter.isOn);
    setButton(this.buttons.end, texts.end, isTeacher);
  }

  /**
   * The class went on with another run, and this viewer may come along.
   * @param {ClassTexts} texts
   */
  #drawMoved(texts) {
    this.strip.classList.add("alone");
    this.strip.dataset.role = "moved";
    setText(this.title, texts.moved);
    setText(this.count, "");
    this.join.hidden = true;
    for (const button of Object.values(this.buttons)) button.hidden = true;
    setButton(this.buttons.follow, texts.follow, true);
  }
}

/**
 * @param {string} className
 * @param {() => void} onClick
 */
function stripButton(className, onClick) {
  const button = element("button", { type: "button", className });
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} label
 * @param {boolean} isShown
 */
function setButton(button, label, isShown) {
  setText(button, label);
  button.hidden = !isShown;
}

/**
 * Set a text unless it is there already, so that screen readers do not repeat it.
 * @param {HTMLElement} target
 * @param {string} text
 */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
