// @ts-check
/**
 * The page on which the small presets train in the viewer's own browser: a choice, and the training.
 * @import { BrowserTrainingData } from "../browser_training/types.js"
 * @import { SiteJson, SiteLanguage } from "./types.js"
 */
import { element } from "../shared/dom.mjs";
import { setQuery } from "../shared/page_query.mjs";

const QUERY = "preset"; // in the address

export class TrainingChoice {
  #trainings;
  #words;
  #preset;
  #choices = element("div", { className: "choices" });
  #place = element("div");
  /** @type {SiteLanguage} */
  #language = "en";

  /**
   * @param {HTMLElement} root
   * @param {NonNullable<SiteJson["trainings"]>} trainings
   * @param {NonNullable<SiteJson["trainingWords"]>} words
   */
  constructor(root, trainings, words) {
    this.#trainings = trainings;
    this.#words = words;
    const wanted = new URLSearchParams(location.search).get(QUERY);
    this.#preset = trainings.find(({ preset }) => preset === wanted)?.preset ?? trainings[0].preset;
    this.#choices.setAttribute("role", "radiogroup");
    root.append(this.#choices, this.#place);
  }

  /** @param {SiteLanguage} language */
  async draw(language) {
    this.#language = language;
    const { names, ...words } = this.#words[language];
    this.#choices.setAttribute("aria-label", words.texts.choice);
    this.#choices.replaceChildren(...this.#trainings.map(({ preset }) => this.#choice(preset, names[preset])));
    const training = this.#trainings.find(({ preset }) => preset === this.#preset);
    const { draw } = await import("../browser_training/browser_training.mjs");
    const data = /** @type {BrowserTrainingData} */ ({ ...training, ...words });
    draw({ data, parentElement: this.#place });
  }

  /**
   * @param {string} preset
   * @param {string} name
   */
  #choice(preset, name) {
    const input = element("input", { type: "radio", name: "preset", value: preset, checked: preset === this.#preset });
    input.onchange = () => this.#choose(preset);
    return element("label", {}, input, element("span", { textContent: name }));
  }

  /** @param {string} preset */
  #choose(preset) {
    this.#preset = preset;
    setQuery(QUERY, preset);
    this.draw(this.#language);
  }
}
