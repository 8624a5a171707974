// @ts-check
// What the curves say about the training's health: sentences with their evidence, and buttons for remedies.

import { element, find } from "../shared/dom.mjs";
import { fill, number, significant } from "../shared/format.mjs";

/** @import { Finding, Texts } from "../shared/types.js" */
/** @import { LiveBoardData } from "./types.js" */

const SIGNS = { good: "↗", neutral: "◌", warning: "!" };
const REMEDY_PAUSE_MS = 8000; // until a remedy's button can be pressed again: a second press would start another run

/**
 * Return a finding's sentence with its numbers.
 * @param {Pick<Finding, "evidence" | "numbers">} finding
 * @param {Texts} texts of the finding: "text", or a sentence for its kind of evidence
 * @param {string} language
 */
export function findingSentence({ evidence, numbers }, texts, language) {
  const values = Object.entries(numbers ?? {}).map(([name, value]) => [name, numberText(value, language)]);
  return fill(texts[evidence] ?? texts.text ?? "", Object.fromEntries(values));
}

/**
 * @param {number | null} value null stands for infinity and the like
 * @param {string} language
 */
function numberText(value, language) {
  if (typeof value !== "number") return value;
  return Math.abs(value) >= 10 ? number(language, value) : significant(language, value);
}

export class Findings {
  /** What is drawn, without the numbers. */
  #drawn = "";

  /**
   * @param {HTMLElement} root
   * @param {(key: string) => void} onRemedy
   */
  constructor(root, onRemedy) {
    this.root = root;
    this.onRemedy = onRemedy;
  }

  /**
   * @param {Finding[]} findings
   * @param {Pick<LiveBoardData, "findings" | "language">} data
   * @param {boolean} offersRemedies
   */
  draw(findings, data, offersRemedies) {
    const kinds = findings.map(({ key, evidence, changes }) => [key, evidence, changes]);
    const drawn = JSON.stringify([kinds, data.language, offersRemedies]);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.root.replaceChildren(...findings.map((finding) => this.#box(finding, data, offersRemedies)));
    }
    findings.forEach((finding, index) => {
      // numbers change in place; the button, and the focus on it, stay
      const target = find(this.root.children[index], "span");
      const text = findingSentence(finding, data.findings[finding.key] ?? {}, data.language);
      if (target.textContent !== text) target.textContent = text;
    });
  }

  /**
   * @param {Finding} finding
   * @param {Pick<LiveBoardData, "findings" | "language">} data
   * @param {boolean} offersRemedies
   */
  #box({ key, kind, remedy, changes }, { findings, language }, offersRemedies) {
    const texts = findings[key] ?? {};
    const sign = element("i", { textContent: SIGNS[kind] ?? "" });
    sign.setAttribute("aria-hidden", "true");
    const title = element("b", { textContent: texts.title ?? key });
    const words = element("p", {}, title, " ", element("span"));
    const section = element("section", { className: `finding ${kind}` }, sign, words);
    section.dataset.key = key;
    const hasRemedy = offersRemedies && texts.remedy && Object.keys(remedy ?? {}).length > 0;
    if (hasRemedy) {
      const change = element("small", { textContent: changes[language] ?? "" });
      section.append(this.#remedyButton(key, texts.remedy), change);
    }
    return section;
  }

  /**
   * @param {string} key
   * @param {string} label
   */
  #remedyButton(key, label) {
    const button = element("button", { type: "button", textContent: label });
    button.addEventListener("click", () => {
      button.disabled = true;
      setTimeout(() => {
        button.disabled = false;
      }, REMEDY_PAUSE_MS);
      this.onRemedy(key);
    });
    return button;
  }
}
