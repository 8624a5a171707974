// @ts-check
// The teacher's form for a poll: a question and two to six answers, typed or taken from a template. An answer that is
// edited loses its settings.

import { element, find } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";

/** @import { PollOption, PollRequest, PollSettings, PollTemplate, StripData } from "./types.js" */

const MAX_ANSWERS = 6;
const MIN_ANSWERS = 2;
const MAX_ANSWER_LENGTH = 60; // characters, as in gan_demo/classroom/polls.py

const HTML = `<div class="templates" role="group"></div>
  <label class="question"><span></span><input maxlength="140"></label>
  <div class="answers"></div><p class="wrong" role="alert" hidden></p>
  <div class="tools"><button class="add" type="button"></button>
  <button class="primary" type="submit"></button><button class="cancel" type="button"></button></div>`;

/**
 * Return what to send to start a poll, or null while it lacks a question or two different answers.
 * @param {string} question
 * @param {{ text: string, settings: PollSettings | null }[]} answers empty ones are left out
 * @returns {PollRequest | null}
 */
export function pollRequest(question, answers) {
  /** @type {PollOption[]} */
  const options = answers
    .map(({ text, settings }) => (settings ? { text: text.trim(), settings } : { text: text.trim() }))
    .filter((option) => option.text);
  const isDistinct = new Set(options.map((option) => option.text)).size === options.length;
  if (!question.trim() || options.length < MIN_ANSWERS || !isDistinct) return null;
  return { question: question.trim(), options };
}

/** A row of the form: one answer, and the button that removes it. */
class AnswerRow {
  /**
   * @param {string} text
   * @param {PollSettings | null} settings
   * @param {(row: AnswerRow) => void} onRemove
   */
  constructor(text, settings, onRemove) {
    /** @type {PollSettings | null} */
    this.settings = settings;
    this.input = element("input", { value: text, maxLength: MAX_ANSWER_LENGTH });
    this.remove = element("button", { type: "button", textContent: "✕", className: "remove" });
    this.root = element("div", { className: "answer" }, this.input, this.remove);
    this.input.addEventListener("input", () => {
      this.settings = null; // "×3" must not do what "×2" would have
    });
    this.remove.addEventListener("click", () => onRemove(this));
  }

  get text() {
    return this.input.value;
  }
}

export class PollForm {
  isOpen = false;
  root = element("form", { className: "composer", innerHTML: HTML });
  /** @type {StripData | null} */
  #data = null;
  /** @type {AnswerRow[]} */
  #rows = [];
  #templates = find(this.root, ".templates");
  #label = find(this.root, ".question span");
  #question = find(this.root, ".question input", HTMLInputElement);
  #answers = find(this.root, ".answers");
  #problem = find(this.root, ".wrong");
  #add = find(this.root, ".add", HTMLButtonElement);
  #submit = find(this.root, ".primary", HTMLButtonElement);
  #cancel = find(this.root, ".cancel", HTMLButtonElement);

  /**
   * @param {(request: PollRequest) => Promise<boolean>} onStart returns whether the poll was started
   * @param {() => void} onClose
   */
  constructor(onStart, onClose) {
    this.onStart = onStart;
    this.onClose = onClose;
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // closes the form, and not the presenter view as well
      this.close();
    });
    this.#add.addEventListener("click", () => {
      this.#addRow();
      this.#rows.at(-1)?.input.focus();
    });
    this.#cancel.addEventListener("click", () => this.close());
  }

  /** @param {StripData} data */
  open(data) {
    this.isOpen = true;
    this.#problem.hidden = true;
    this.#take(data.templates[0]);
    requestAnimationFrame(() => this.#question.focus({ preventScroll: true }));
  }

  close() {
    this.isOpen = false;
    this.onClose();
  }

  /** @param {StripData} data */
  update(data) {
    if (this.#data?.language === data.language) return;
    this.#data = data;
    const { texts } = data;
    this.#templates.setAttribute("aria-label", texts.ask_templates);
    this.#templates.replaceChildren(
      ...data.templates.map((template) => {
        const button = element("button", { type: "button", textContent: template.name });
        button.addEventListener("click", () => this.#take(template));
        return button;
      }),
    );
    this.#label.textContent = texts.ask_question;
    this.#add.textContent = texts.ask_add;
    this.#submit.textContent = texts.ask_start;
    this.#cancel.textContent = texts.ask_cancel;
    this.#numberRows();
  }

  /** @param {PollTemplate} template */
  #take(template) {
    this.#question.value = template.question;
    this.#answers.replaceChildren();
    this.#rows = [];
    for (const { text, settings } of template.options) this.#addRow(text, settings);
  }

  /**
   * @param {string} [text]
   * @param {PollSettings | null} [settings]
   */
  #addRow(text = "", settings = null) {
    if (this.#rows.length >= MAX_ANSWERS) return;
    const row = new AnswerRow(text, settings, (removed) => this.#removeRow(removed));
    this.#rows.push(row);
    this.#answers.append(row.root);
    this.#numberRows();
  }

  /** @param {AnswerRow} row */
  #removeRow(row) {
    row.root.remove();
    this.#rows = this.#rows.filter((other) => other !== row);
    this.#numberRows();
  }

  #numberRows() {
    const texts = this.#data?.texts;
    this.#rows.forEach(({ input, remove }, index) => {
      const name = texts ? fill(texts.ask_answer, { n: index + 1 }) : "";
      input.setAttribute("aria-label", name);
      input.placeholder = name;
      remove.setAttribute("aria-label", texts ? fill(texts.ask_remove, { n: index + 1 }) : "");
      remove.hidden = this.#rows.length <= MIN_ANSWERS;
    });
    this.#add.hidden = this.#rows.length >= MAX_ANSWERS;
  }

  async #start() {
    const request = pollRequest(this.#question.value, this.#rows);
    if (!request) return this.#showProblem(this.#data?.texts.ask_incomplete);
    this.#submit.disabled = true;
    const isStarted = await this.onStart(request);
    this.#submit.disabled = false;
    if (isStarted) this.close();
    else this.#showProblem(this.#data?.texts.ask_failed);
  }

  #showProblem(text = "") {
    this.#problem.textContent = text;
    this.#problem.hidden = false;
  }
}
