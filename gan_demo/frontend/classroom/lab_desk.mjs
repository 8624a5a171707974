// @ts-check
// The lab of a class: the teacher hands theirs out and sees what pupils offer; pupils offer theirs; and all see the one
// that the teacher put on the board.

import { element } from "../shared/dom.mjs";
import { pageLab } from "../shared/page_lab.mjs";
import { offerCard, toolButton } from "./offer_card.mjs";
import { OfferForm, outcomeOf } from "./offer_form.mjs";
import { OfferList } from "./offer_list.mjs";

/** @import { OpenClass, PageLocation } from "../shared/types.js" */
/** @import { NewOffer } from "./offer_form.mjs" */
/** @import { FollowerRole } from "./page_follower.mjs" */
/** @import { LabButton } from "./strip_view.mjs" */
/** @import { LabOffers, StripData } from "./types.js" */

/**
 * @typedef {object} LabHooks
 * @property {(route: "lab" | "offer", body: object) => Promise<number>} send returns the status of the answer
 * @property {() => Promise<unknown>} read returns what the server says of the offers
 * @property {() => string} voter returns the token of this browser, or ""
 * @property {(target: PageLocation) => boolean} visit go to another page; false if this is the page already
 * @property {(text: string) => void} announce to screen readers
 * @property {() => void} onChange called when the form opens or closes
 */

/** @type {LabOffers} */
const NOTHING = { offers: [], shown: null };
const OK = 200;

export class LabDesk {
  /** @type {StripData | null} */
  #data = null;
  /** @type {OpenClass | null} */
  #state = null;
  /** @type {FollowerRole} */
  #role = "alone";
  /** @type {LabOffers} */
  #known = NOTHING;
  #fetched = ""; // the version of `#known`
  #drawnBoard = "";
  #hadNewLab = false;
  #note = element("p", { className: "note", hidden: true });
  #board = element("div", { className: "lab-board", hidden: true });

  /**
   * @param {HTMLElement} root
   * @param {LabHooks} hooks
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.form = new OfferForm(
      (offer) => this.#offer(offer),
      () => {
        this.#draw();
        hooks.onChange();
      },
    );
    this.list = new OfferList(
      (change) => this.#teach(change),
      (hash) => this.#open(hash),
    );
    root.append(this.#note, this.form.root, this.#board, this.list.root);
  }

  /**
   * @param {OpenClass | null} state null without a class, or after its end
   * @param {StripData | null} data
   * @param {FollowerRole} role
   */
  update(state, data, role) {
    this.#state = state;
    this.#data = data;
    this.#role = role;
    if (!state) this.#say("");
    if (this.form.isOpen && !(state?.lab.offering && pageLab.current)) this.form.close();
    this.#fetch();
    this.#draw();
  }

  /**
   * Return the buttons of the strip for the lab of this page.
   * @param {boolean} isThere whether this page shows what the class is shown
   * @param {boolean} hasNewLab whether the teacher has handed out another lab
   */
  buttons(isThere, hasNewLab) {
    if (hasNewLab && !this.#hadNewLab) this.hooks.announce(this.#data?.texts.lab_handed ?? "");
    this.#hadNewLab = hasNewLab;
    /** @type {LabButton[]} */
    const buttons = [];
    if (!pageLab.current || !this.#state) return buttons;
    if (this.#role === "teacher" && isThere) buttons.push("hand-out");
    if (hasNewLab) buttons.push("open-lab");
    if (!this.#isTeacher && this.#state.lab.offering && this.hooks.voter() && !this.form.isOpen) buttons.push("offer");
    return buttons;
  }

  /** Hand out the lab of this page. */
  async handOut() {
    const hash = pageLab.current?.hash();
    if (!hash) return;
    const status = await this.hooks.send("lab", { hand_out: hash });
    this.#say(status === OK ? this.#data?.texts.lab_handed_out : this.#data?.texts.lab_failed);
  }

  /** Open the form that offers the lab of this page, as it is now. */
  openForm() {
    const lab = pageLab.current;
    if (!lab || !this.#data) return;
    this.#say("");
    this.form.open(this.#data.texts, { hash: lab.hash(), picture: lab.picture() });
    this.#draw();
    this.hooks.onChange();
  }

  get #isTeacher() {
    return this.#role === "teacher" || this.#role === "projector";
  }

  /** Fetch the offers if there are others: all as the teacher, else the one on the board. */
  async #fetch() {
    const lab = this.#state?.lab;
    const version = !lab ? "" : this.#isTeacher ? `${lab.changes || ""}` : (lab.shown ?? "");
    if (version === this.#fetched) return;
    this.#fetched = version;
    if (!version) {
      this.#known = NOTHING;
      return;
    }
    try {
      const known = /** @type {LabOffers} */ (await this.hooks.read());
      if (this.#fetched === version) this.#known = known;
      this.#draw();
    } catch {
      if (this.#fetched === version) this.#fetched = "\n"; // the next state tries again
    }
  }

  /** @param {NewOffer} offer */
  async #offer(offer) {
    const status = await this.hooks.send("offer", { ...offer, voter: this.hooks.voter() });
    this.#say(this.#data?.texts[outcomeOf(status)]);
    return status === OK;
  }

  /** @param {import("./offer_list.mjs").OfferChange} change */
  async #teach(change) {
    const status = await this.hooks.send("lab", change);
    this.#say(status === OK ? "" : this.#data?.texts.lab_failed);
  }

  /**
   * Open a copy of a lab, here or on the lab's page.
   * @param {string} hash
   */
  #open(hash) {
    if (!pageLab.open(hash)) this.hooks.visit({ page: "lab", query: {}, hash });
  }

  /** @param {string} [text] */
  #say(text = "") {
    this.#note.textContent = text;
    this.#note.hidden = !text;
    if (text) this.hooks.announce(text);
    this.#draw();
  }

  #draw() {
    const data = this.#data;
    const state = this.#state;
    const shown = state?.lab.shown && this.#known.shown?.id === state.lab.shown ? this.#known.shown : null;
    const isListed =
      this.#role === "teacher" && state !== null && (state.place.page === "lab" || this.#known.offers.length > 0);
    this.form.root.hidden = !this.form.isOpen;
    this.#board.hidden = !shown;
    this.list.root.hidden = !isListed;
    this.root.hidden = !state || !(shown || isListed || this.form.isOpen || this.#note.textContent);
    if (!data || !state) return;
    if (isListed) this.list.draw(data, this.#known.offers, state.lab);
    const key = shown ? `${shown.id} ${data.language} ${pageLab.current !== null} ${this.#role}` : "";
    if (key === this.#drawnBoard) return;
    this.#drawnBoard = key;
    const { texts } = data;
    this.#board.replaceChildren();
    if (!shown) return;
    const buttons = [toolButton(texts.lab_open, () => this.#open(shown.hash))];
    if (this.#role === "teacher") buttons.push(toolButton(texts.lab_hide, () => this.#teach({ show: null })));
    this.#board.append(element("h2", { textContent: texts.lab_board }), offerCard(shown, texts, buttons));
  }
}
