// @ts-check
// The panel below the film that explains one sample: it fetches the explanation and opens and closes the view.

import { ExplanationView } from "./explanation_view.mjs";

/** @import { FilmData, SampleExplanation } from "./types.js" */

export class SamplePanel {
  /** @type {ExplanationView | null} */
  #view = null;
  /** @type {AbortController | null} of the request under way */
  #request = null;
  /** What is shown or has been asked for. */
  #key = "";

  /**
   * @param {HTMLElement} root of the film
   * @param {() => void} onClose
   */
  constructor(root, onClose) {
    this.root = root;
    this.onClose = onClose;
  }

  get isOpen() {
    return this.#view !== null;
  }

  /**
   * Fetch and show the explanation of sample `index` of the sheet at `step`.
   * @param {string} run
   * @param {number} step
   * @param {number} index
   * @param {FilmData} data
   */
  async open(run, step, index, data) {
    const key = `${run} ${step} ${index} ${data.language}`;
    if (this.isOpen && key === this.#key) return;
    this.#key = key;
    this.#request?.abort();
    this.#request = new AbortController();
    this.#view ??= new ExplanationView(this.root, this.onClose);
    const view = this.#view;
    view.begin(data, step, index);
    const address = new URL(`api/runs/${encodeURIComponent(run)}/explain/${step}/${index}`, document.baseURI);
    try {
      const response = await fetch(address, { signal: this.#request.signal });
      /** @type {SampleExplanation} */
      const explanation = await response.json();
      if (this.#key !== key) return;
      if (response.ok) view.show(explanation);
      else view.fail(response.status === 404 ? data.texts.explain_gone : data.texts.explain_failed);
    } catch {
      if (this.#key === key) view.fail(data.texts.explain_failed); // a request that was replaced has another key
    }
  }

  close() {
    this.#request?.abort();
    this.#key = "";
    this.#view?.remove();
    this.#view = null;
  }
}
