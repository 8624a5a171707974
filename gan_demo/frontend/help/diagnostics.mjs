// @ts-check
// Diagnostics for a bug report: shown first, then copied. The server's part comes in `data`, the browser adds its own.
import { copyText } from "../shared/clipboard.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { browserFacts, describe } from "./browser_facts.mjs";

/** @import { DiagnosticsData } from "./types.d.ts" */

const MESSAGE_MS = 3000; // for which the button says whether the text was copied

/** The text and the button that copies it. */
class Diagnostics {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "diagnostics";
    this.text = document.createElement("pre");
    this.text.tabIndex = 0; // so that the keyboard can scroll it
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "copy";
    this.button.addEventListener("click", () => this.copy());
    this.root.append(this.text, this.button);
    parent.append(this.root);
    /** @type {DiagnosticsData | null} */
    this.data = null;
    this.browser = "";
    this.timer = 0;
    browserFacts().then((facts) => {
      this.browser = describe(facts);
      this.show();
    });
  }

  /** @param {DiagnosticsData} data */
  update(data) {
    this.data = data;
    this.text.setAttribute("aria-label", data.texts.label);
    this.button.textContent = data.texts.copy;
    this.show();
  }

  show() {
    const report = this.data?.report ?? "";
    this.text.textContent = this.browser ? `${report}${this.browser}\n` : report;
    this.button.disabled = !this.browser;
  }

  async copy() {
    if (!this.data) return;
    const { texts } = this.data;
    const done = await copyText(this.text.textContent ?? "", this.root);
    this.button.textContent = done ? texts.copied : texts.not_copied;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.button.textContent = texts.copy;
    }, MESSAGE_MS);
  }

  close() {
    clearTimeout(this.timer);
    this.root.remove();
  }
}

/** @type {Mounts<HTMLElement, Diagnostics>} */
const shown = new Mounts();

/** @param {{ data: DiagnosticsData, parentElement: HTMLElement }} component */
export function draw({ data, parentElement }) {
  shown.at(parentElement, () => new Diagnostics(parentElement)).update(data);
}

/** @param {HTMLElement} parentElement */
export function clear(parentElement) {
  shown.clear(parentElement);
}
