// @ts-check
// A poll of the class: the teacher asks and closes it, followers answer with one tap, and bars grow. The counts come
// with the state that all browsers are sent; followers see them once they have answered.

import { element, find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { ownVote, saveOwnVote, saveVoterToken, voterToken } from "./own_vote.mjs";
import { PollForm } from "./poll_form.mjs";
import { outcome, statusLine, voteShares } from "./poll_result.mjs";

/** @import { PollState } from "../shared/types.js" */
/** @import { PollRequest, StripData } from "./types.js" */

// no spaces between the elements, which would belong to an answer's text
const OPTION_HTML = [
  '<i class="fill"></i><span class="text"></span><span class="own">',
  '<svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">',
  '<path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2.2"/></svg>',
  '</span><span class="votes"></span>',
].join("");

/**
 * @typedef {object} PollHooks
 * @property {(route: "poll" | "vote", body: object) => Promise<number>} send returns the status of the answer
 * @property {(name: string, value: unknown) => void} trigger run the page's script
 * @property {(text: string) => void} announce to screen readers
 * @property {() => void} reconnect connect to the class with this browser's present token
 * @property {() => void} onChange called when the form opens or closes, or a poll has been sent
 */

export class Poll {
  /** @type {PollState | null} */
  #poll = null;
  /** @type {StripData | null} */
  #data = null;
  #watching = 0;
  /** What is drawn: another poll, or the same for another viewer, is built anew. */
  #drawn = "";
  /** @type {HTMLElement[]} the options */
  #rows = [];
  #status = element("p", { className: "outcome" });
  #tools = element("div", { className: "tools" });
  /** The id of the poll whose winner has been applied to the run. */
  #appliedId = "";
  #isSending = false;

  /**
   * @param {HTMLElement} root
   * @param {PollHooks} hooks
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.form = new PollForm(
      (request) => this.#start(request),
      () => {
        this.#draw();
        this.hooks.onChange();
      },
    );
  }

  get isFormOpen() {
    return this.form.isOpen;
  }

  openForm() {
    if (this.#data) this.form.open(this.#data);
    this.#draw();
    this.hooks.onChange();
  }

  /**
   * @param {PollState | null} state
   * @param {StripData} data
   * @param {number} watching viewers of the class
   */
  update(state, data, watching) {
    const before = this.#poll;
    const poll = state && inLanguage(state, data.language);
    this.#poll = poll;
    this.#data = data;
    this.#watching = watching;
    if (poll && this.form.isOpen) this.form.close();
    if (poll && before?.id !== poll.id) this.hooks.announce(fill(data.texts.vote_begins, { question: poll.question }));
    else if (poll && before?.open && !poll.open) this.hooks.announce(outcome(poll, data.texts, data.language));
    this.#draw();
  }

  /** Send this browser's vote again, which a server that ended suddenly may have lost. */
  resend() {
    const index = this.#poll?.open ? ownVote(this.#poll) : null;
    if (index !== null && this.#poll && !this.#data?.presenterKey) this.#send(this.#poll.id, index);
  }

  /** @param {PollRequest} request */
  async #start(request) {
    const status = await this.hooks.send("poll", { start: request });
    this.hooks.onChange();
    return status === 200;
  }

  #draw() {
    const poll = this.#poll;
    const data = this.#data;
    this.root.hidden = !poll && !this.form.isOpen;
    if (this.root.hidden || !data) {
      this.#drawn = "";
      this.root.replaceChildren();
      return;
    }
    const isTeacher = Boolean(data.presenterKey);
    const key = poll
      ? `${poll.id} ${poll.open} ${isTeacher} ${data.canApply} ${data.language}`
      : `form ${data.language}`;
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.root.replaceChildren(...(poll ? this.#build(poll, data) : [this.form.root]));
    }
    if (poll) this.#drawCounts(poll, data);
    else this.form.update(data);
  }

  /**
   * @param {PollState} poll
   * @param {StripData} data
   */
  #build(poll, data) {
    const canVote = poll.open && !data.presenterKey;
    this.#rows = poll.options.map((text, index) => {
      const row = canVote
        ? element("button", { type: "button", className: "option", innerHTML: OPTION_HTML })
        : element("div", { className: "option", innerHTML: OPTION_HTML });
      find(row, ".text").textContent = text;
      if (canVote) row.addEventListener("click", () => this.#vote(index));
      return row;
    });
    const list = element("div", { className: "options" }, ...this.#rows);
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", poll.question);
    this.#tools.replaceChildren(...(data.presenterKey ? this.#teacherButtons(poll, data) : []));
    return [element("h2", { textContent: poll.question }), list, this.#status, this.#tools];
  }

  /**
   * @param {PollState} poll
   * @param {StripData} data
   */
  #teacherButtons(poll, { texts, canApply }) {
    /** @param {"close" | "clear"} action */
    const send = (action) => () => this.hooks.send("poll", { [action]: poll.id });
    if (poll.open) return [toolButton(texts.vote_close, "primary", send("close"))];
    const applicable = canApply ? poll.winners.filter((index) => poll.can[index]) : [];
    const apply = applicable.map((index) => {
      const label = fill(texts.vote_apply, { answer: poll.options[index] });
      return toolButton(label, "primary", () => this.#apply(poll.id, index));
    });
    for (const button of apply) button.disabled = this.#appliedId === poll.id;
    return [...apply, toolButton(texts.vote_clear, "", send("clear"))];
  }

  /**
   * Apply an option's settings to the run, once; the page shows what comes of it.
   * @param {string} pollId
   * @param {number} index
   */
  #apply(pollId, index) {
    this.#appliedId = pollId;
    for (const button of this.#tools.querySelectorAll("button")) {
      if (button.classList.contains("primary")) button.disabled = true;
    }
    this.hooks.trigger("vote", { vote: pollId, index });
  }

  /**
   * @param {PollState} poll
   * @param {StripData} data
   */
  #drawCounts(poll, { texts, language, presenterKey }) {
    const own = ownVote(poll);
    const isSeen = Boolean(presenterKey) || !poll.open || own !== null;
    const shares = voteShares(poll);
    this.root.classList.toggle("seen", isSeen);
    this.#rows.forEach((row, index) => {
      row.classList.toggle("chosen", own === index);
      row.classList.toggle("winner", !poll.open && poll.winners.includes(index));
      if (row instanceof HTMLButtonElement) row.setAttribute("aria-pressed", String(own === index));
      find(row, ".fill").style.transform = `scaleX(${isSeen ? shares[index] : 0})`;
      find(row, ".votes").textContent = isSeen ? number(language, poll.counts[index]) : "";
    });
    const status = statusLine(poll, isSeen, this.#watching, texts, language);
    if (this.#status.textContent !== status) this.#status.textContent = status;
  }

  /** @param {number} index */
  async #vote(index) {
    const poll = this.#poll;
    const data = this.#data;
    if (this.#isSending || !data || !poll?.open) return;
    this.#isSending = true;
    const before = ownVote(poll);
    saveOwnVote(poll.id, index);
    this.#drawCounts(poll, data); // a tap is answered at once
    const status = await this.#send(poll.id, index);
    this.#isSending = false;
    if (status === 200) return;
    saveOwnVote(poll.id, before);
    if (this.#poll?.id !== poll.id) return;
    this.#drawCounts(this.#poll, this.#data ?? data);
    this.#status.textContent = refusal(status, data.texts);
  }

  /**
   * Send a vote; return the status of the answer. A token that the class no longer knows is replaced for the next one.
   * @param {string} pollId
   * @param {number} choice
   */
  async #send(pollId, choice) {
    const { ticket, voter: issued } = this.#data ?? { ticket: "", voter: "" };
    const voter = voterToken(ticket, issued);
    const status = voter ? await this.hooks.send("vote", { vote: pollId, choice, voter }) : 403;
    if (status !== 403) return status;
    if (issued && issued !== voter) {
      saveVoterToken(ticket, issued);
      this.hooks.reconnect();
      return status;
    }
    this.hooks.trigger("status", `voter ${Date.now()}`); // the page asks the server for a token again
    return status;
  }
}

/**
 * Return why a vote was not counted, by the status of the answer.
 * @param {number} status
 * @param {StripData["texts"]} texts
 */
function refusal(status, texts) {
  if (status === 429) return texts.vote_many;
  return status === 409 ? texts.vote_late : texts.vote_failed;
}

/**
 * Return a ready-made poll with its texts in a language; one that the teacher wrote as it is.
 * @param {PollState} poll
 * @param {string} language
 * @returns {PollState}
 */
function inLanguage(poll, language) {
  return { ...poll, ...poll.texts[language] };
}

/**
 * @param {string} label
 * @param {string} className
 * @param {() => void} onClick
 */
function toolButton(label, className, onClick) {
  const button = element("button", { type: "button", className, textContent: label });
  button.addEventListener("click", onClick);
  return button;
}
