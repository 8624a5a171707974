// @ts-check
// The explanation of a sample on screen: the discriminator's verdict, the nearest training image, the sample's history.

import { element, find } from "../shared/dom.mjs";
import { fill, number, percent } from "../shared/format.mjs";
import { svg } from "../shared/icons.mjs";
import { stepText } from "./controls.mjs";
import { rowAndColumn } from "./sheet_geometry.mjs";

/** @import { FilmData, SampleExplanation, Verdict } from "./types.js" */

const HTML = `<header><h2></h2><button class="close" type="button">${svg("leave", 14)}</button></header>
  <p class="problem" hidden></p>
  <div class="parts"><figure class="sample"><span class="thumb"></span><figcaption></figcaption></figure>
  ${["verdict", "nearest", "history"].map((name) => `<article class="${name}"><h3></h3><div></div></article>`).join("")}
  </div>`;

export class ExplanationView {
  /** @type {FilmData | null} */
  #data = null;

  /**
   * @param {HTMLElement} root of the film
   * @param {() => void} onClose
   */
  constructor(root, onClose) {
    this.panel = element("section", { className: "explain", innerHTML: HTML });
    this.panel.setAttribute("aria-live", "polite");
    this.#find(".close").addEventListener("click", onClose);
    root.append(this.panel);
  }

  /**
   * Name the sample, and wait for its explanation.
   * @param {FilmData} data
   * @param {number} step
   * @param {number} index
   */
  begin(data, step, index) {
    this.#data = data;
    const { texts, sheet } = data;
    const sample = sheet ? fill(texts.sample, rowAndColumn(sheet, index)) : "";
    this.#find("h2").textContent = `${sample} · ${stepText(data, step)}`;
    const close = this.#find(".close");
    close.title = texts.explain_close;
    close.setAttribute("aria-label", texts.explain_close);
    this.#find(".verdict h3").textContent = texts.explain_verdict;
    this.#find(".nearest h3").textContent = texts.explain_nearest;
    this.#find(".history h3").textContent = texts.explain_history;
    this.panel.classList.add("waiting");
    this.panel.setAttribute("aria-busy", "true");
    this.#showProblem("");
  }

  /** @param {SampleExplanation} explanation */
  show(explanation) {
    this.#settle();
    this.#find(".sample .thumb").replaceChildren(this.#image(explanation.sample));
    this.#find(".sample figcaption").textContent = this.#label(explanation.label);
    this.#find(".verdict div").replaceChildren(...this.#verdict(explanation));
    this.#find(".nearest div").replaceChildren(...this.#nearest(explanation));
    this.#find(".history div").replaceChildren(...this.#history(explanation));
    const strip = this.#find(".strip");
    strip.scrollLeft = strip.scrollWidth; // where it is too narrow for all, the newest are in sight
  }

  /** @param {string} problem */
  fail(problem) {
    this.#settle();
    this.#showProblem(problem);
  }

  remove() {
    this.panel.remove();
  }

  get #texts() {
    return this.#currentData.texts;
  }

  get #currentData() {
    if (!this.#data) throw new Error("begin() comes first");
    return this.#data;
  }

  /** @param {string} selector */
  #find(selector) {
    return find(this.panel, selector);
  }

  #settle() {
    this.panel.classList.remove("waiting");
    this.panel.removeAttribute("aria-busy");
  }

  /** @param {string} problem */
  #showProblem(problem) {
    this.#find(".parts").hidden = Boolean(problem);
    this.#find(".problem").hidden = !problem;
    this.#find(".problem").textContent = problem;
  }

  /** @param {SampleExplanation} explanation */
  #verdict({ verdict, why_no_verdict: reason }) {
    const texts = this.#texts;
    if (!verdict) return [paragraph(texts[/** @type {const} */ (`explain_${reason}`)])];
    const rank = fill(texts.explain_rank, { rank: verdict.rank, count: verdict.count });
    const parts = [...this.#scale(verdict), paragraph(rank)];
    if (verdict.relative) parts.push(note(texts.explain_relative));
    if (verdict.step !== verdict.of) {
      parts.push(note(fill(texts.explain_older, { step: number(this.#currentData.language, verdict.step) })));
    }
    return parts;
  }

  /**
   * Return a scale from "generated" to "real" with three marks, and its key.
   * @param {Verdict} verdict
   */
  #scale({ share, fakes, real }) {
    const texts = this.#texts;
    const scale = element("div", { className: "scale" });
    scale.setAttribute("aria-hidden", "true"); // the sentences say the same
    const marks = { real, fakes, this: share };
    for (const [className, value] of Object.entries(marks)) {
      const mark = element("i", { className });
      mark.style.left = `${100 * value}%`;
      scale.append(mark);
    }
    const ends = element("div", { className: "ends" });
    ends.append(
      element("span", { textContent: texts.explain_made }),
      element("span", { textContent: texts.explain_real }),
    );
    const key = element("p", { className: "key" });
    for (const name of /** @type {const} */ (["this", "fakes", "real"])) {
      const label = texts[/** @type {const} */ (`explain_key_${name}`)];
      const item = element("span", { className: name, textContent: `${label} ` });
      item.append(element("b", { textContent: this.#percent(marks[name]) }));
      key.append(item);
    }
    return [ends, scale, key];
  }

  /** @param {SampleExplanation} explanation */
  #nearest({ sample, nearest, why_no_nearest: reason }) {
    const texts = this.#texts;
    if (!nearest) return [paragraph(texts[/** @type {const} */ (`explain_${reason}`)])];
    const pair = element("div", { className: "pair" });
    pair.append(
      this.#figure(sample, texts.explain_this),
      this.#figure(nearest.image, this.#label(nearest.label) || texts.explain_training),
    );
    const distance = fill(texts.explain_distance, {
      count: number(this.#currentData.language, nearest.among),
      distance: this.#percent(nearest.distance),
    });
    const usual = fill(nearest.copied ? texts.explain_copied : texts.explain_own, {
      usual: this.#percent(nearest.usual),
    });
    return [pair, paragraph(`${distance} ${usual}`)];
  }

  /** @param {SampleExplanation} explanation */
  #history({ history }) {
    const texts = this.#texts;
    const strip = element("div", { className: "strip" });
    for (const { image, step, moved } of history) {
      const item = this.#figure(image, number(this.#currentData.language, step));
      const change = element("small", { textContent: moved === null ? "" : `Δ ${this.#percent(moved)}` });
      if (moved !== null) change.title = texts.explain_moved;
      item.append(change);
      strip.append(item);
    }
    return [strip, note(history.length > 1 ? texts.explain_strip : texts.explain_first)];
  }

  /**
   * Return the label of an image in words: "3", or of several label fields those worth saying.
   * @param {SampleExplanation["label"]} label
   */
  #label(label) {
    const words = label.map(
      ([field, value]) => this.#texts.labels?.[field]?.[value] ?? (label.length === 1 ? value : ""),
    );
    return words.filter(Boolean).join(" · ");
  }

  /**
   * @param {string} source
   * @param {string} caption
   */
  #figure(source, caption) {
    const figure = element("figure", {});
    figure.append(this.#image(source), element("figcaption", { textContent: caption }));
    return figure;
  }

  /** @param {string} source */
  #image(source) {
    const image = new Image();
    image.src = source;
    image.alt = "";
    image.classList.toggle("pixelated", Boolean(this.#currentData.pixelated));
    return image;
  }

  /** @param {number} share */
  #percent(share) {
    return percent(this.#currentData.language, share);
  }
}

/** @param {string} text */
function paragraph(text) {
  return element("p", { textContent: text });
}

/** @param {string} text */
function note(text) {
  return element("p", { className: "note", textContent: text });
}
