// @ts-check
// The dialog with what a class needs to join: the QR code, the address to type, the link to send around.

import { copyText } from "../shared/clipboard.mjs";
import { element, find } from "../shared/dom.mjs";
import { Mounts } from "../shared/mounts.mjs";

/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { ShareData } from "./types.js" */

const CONFIRMATION_MS = 2500; // that the copy button says what came of it

/** @type {Mounts<ParentNode, Share>} */
const shares = new Mounts();

/** @param {Pick<ComponentArguments<ShareData>, "data" | "parentElement">} component */
export function draw({ data, parentElement }) {
  shares.at(parentElement, () => new Share(parentElement, data)).update(data);
}

/** @param {ParentNode} parentElement */
export function clear(parentElement) {
  shares.clear(parentElement);
}

const HTML = `<div class="code" role="img"></div><div class="words"><p class="lead"></p><p class="address"></p>
  <p class="tools"><button class="copy" type="button"></button>
  <a class="presenter" target="_blank" rel="noopener"></a></p>
  <p class="note" hidden></p></div>`;

class Share {
  #drawnLink = "";
  #timer = 0;

  /**
   * @param {ParentNode} parent
   * @param {ShareData} data
   */
  constructor(parent, data) {
    this.data = data;
    this.root = element("div", { className: "class-share", innerHTML: HTML });
    parent.querySelector(".class-share")?.remove();
    parent.append(this.root);
    this.code = find(this.root, ".code");
    this.lead = find(this.root, ".lead");
    this.address = find(this.root, ".address");
    this.copy = find(this.root, ".copy");
    this.presenter = find(this.root, ".presenter", HTMLAnchorElement);
    this.note = find(this.root, ".note");
    this.copy.addEventListener("click", () => this.#copyLink());
  }

  /** @param {ShareData} data */
  update(data) {
    this.data = data;
    const { texts } = data;
    if (this.#drawnLink !== data.link) {
      this.#drawnLink = data.link;
      this.code.innerHTML = data.svg; // made by our own server
      this.code.setAttribute("aria-label", texts.qr);
    }
    this.lead.textContent = texts.type;
    this.address.replaceChildren(data.address, element("b", { textContent: data.code }));
    this.copy.textContent = texts.copy;
    this.presenter.textContent = texts.present;
    this.presenter.href = data.presenter;
    this.presenter.hidden = !data.presenter;
    this.note.textContent = data.note;
    this.note.hidden = !data.note;
  }

  close() {
    clearTimeout(this.#timer);
  }

  async #copyLink() {
    const { texts, link } = this.data;
    const isCopied = await copyText(link, this.root);
    this.copy.textContent = isCopied ? texts.copied : texts.not_copied;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.copy.textContent = this.data.texts.copy;
    }, CONFIRMATION_MS);
  }
}
