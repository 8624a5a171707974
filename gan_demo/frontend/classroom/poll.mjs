// A vote of the class: the owner asks and closes, followers answer with one tap, and bars grow.
// The counts come with the state that all browsers are sent; followers see them once they have answered.

import { element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { Composer } from "./poll_form.mjs";

const CHECK =
  '<svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2.2"/></svg>';

export class Vote {
  constructor(root, hooks) {
    Object.assign(this, {
      root,
      hooks,
      vote: null,
      data: null,
      watching: 0,
      drawn: "",
      rows: [],
      applied: "",
      busy: false,
    });
    this.composer = new Composer(
      (body) => this.ask(body),
      () => this.redraw(),
    );
  }

  get composing() {
    return this.composer.open;
  }

  get isMine() {
    return Boolean(this.data?.presenterKey);
  }

  compose() {
    this.composer.start(this.data);
    this.redraw();
    this.hooks.changed();
  }

  async ask(body) {
    const status = await this.hooks.send("poll", { start: body });
    this.hooks.changed();
    return status === 200;
  }

  update(vote, data, watching) {
    const before = this.vote;
    Object.assign(this, { vote, data, watching });
    if (vote && this.composer.open) this.composer.close();
    if (vote && before?.id !== vote.id) this.hooks.say(fill(data.texts.vote_begins, { question: vote.question }));
    else if (vote && before?.open && !vote.open) this.hooks.say(this.outcome());
    this.redraw();
  }

  redraw() {
    const { vote, data, root } = this;
    root.hidden = !vote && !this.composer.open;
    if (root.hidden || !data) {
      this.drawn = "";
      root.replaceChildren();
      return;
    }
    const drawn = vote ? `${vote.id} ${vote.open} ${this.isMine} ${data.language}` : `composer ${data.language}`;
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      root.replaceChildren(...(vote ? this.build() : [this.composer.root]));
    }
    if (vote) this.refresh();
    else this.composer.update(data);
  }

  build() {
    const { vote } = this;
    const list = element("div", { className: "options" });
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", vote.question);
    const taps = vote.open && !this.isMine;
    this.rows = vote.options.map((text, index) => {
      const row = element(taps ? "button" : "div", { className: "option", ...(taps ? { type: "button" } : {}) });
      row.innerHTML = `<i class="fill"></i><span class="text"></span><span class="own">${CHECK}</span><span class="votes"></span>`;
      row.querySelector(".text").textContent = text;
      if (taps) row.addEventListener("click", () => this.choose(index));
      return row;
    });
    list.append(...this.rows);
    this.line = element("p", { className: "outcome" });
    this.tools = element("div", { className: "tools" });
    if (this.isMine) this.tools.append(...this.ownersButtons());
    return [element("h3", { textContent: vote.question }), list, this.line, this.tools];
  }

  ownersButtons() {
    const {
      vote,
      data: { texts },
    } = this;
    const send = (what) => () => this.hooks.send("poll", { [what]: vote.id });
    if (vote.open) return [tool(texts.vote_close, "primary", send("close"))];
    const apply = vote.winners
      .filter((index) => vote.can[index])
      .map((index) => {
        const one = tool(fill(texts.vote_apply, { answer: vote.options[index] }), "primary", () => {
          this.applied = vote.id; // once; what comes of it is on the page
          for (const other of this.tools.querySelectorAll(".primary")) other.disabled = true;
          this.hooks.trigger("vote", { vote: vote.id, index });
        });
        one.disabled = this.applied === vote.id;
        return one;
      });
    return [...apply, tool(texts.vote_clear, "", send("clear"))];
  }

  refresh() {
    const {
      vote,
      data: { texts, language },
    } = this;
    const own = this.own();
    const seen = this.isMine || !vote.open || own !== null;
    this.root.classList.toggle("seen", seen);
    this.rows.forEach((row, index) => {
      const count = vote.counts[index];
      row.classList.toggle("chosen", own === index);
      row.classList.toggle("winner", !vote.open && vote.winners.includes(index));
      if (row.type === "button") row.setAttribute("aria-pressed", String(own === index));
      row.querySelector(".fill").style.transform = `scaleX(${seen ? count / Math.max(1, vote.total) : 0})`;
      row.querySelector(".votes").textContent = seen ? number(language, count) : "";
    });
    const answered = fill(texts.vote_answered, {
      n: number(language, vote.total),
      all: number(language, Math.max(vote.total, this.watching)),
    });
    const said = !vote.open ? this.outcome() : seen ? answered : texts.vote_tap;
    if (this.line.textContent !== said) this.line.textContent = said;
  }

  outcome() {
    const {
      vote,
      data: { texts, language },
    } = this;
    if (!vote.winners.length) return texts.vote_nobody;
    const n = number(language, vote.counts[vote.winners[0]]);
    if (vote.winners.length === 1) {
      return fill(texts.vote_won, { answer: vote.options[vote.winners[0]], n, all: number(language, vote.total) });
    }
    const answers = vote.winners.map((index) => fill(texts.quoted, { answer: vote.options[index] }));
    return fill(texts.vote_tie, { answers: new Intl.ListFormat(language).format(answers), n });
  }

  async choose(index) {
    const { vote } = this;
    if (this.busy || !vote?.open) return;
    this.busy = true;
    const before = this.own();
    remember("gan_demo_vote", JSON.stringify({ id: vote.id, index }));
    this.refresh(); // a tap is answered at once
    const status = await this.hooks.send("vote", { vote: vote.id, choice: index, voter: voter() });
    this.busy = false;
    if (status === 200) return;
    remember("gan_demo_vote", JSON.stringify({ id: vote.id, index: before }));
    if (this.vote?.id !== vote.id) return;
    this.refresh();
    this.line.textContent = status === 409 ? this.data.texts.vote_late : this.data.texts.vote_failed;
  }

  // What this browser answered to the present vote, or null.
  own() {
    try {
      const kept = JSON.parse(recall("gan_demo_vote") ?? "null");
      return kept?.id === this.vote.id && this.vote.options[kept.index] !== undefined ? kept.index : null;
    } catch {
      return null;
    }
  }
}

function tool(words, kind, act) {
  const one = element("button", { type: "button", className: kind, textContent: words });
  one.addEventListener("click", act);
  return one;
}

// Where storage is refused, as in some frames, the page remembers until it is left.
const kept = new Map();

function remember(name, value) {
  kept.set(name, value);
  try {
    localStorage.setItem(name, value);
  } catch {
    /* refused or full: the page remembers */
  }
}

function recall(name) {
  if (kept.has(name)) return kept.get(name);
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

// A random name for browsers without our cookie; the server prefers the cookie.
function voter() {
  const known = recall("gan_demo_voter");
  if (/^[0-9a-f]{32}$/.test(known ?? "")) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  remember("gan_demo_voter", made);
  return made;
}
