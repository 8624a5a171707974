// @ts-check
// The bar below the film's picture: its buttons, the scrubber with its marks, the present step, and a hint.

import { find } from "../shared/dom.mjs";
import { fill, lettersWide, number } from "../shared/format.mjs";
import { svg } from "../shared/icons.mjs";
import { trackShare } from "./moments.mjs";

/** @import { IconName } from "../shared/icons.mjs" */
/** @import { FilmData } from "./types.js" */
/** @import { Player } from "./player.mjs" */

const ICON_SIZE = 14; // CSS pixels
const BUTTON_PADDING = 3.2; // em left and right of a text, with the dot before it
const LETTER_WIDTH = 0.56; // em

/**
 * Whether a click on a sample opens its explanation.
 * @param {FilmData} data
 */
export function canExplain(data) {
  return Boolean(data.explain && data.sheet && !data.compact);
}

export class Controls {
  /** The data of the marks that are drawn. */
  #drawnMarks = "";

  /** @param {HTMLElement} root of the film */
  constructor(root) {
    this.slider = find(root, "input", HTMLInputElement);
    this.play = find(root, ".play", HTMLButtonElement);
    this.live = find(root, ".live", HTMLButtonElement);
    this.compare = find(root, ".compare", HTMLButtonElement);
    this.output = find(root, "output");
    this.hint = find(root, ".hint");
    this.marks = find(root, ".marks");
  }

  /**
   * Draw the present state of the film.
   * @param {FilmData} data
   * @param {Player} player
   * @param {{ isComparing: boolean, offersExplanation: boolean }} state `offersExplanation`: the viewer can select a
   *   sample and has not done so yet
   */
  draw(data, player, { isComparing, offersExplanation }) {
    const { texts } = data;
    const step = stepText(data, player.step);
    this.output.textContent = step;
    this.slider.setAttribute("aria-valuetext", step);
    this.slider.style.setProperty("--share", `${100 * player.share}%`);
    setIcon(this.play, player.isPlaying ? "pause" : "play");
    setName(this.play, player.isPlaying ? texts.pause : texts.play);
    this.live.hidden = !data.live;
    this.live.textContent = player.isFollowing ? texts.live : texts.to_live;
    this.live.style.minWidth = `${widest([texts.live, texts.to_live])}em`; // so that nothing moves when it changes
    this.live.classList.toggle("on", player.isFollowing);
    this.#drawCompare(data, player, isComparing);
    this.hint.textContent = isComparing ? texts.compare_hint : offersExplanation ? texts.pick_hint : "";
    this.hint.hidden = !this.hint.textContent;
  }

  /**
   * Draw what changes with the data alone: the length of the scrubber and its marks.
   * @param {FilmData} data
   */
  setRange({ steps, marks = [], texts }) {
    this.slider.max = String(Math.max(0, steps.length - 1));
    this.slider.setAttribute("aria-label", texts.scrub);
    this.slider.disabled = steps.length < 2;
    this.play.disabled = steps.length < 2;
    const key = JSON.stringify([marks, steps.length]);
    if (key === this.#drawnMarks) return;
    this.#drawnMarks = key;
    this.marks.replaceChildren(
      ...marks.map(({ step, text }) => {
        const tick = document.createElement("i");
        tick.style.setProperty("--share", String(trackShare(steps, step)));
        tick.title = text;
        return tick;
      }),
    );
  }

  /**
   * @param {FilmData} data
   * @param {Player} player
   * @param {boolean} isComparing
   */
  #drawCompare({ texts, compact }, player, isComparing) {
    this.compare.hidden = Boolean(compact) || player.steps.length < 2 || !texts.compare;
    this.compare.classList.toggle("on", isComparing);
    setIcon(find(this.compare, "i"), isComparing ? "leave" : "compare");
    find(this.compare, "span").textContent = isComparing ? texts.compare_leave : texts.compare;
    setName(this.compare, isComparing ? texts.compare_leave : texts.compare_help);
  }
}

/**
 * Return "Step 1,200", or "" without a step.
 * @param {FilmData} data
 * @param {number | undefined} step
 */
export function stepText({ texts, language }, step) {
  return step === undefined ? "" : fill(texts.step, { step: number(language, step) });
}

/**
 * Return the width in em of the button that has room for each of some texts.
 * @param {string[]} texts
 */
export function widest(texts) {
  return BUTTON_PADDING + LETTER_WIDTH * Math.max(...texts.map(lettersWide));
}

/**
 * @param {HTMLElement} element
 * @param {IconName} name
 */
function setIcon(element, name) {
  if (element.dataset.icon === name) return;
  element.dataset.icon = name;
  element.innerHTML = svg(name, ICON_SIZE);
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} name
 */
function setName(button, name) {
  button.title = name;
  button.setAttribute("aria-label", name);
}
