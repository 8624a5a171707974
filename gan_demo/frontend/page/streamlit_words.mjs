// @ts-check
// Streamlit's own words on the page, which are English, in the page's language.

/** @import { PageData } from "./types.js" */

const NAMED = ["aria-label", "placeholder"];
// whose words stand on the page
const FIELDS = '[data-testid="stFileUploader"], [data-testid="stCameraInput"], [data-testid="stStatusWidget"]';

/** Translates whole texts, and those around a part that stays, such as "{size} per file". */
export class StreamlitWords {
  #names;
  #patterns;

  /** @param {Pick<PageData, "names" | "patterns">} data */
  constructor({ names, patterns }) {
    this.#names = names;
    this.#patterns = patterns.map(([known, text]) => ({ known: matcher(known), done: matcher(text), text }));
  }

  /**
   * Return a text in the page's language; null for one that is not known, or is in that language already.
   * @param {string} text
   */
  translated(text) {
    const translation = Object.hasOwn(this.#names, text) ? this.#names[text] : this.#filled(text);
    return translation === text ? null : translation;
  }

  /** @param {string} text */
  #filled(text) {
    if (this.#patterns.some(({ done }) => done.test(text))) return null;
    for (const pattern of this.#patterns) {
      const captured = pattern.known.exec(text)?.[1];
      if (captured !== undefined) return pattern.text.replace("{}", () => captured);
    }
    return null;
  }

  /** @param {Document} page */
  apply(page) {
    for (const attribute of NAMED) {
      for (const node of page.querySelectorAll(`[${attribute}]`)) {
        const name = this.translated(node.getAttribute(attribute) ?? "");
        if (name !== null) node.setAttribute(attribute, name);
      }
    }
    for (const field of page.querySelectorAll(FIELDS)) this.#translateTexts(field);
  }

  /** @param {Element} field */
  #translateTexts(field) {
    const texts = field.ownerDocument.createTreeWalker(field, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = this.translated(texts.currentNode.nodeValue ?? "");
      if (text !== null) texts.currentNode.nodeValue = text;
    }
  }
}

/**
 * Return what recognises a text with anything in the place of its "{}".
 * @param {string} text
 */
function matcher(text) {
  const [before, after] = text.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${before}(.+)${after}$`);
}
