// @ts-check
/**
 * All settings in groups. A group folds; what does not apply to the other settings is not shown.
 * @import { Control, LabData, LabSettings } from "../types.js"
 * @import { Input } from "./inputs.mjs"
 */
import { element } from "../../shared/dom.mjs";
import { fill } from "../../shared/format.mjs";
import { applies, CONTROLS, choicesOf, GROUPS } from "../settings.mjs";
import { makeInput } from "./inputs.mjs";

const OPEN_AT_FIRST = ["data", "g", "d", "loss"];
const OPEN_ON_PHONES = ["data"];
const PHONE = "(max-width: 700px)";

export class SettingsPanel {
  root = element("div", { className: "settings" });
  #data;
  #onChange;
  /** @type {Map<Control, Input>} */
  #inputs = new Map();
  /** @type {Map<string, HTMLDetailsElement>} */
  #groups = new Map();

  /**
   * @param {LabData} data
   * @param {(change: Partial<LabSettings>) => void} onChange
   * @param {(control: Control) => Input | null} special makes the input of a control that needs more than a value
   */
  constructor(data, onChange, special) {
    this.#data = data;
    this.#onChange = onChange;
    for (const group of GROUPS) this.root.append(this.#group(group, special));
    if (data.offer) this.root.append(element("p", { className: "note", textContent: data.texts["offer.note"] }));
  }

  /**
   * @param {LabSettings} settings
   * @param {readonly string[]} hidden
   */
  show(settings, hidden) {
    for (const [control, input] of this.#inputs) {
      input.root.hidden = hidden.includes(control.key) || !applies(control, settings);
      input.show(settings[control.key], choicesOf(control, this.#data.offer));
    }
    for (const [group, details] of this.#groups) {
      const isEmpty = [...this.#inputs].every(([control, input]) => control.group !== group || input.root.hidden);
      details.hidden = isEmpty || hidden.includes(group);
    }
    this.#summarise(settings);
  }

  /**
   * @param {string} group
   * @param {(control: Control) => Input | null} special
   */
  #group(group, special) {
    const { texts } = this.#data;
    const details = element("details", { className: "group", open: openGroups().includes(group) });
    details.dataset.group = group;
    details.append(
      element(
        "summary",
        {},
        element("h2", { textContent: texts[`group.${group}`] }),
        element("span", { className: "sum" }),
      ),
    );
    for (const control of CONTROLS.filter((candidate) => candidate.group === group)) {
      const input = special(control) ?? makeInput(control, this.#context(control));
      this.#inputs.set(control, input);
      details.append(input.root);
    }
    this.#groups.set(group, details);
    return details;
  }

  /** @param {Control} control */
  #context(control) {
    const { texts, language } = this.#data;
    /** @param {string | number} value */
    const onChange = (value) => this.#onChange({ [control.key]: value });
    return { texts, language, onChange };
  }

  /**
   * Say in a folded group what is chosen in it.
   * @param {LabSettings} settings
   */
  #summarise(settings) {
    const { texts } = this.#data;
    const values = {
      ...settings,
      loss: texts[`value.loss.${settings.loss}`],
      data: texts[`value.data.${settings.data}`],
    };
    for (const [group, details] of this.#groups) {
      const isLinear = (group === "g" && !settings.gLayers) || (group === "d" && !settings.dLayers);
      const text = isLinear ? texts["value.gLayers.0"] : texts[`summary.${group}`];
      const summary = details.querySelector(".sum");
      if (summary && text) summary.textContent = fill(text, namedValues(values, texts));
    }
  }
}

function openGroups() {
  return matchMedia(PHONE).matches ? OPEN_ON_PHONES : OPEN_AT_FIRST;
}

/**
 * @param {Record<string, string | number>} values
 * @param {Record<string, string>} texts
 */
function namedValues(values, texts) {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, texts[`value.${key}.${value}`] ?? String(value)]),
  );
}
