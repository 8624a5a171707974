// @ts-check
/**
 * Buttons that switch the stage's layers, with the colour that each is drawn in.
 * @import { Texts } from "../../shared/types.js"
 */
import { button, element } from "../../shared/dom.mjs";
import { LAYERS } from "../layers.mjs";

export class LayerBar {
  root = element("div", { className: "layers" });
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {Texts} texts
   * @param {(layers: string[]) => void} onChange
   */
  constructor(texts, onChange) {
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", texts.layers);
    for (const name of LAYERS) {
      const created = button("", texts[`layer.${name}`]);
      created.title = texts[`layer.${name}.help`];
      created.dataset.layer = name;
      created.prepend(element("i", { className: "swatch" }));
      created.addEventListener("click", () => onChange(this.#toggled(name)));
      this.#buttons.set(name, created);
      this.root.append(created);
    }
  }

  /** @param {readonly string[]} layers that are on */
  show(layers) {
    for (const [name, created] of this.#buttons) created.setAttribute("aria-pressed", String(layers.includes(name)));
  }

  /** @param {string} name */
  #toggled(name) {
    const isOn = (/** @type {string} */ layer) => this.#buttons.get(layer)?.getAttribute("aria-pressed") === "true";
    return LAYERS.filter((layer) => (layer === name ? !isOn(layer) : isOn(layer)));
  }
}
