// @ts-check
// The teacher's list of labs that pupils offered. It is folded at first, as the teacher's screen may be on the wall.

import { element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { pageLab } from "../shared/page_lab.mjs";
import { offerCard, toolButton } from "./offer_card.mjs";

/** @import { ClassLab } from "../shared/types.js" */
/** @import { LabOffer, StripData } from "./types.js" */

/** @typedef {{ show: string | null } | { remove: string } | { change: "clear" | "allow" | "refuse" }} OfferChange */

export class OfferList {
  root = element("details", { className: "lab-offers" });
  #summary = element("summary");
  #cards = element("div", { className: "cards" });
  #tools = element("div", { className: "tools" });
  #drawn = "";

  /**
   * @param {(change: OfferChange) => void} onChange
   * @param {(hash: string) => void} onOpen open a copy of a lab
   */
  constructor(onChange, onOpen) {
    this.onChange = onChange;
    this.onOpen = onOpen;
    this.root.append(this.#summary, this.#cards, this.#tools);
  }

  /**
   * @param {StripData} data
   * @param {LabOffer[]} offers
   * @param {ClassLab} state
   */
  draw({ texts, language }, offers, { shown, offering }) {
    const key = JSON.stringify([offers.map(({ id }) => id), shown, offering, language, pageLab.current !== null]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#summary.textContent = fill(texts.lab_offers, { n: number(language, offers.length) });
    this.#cards.replaceChildren(
      ...offers.map((offer) =>
        offerCard(offer, texts, [
          offer.id === shown
            ? toolButton(texts.lab_hide, () => this.onChange({ show: null }))
            : toolButton(texts.lab_show, () => this.onChange({ show: offer.id }), "primary"),
          toolButton(texts.lab_open, () => this.onOpen(offer.hash)),
          toolButton(texts.lab_remove, () => this.onChange({ remove: offer.id }), "cancel"),
        ]),
      ),
    );
    this.#tools.replaceChildren(
      offering
        ? toolButton(texts.lab_refuse, () => this.onChange({ change: "refuse" }))
        : toolButton(texts.lab_allow, () => this.onChange({ change: "allow" })),
      ...(offers.length ? [toolButton(texts.lab_clear, () => this.onChange({ change: "clear" }))] : []),
    );
  }
}
