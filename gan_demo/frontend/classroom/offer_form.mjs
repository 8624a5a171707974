// @ts-check
// The pupil's form that offers the lab of this page to the teacher: what is sent, and a name if the pupil likes.

import { element } from "../shared/dom.mjs";
import { offerPicture, toolButton } from "./offer_card.mjs";

/** @import { ClassTexts, LabOffer } from "./types.js" */

const MAX_NAME = 40; // characters, as in gan_demo/classroom/offers.py

/** @typedef {Pick<LabOffer, "name" | "hash" | "picture">} NewOffer */

/**
 * Return which sentence says what came of an offer, by the status of the server's answer.
 * @param {number} status
 * @returns {"lab_sent" | "lab_full" | "lab_soon" | "lab_failed"}
 */
export function outcomeOf(status) {
  if (status === 200) return "lab_sent";
  if (status === 409) return "lab_full";
  return status === 429 ? "lab_soon" : "lab_failed";
}

export class OfferForm {
  root = element("form", { className: "composer lab-form" });
  isOpen = false;
  #isSending = false;

  /**
   * @param {(offer: NewOffer) => Promise<boolean>} onSend returns whether it arrived
   * @param {() => void} onClose
   */
  constructor(onSend, onClose) {
    this.onSend = onSend;
    this.onClose = onClose;
    this.root.addEventListener("submit", (event) => event.preventDefault());
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /**
   * @param {ClassTexts} texts
   * @param {Pick<LabOffer, "hash" | "picture">} lab
   */
  open(texts, lab) {
    this.isOpen = true;
    const name = element("input", { maxLength: MAX_NAME, autocomplete: "off" });
    const send = element("button", { type: "submit", className: "primary", textContent: texts.lab_send });
    send.addEventListener("click", () => this.#send({ ...lab, name: name.value.trim() }));
    this.root.replaceChildren(
      ...(lab.picture ? [offerPicture(lab.picture, texts)] : []),
      element(
        "div",
        { className: "words" },
        element("p", { textContent: texts.lab_what }),
        element("label", { className: "question" }, element("span", { textContent: texts.lab_name }), name),
        element(
          "div",
          { className: "tools" },
          send,
          toolButton(texts.lab_cancel, () => this.close(), "cancel"),
        ),
      ),
    );
    requestAnimationFrame(() => name.focus({ preventScroll: true }));
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.onClose();
  }

  /** @param {NewOffer} offer */
  async #send(offer) {
    if (this.#isSending) return;
    this.#isSending = true;
    const hasArrived = await this.onSend(offer);
    this.#isSending = false;
    if (hasArrived) this.close();
  }
}
