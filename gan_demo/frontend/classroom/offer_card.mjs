// @ts-check
// A lab that a pupil offered: its picture, name and settings, and buttons.

import { element } from "../shared/dom.mjs";
import { pageLab } from "../shared/page_lab.mjs";

/** @import { ClassTexts, LabOffer } from "./types.js" */

/**
 * @param {Pick<LabOffer, "name" | "hash" | "picture">} offer
 * @param {ClassTexts} texts
 * @param {HTMLElement[]} buttons
 */
export function offerCard({ name, hash, picture }, texts, buttons) {
  const card = element("div", { className: "lab-offer" });
  if (picture) card.append(offerPicture(picture, texts));
  const words = pageLab.current?.describe(hash) ?? ""; // said where there is a lab
  card.append(
    element(
      "div",
      { className: "words" },
      element("b", { textContent: name || texts.lab_unnamed }),
      element("span", { className: "settings", textContent: words }),
      element("span", { className: "tools" }, ...buttons),
    ),
  );
  return card;
}

/**
 * @param {string} picture in base64
 * @param {ClassTexts} texts
 */
export function offerPicture(picture, texts) {
  return element("img", { src: `data:image/jpeg;base64,${picture}`, alt: texts.lab_picture, width: 200, height: 200 });
}

/**
 * @param {string} text
 * @param {() => void} action
 * @param {string} [className]
 */
export function toolButton(text, action, className = "") {
  const button = element("button", { type: "button", textContent: text, className });
  button.addEventListener("click", action);
  return button;
}
