// @ts-check
/**
 * The dialog in which somebody pastes a table of points, or opens a file of them.
 * @import { LabData } from "../types.js"
 */

import { button, element } from "../../shared/dom.mjs";
import { fill } from "../../shared/format.mjs";
import { fitToPlane, parseTable, TableError } from "../data/csv.mjs";

const MAX_FILE = 2_000_000; // bytes

export class TableDialog {
  root = element("dialog", { className: "table" });
  #texts;
  #onPoints;
  #field = element("textarea", { rows: 10, spellcheck: false });
  #trouble = element("p", { className: "trouble", hidden: true });

  /**
   * @param {LabData} data
   * @param {(points: Float32Array) => void} onPoints
   */
  constructor({ texts }, onPoints) {
    this.#texts = texts;
    this.#onPoints = onPoints;
    this.#field.placeholder = "x,y\n0.5,1.2\n-0.3,0.8\n…";
    this.#field.setAttribute("aria-label", texts["table.title"]);
    this.#trouble.setAttribute("role", "alert");
    const file = element("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain", hidden: true });
    const choose = button("upload", texts["table.file"]); // the browser's own button has no words of ours
    choose.addEventListener("click", () => file.click());
    const done = button("", texts["table.done"], texts["table.done"], "primary");
    const cancel = button("", texts.cancel);
    this.root.append(
      element("h2", { textContent: texts["table.title"] }),
      element("p", { textContent: texts["table.help"] }),
      this.#field,
      element("div", { className: "row" }, choose, file),
      this.#trouble,
      element("div", { className: "row end" }, cancel, done),
    );
    file.addEventListener("change", () => this.#read(file.files?.[0]));
    cancel.addEventListener("click", () => this.root.close());
    done.addEventListener("click", () => this.#take());
  }

  open() {
    this.#complain("");
    this.root.showModal();
  }

  #take() {
    try {
      this.#onPoints(fitToPlane(parseTable(this.#field.value)));
      this.root.close();
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      this.#complain(fill(this.#texts[`table.error.${error.key}`], error.values));
    }
  }

  /** @param {File | undefined} file */
  async #read(file) {
    if (!file) return;
    if (file.size > MAX_FILE) return this.#complain(this.#texts["table.error.large"]);
    this.#field.value = await file.text();
    this.#complain("");
  }

  /** @param {string} text */
  #complain(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
  }
}
