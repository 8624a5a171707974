// @ts-check
// How the strip of a class looks: its sentence, the number of viewers, the code, and the buttons for each role.

import { element, find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";

/** @import { OpenClass } from "../shared/types.js" */
/** @import { Role } from "./steering.mjs" */
/** @import { StripData } from "./types.js" */

/** @typedef {"follow" | "leave" | "ask" | "present" | "end" | "reopen" | "dismiss" | LabButton} ButtonName */
/** @typedef {"hand-out" | "open-lab" | "offer"} LabButton */

/**
 * @typedef {object} StripSituation
 * @property {Role} role
 * @property {boolean} isThere whether this page shows what the class is shown
 * @property {boolean} canAsk whether a poll may be started
 * @property {boolean} canPresent whether there is a presenter view to enter
 * @property {LabButton[]} lab what may be done with the lab of this page
 */

const HTML = `<span class="state"><i aria-hidden="true"></i><b></b><span></span></span><span class="join"></span>
  <span class="buttons"></span>`;

export class StripView {
  /** @type {Map<ButtonName, HTMLButtonElement>} */
  #buttons = new Map();
  /** The address and code that are drawn. */
  #drawnCode = "";

  /**
   * @param {HTMLElement} root
   * @param {Record<ButtonName, () => void>} actions
   */
  constructor(root, actions) {
    this.root = root;
    root.innerHTML = HTML;
    this.title = find(root, ".state b");
    this.count = find(root, ".state span");
    this.join = find(root, ".join");
    for (const [name, action] of /** @type {[ButtonName, () => void][]} */ (Object.entries(actions))) {
      const button = element("button", { type: "button", className: name });
      button.addEventListener("click", action);
      this.#buttons.set(name, button);
    }
    find(root, ".buttons").append(...this.#buttons.values());
  }

  hide() {
    this.root.hidden = true;
  }

  /**
   * @param {StripData} data
   * @param {OpenClass} state
   * @param {StripSituation} situation
   */
  drawOpen({ texts, language, join }, state, { role, isThere, canAsk, canPresent, lab }) {
    const isTeacher = role === "teacher";
    const isApart = role === "alone" || (isTeacher && !isThere);
    const alone = isThere ? texts.alone : texts[`elsewhere_${state.place.page}`];
    const isLab = isThere && state.place.page === "lab";
    const teaching = isLab ? texts.teaching_lab : texts.teaching;
    const following = isLab ? texts.following_lab : texts.following;
    const title = { teacher: isThere ? teaching : texts.still, following, alone }[role];
    const watching = state.watching === 1 ? texts.watching_one : texts.watching;
    this.#draw(role, isApart, title, fill(watching, { n: number(language, state.watching) }), texts.region);
    if (this.#drawnCode !== join + state.code) {
      this.#drawnCode = join + state.code;
      this.join.replaceChildren(join, element("b", { textContent: state.code }));
    }
    this.join.hidden = !isTeacher;
    this.#showButtons({
      follow: isApart && (isTeacher ? texts.back : texts.follow),
      leave: role === "following" && texts.leave,
      "open-lab": lab.includes("open-lab") && texts.lab_open_teachers,
      "hand-out": lab.includes("hand-out") && texts.lab_hand_out,
      offer: lab.includes("offer") && texts.lab_mine,
      ask: isTeacher && canAsk && texts.ask,
      present: isTeacher && canPresent && texts.present,
      end: isTeacher && texts.end,
    });
  }

  /** @param {StripData} data */
  drawEnded({ texts, presenterKey }) {
    this.#draw("ended", false, texts.ended, "", texts.region);
    this.join.hidden = true;
    this.#showButtons({ reopen: presenterKey !== null && texts.reopen, dismiss: texts.dismiss });
  }

  /**
   * @param {Role | "ended"} role
   * @param {boolean} isApart whether the viewer sees something else than the class
   * @param {string} title
   * @param {string} count
   * @param {string} region the name of the strip
   */
  #draw(role, isApart, title, count, region) {
    this.root.hidden = false;
    this.root.setAttribute("aria-label", region);
    this.root.classList.toggle("alone", isApart);
    this.root.dataset.role = role;
    setText(this.title, title);
    setText(this.count, count);
  }

  /** @param {Partial<Record<ButtonName, string | false>>} labels those of the buttons to show */
  #showButtons(labels) {
    for (const [name, button] of this.#buttons) {
      setText(button, labels[name] || "");
      button.hidden = !labels[name];
    }
  }
}

/**
 * Set a text unless it is there already, so that screen readers do not repeat it.
 * @param {HTMLElement} target
 * @param {string} text
 */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
