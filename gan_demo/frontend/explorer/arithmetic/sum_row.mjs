// @ts-check
// The sum in pictures: buttons with a picture, a name and a note; what is read of a result is marked on it.

/**
 * @import { App, Pixels } from "../types.js"
 * @import { Attribute, Kind, Way } from "./types.js"
 */
import { element } from "../../shared/dom.mjs";
import { WAYS } from "./formula.mjs";
import { phrase } from "./phrases.mjs";

/** A picture to press, with its name and a note below. */
export class TermButton {
  /**
   * @param {App} app
   * @param {() => void} press
   */
  constructor(app, press) {
    this.app = app;
    this.canvas = element("canvas", { className: "pixelated" });
    this.name = element("span");
    this.note = element("small");
    this.root = element("button", { type: "button", className: "term" }, this.canvas, this.name, this.note);
    this.root.addEventListener("click", press);
  }

  /** @param {Pixels} pixels */
  paint(pixels) {
    this.app.paint(this.canvas, pixels);
  }

  /**
   * Mark with ✓ or ✗ what is read of a result.
   * @param {readonly Attribute[]} attributes
   * @param {Kind} wanted
   * @param {Record<string, boolean>} verdicts
   */
  mark(attributes, wanted, verdicts) {
    const marks = Object.entries(verdicts).map(([name, isRight]) => {
      const text = `${isRight ? "✓" : "✗"} ${phrase(this.app, attributes, name, wanted[name])}`;
      return element("em", { className: isRight ? "works" : "fails", textContent: text });
    });
    this.note.replaceChildren(...marks);
  }
}

/** The three terms and the result. */
export class SumRow {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {{ open: (k: number) => void, go: () => void }} press a term, or the result
   */
  constructor(app, host, { open, go }) {
    this.app = app;
    this.terms = [0, 1, 2].map((k) => new TermButton(app, () => open(k)));
    this.result = new TermButton(app, go);
    this.result.root.classList.add("result");
    for (const [k, sign] of ["−", "+", "="].entries()) {
      host.append(this.terms[k].root, element("b", { textContent: sign }));
    }
    host.append(this.result.root);
    for (const { root } of this.terms) root.title = app.t("arithmetic.choose");
    this.result.root.title = app.t("arithmetic.go");
  }

  /**
   * @param {string[]} names of the terms and of the result
   * @param {number} open index of the term whose examples are on show
   */
  label(names, open) {
    [...this.terms, this.result].forEach((button, k) => {
      button.name.textContent = names[k];
    });
    this.terms.forEach(({ root }, k) => {
      root.setAttribute("aria-pressed", String(k === open));
    });
  }

  /**
   * @param {Pixels[]} pictures of the terms
   * @param {number[]} counts examples of each
   */
  paint(pictures, counts) {
    this.terms.forEach((term, k) => {
      term.paint(pictures[k]);
      term.note.textContent = counts[k] > 1 ? this.app.t("arithmetic.mean_of", { n: counts[k] }) : "";
    });
  }
}

/** The results of all ways beside each other, for models with labels. */
export class WayComparison {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {(way: Way) => void} go
   */
  constructor(app, host, go) {
    const row = element("div");
    this.buttons = WAYS.map((way) => {
      const button = new TermButton(app, () => go(way));
      button.name.textContent = app.t(`arithmetic.way.${way}`);
      row.append(button.root);
      return button;
    });
    host.append(
      element("h2", { textContent: app.t("arithmetic.what_works") }),
      element("p", { textContent: app.t("arithmetic.what_works_text") }),
      row,
    );
  }
}
