// The owner's form for a vote: a question and two to six answers, typed or taken from a template.
// data.templates: [{name, question, options: [{text, settings}]}]; an answer that is edited loses its settings.
import { element } from "../shared/dom.mjs";

const MOST = 6;

export class Composer {
  constructor(onAsk, onChange) {
    Object.assign(this, { onAsk, onChange, open: false, options: [], data: null });
    this.root = element("form", { className: "composer" });
    this.root.innerHTML = `<div class="templates" role="group"></div><label class="question"><span></span><input maxlength="140"></label>
      <div class="answers"></div><p class="wrong" role="alert" hidden></p><div class="tools"><button class="add" type="button"></button>
      <button class="primary" type="submit"></button><button class="cancel" type="button"></button></div>`;
    const find = (name) => this.root.querySelector(name);
    Object.assign(this, {
      templates: find(".templates"),
      label: find(".question span"),
      question: find(".question input"),
      answers: find(".answers"),
      wrong: find(".wrong"),
      add: find(".add"),
      submit: find(".primary"),
      cancel: find(".cancel"),
    });
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.add.addEventListener("click", () => {
      this.insert();
      this.answers.lastElementChild.querySelector("input").focus();
    });
    this.cancel.addEventListener("click", () => this.close());
  }

  start(data) {
    this.open = true;
    this.wrong.hidden = true;
    this.take(data.templates[0]);
    requestAnimationFrame(() => this.question.focus({ preventScroll: true }));
  }

  close() {
    this.open = false;
    this.onChange();
  }

  update(data) {
    if (this.language === data.language) return;
    this.language = data.language;
    this.texts = data.texts;
    const { texts } = data;
    this.templates.setAttribute("aria-label", texts.ask_templates);
    this.templates.replaceChildren(
      ...data.templates.map((one) => {
        const button = element("button", { type: "button", textContent: one.name });
        button.addEventListener("click", () => this.take(one));
        return button;
      }),
    );
    this.label.textContent = texts.ask_question;
    this.add.textContent = texts.ask_add;
    this.submit.textContent = texts.ask_start;
    this.cancel.textContent = texts.ask_cancel;
    this.number();
  }

  take(template) {
    this.question.value = template.question;
    this.answers.replaceChildren();
    for (const one of template.options) this.insert(one.text, one.settings);
  }

  insert(text = "", settings = null) {
    if (this.answers.children.length >= MOST) return;
    const row = element("div", { className: "answer" });
    const input = element("input", { value: text, maxLength: 60 });
    const remove = element("button", { type: "button", textContent: "✕", className: "remove" });
    row.settings = settings;
    input.addEventListener("input", () => {
      row.settings = null;
    }); // "×3" shall not do what "×2" would have
    remove.addEventListener("click", () => {
      row.remove();
      this.number();
    });
    row.append(input, remove);
    this.answers.append(row);
    this.number();
  }

  number() {
    const rows = [...this.answers.children];
    rows.forEach((row, index) => {
      const name = this.texts ? this.texts.ask_answer.replace("{n}", index + 1) : "";
      row.querySelector("input").setAttribute("aria-label", name);
      row.querySelector("input").placeholder = name;
      row
        .querySelector("button")
        .setAttribute("aria-label", this.texts ? this.texts.ask_remove.replace("{n}", index + 1) : "");
      row.querySelector("button").hidden = rows.length <= 2;
    });
    this.add.hidden = rows.length >= MOST;
  }

  async ask() {
    const options = [...this.answers.children]
      .map((row) => {
        const text = row.querySelector("input").value.trim();
        return row.settings ? { text, settings: row.settings } : { text };
      })
      .filter((one) => one.text);
    const question = this.question.value.trim();
    const distinct = new Set(options.map((one) => one.text)).size === options.length;
    if (!question || options.length < 2 || !distinct) return this.complain(this.texts.ask_incomplete);
    this.submit.disabled = true;
    const good = await this.onAsk({ question, options });
    this.submit.disabled = false;
    if (good) this.close();
    else this.complain(this.texts.ask_failed);
  }

  complain(words) {
    this.wrong.textContent = words;
    this.wrong.hidden = false;
  }
}
