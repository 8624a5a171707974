// @ts-check
/**
 * The inputs of single settings: a slider over choices, buttons of which one is pressed, a list, and the seed.
 * @import { Language, Texts } from "../../shared/types.js"
 * @import { Control } from "../types.js"
 */
import { button, element } from "../../shared/dom.mjs";
import { significant } from "../../shared/format.mjs";
import { CONTROLS } from "../settings.mjs";

/**
 * @typedef {object} InputContext
 * @property {Texts} texts
 * @property {Language} language
 * @property {(value: string | number) => void} onChange
 */

/**
 * @typedef {object} Input
 * @property {HTMLElement} root
 * @property {(value: string | number, choices: readonly (string | number)[]) => void} show
 */

/**
 * Make the input of a control.
 * @param {Control} control
 * @param {InputContext} context
 * @returns {Input}
 */
export function makeInput(control, context) {
  if (control.kind === "slider") return new ChoiceSlider(control, context);
  if (control.kind === "select") return new ChoiceList(control, context);
  if (control.kind === "seed") return new SeedInput(control, context);
  return new ChoiceButtons(control, context);
}

/**
 * Say a value of a control in words or digits.
 * @param {Control} control
 * @param {string | number} value
 * @param {Pick<InputContext, "texts" | "language">} context
 */
export function valueText({ key }, value, { texts, language }) {
  const named = texts[`value.${key}.${value}`] ?? texts[`value.${value}`];
  if (named !== undefined) return named;
  if (typeof value === "string") return value;
  return value !== 0 && Math.abs(value) < 1e-3
    ? Number(value.toPrecision(4)).toExponential().replace("-", "−")
    : significant(language, value, 6);
}

/**
 * Name a setting so that no other has its name: both networks have a learning rate.
 * @param {Texts} texts
 * @param {string} key
 */
export function fullName(texts, key) {
  const name = texts[`setting.${key}`];
  const group = CONTROLS.find((control) => control.key === key)?.group;
  return group === "g" || group === "d" ? `${group.toUpperCase()}: ${name}` : name;
}

/**
 * Make the label of an input, its value on the right.
 * @param {Control} control
 * @param {InputContext} context
 * @param {"label" | "div"} kind
 */
function labelled({ key }, { texts }, kind) {
  const name = element("span", { className: "name", textContent: texts[`setting.${key}`] });
  const value = element("span", { className: "value" });
  const root = element(kind, { className: "setting" }, element("span", { className: "head" }, name, value));
  root.dataset.setting = key;
  root.title = texts[`help.${key}`] ?? "";
  return { root, name, value };
}

/** A slider that stands at one of the choices; a value from a link between them is shown as it is. */
class ChoiceSlider {
  #context;
  #control;
  #value;
  /** @type {readonly (string | number)[]} */
  #choices = [];

  /**
   * @param {Control} control
   * @param {InputContext} context
   */
  constructor(control, context) {
    this.#context = context;
    this.#control = control;
    const { root, value } = labelled(control, context, "label");
    this.root = root;
    this.#value = value;
    this.input = element("input", { type: "range", min: "0", step: "1" });
    this.input.setAttribute("aria-label", fullName(context.texts, control.key));
    root.append(this.input);
    this.input.addEventListener("input", () => {
      const chosen = this.#choices[Number(this.input.value)];
      this.#say(chosen);
      context.onChange(chosen);
    });
  }

  /** @type {Input["show"]} */
  show(value, choices) {
    this.#choices = choices;
    this.input.max = String(choices.length - 1);
    this.input.value = String(nearestIndex(choices, Number(value)));
    this.input.disabled = choices.length < 2;
    this.#say(value);
  }

  /** @param {string | number} value */
  #say(value) {
    const text = valueText(this.#control, value, this.#context);
    this.#value.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
    this.root.style.setProperty("--share", String(Number(this.input.value) / Math.max(1, this.#choices.length - 1)));
  }
}

/**
 * Return the index of the choice nearest to a value, by ratio where both are positive.
 * @param {readonly (string | number)[]} choices
 * @param {number} value
 */
export function nearestIndex(choices, value) {
  /** @param {string | number} choice */
  const distance = (choice) => {
    const number = Number(choice);
    return number > 0 && value > 0 ? Math.abs(Math.log(number / value)) : Math.abs(number - value) + 1;
  };
  let best = 0;
  choices.forEach((choice, index) => {
    if (choice === value || distance(choice) < distance(choices[best])) best = index;
  });
  return best;
}

class ChoiceButtons {
  #context;
  #control;
  #row = element("div", { className: "choices" });

  /**
   * @param {Control} control
   * @param {InputContext} context
   */
  constructor(control, context) {
    this.#context = context;
    this.#control = control;
    const { root } = labelled(control, context, "div");
    this.root = root;
    this.#row.setAttribute("role", "group");
    this.#row.setAttribute("aria-label", context.texts[`setting.${control.key}`]);
    root.append(this.#row);
  }

  /** @type {Input["show"]} */
  show(value, choices) {
    const shown = [...this.#row.children].map((child) => child.getAttribute("data-value"));
    if (shown.join() !== choices.join()) this.#row.replaceChildren(...choices.map((choice) => this.#button(choice)));
    for (const child of this.#row.children) {
      child.setAttribute("aria-pressed", String(child.getAttribute("data-value") === String(value)));
    }
  }

  /** @param {string | number} choice */
  #button(choice) {
    const created = button("", valueText(this.#control, choice, this.#context));
    created.dataset.value = String(choice);
    created.addEventListener("click", () => this.#context.onChange(choice));
    return created;
  }
}

class ChoiceList {
  #context;
  #control;
  #list = element("select");

  /**
   * @param {Control} control
   * @param {InputContext} context
   */
  constructor(control, context) {
    this.#context = context;
    this.#control = control;
    const { root } = labelled(control, context, "label");
    this.root = root;
    this.#list.setAttribute("aria-label", context.texts[`setting.${control.key}`]);
    root.append(this.#list);
    this.#list.addEventListener("change", () => context.onChange(this.#list.value));
  }

  /** @type {Input["show"]} */
  show(value, choices) {
    const names = choices.map(String);
    if ([...this.#list.options].map((option) => option.value).join() !== names.join()) {
      const options = names.map((name) =>
        element("option", { value: name, textContent: valueText(this.#control, name, this.#context) }),
      );
      this.#list.replaceChildren(...options);
    }
    this.#list.value = String(value);
  }
}

const MOST = 2 ** 32 - 1;

class SeedInput {
  /**
   * @param {Control} control
   * @param {InputContext} context
   */
  constructor(control, context) {
    const { texts } = context;
    const { root } = labelled(control, context, "div");
    this.root = root;
    this.input = element("input", { type: "number", min: "0", max: String(MOST), step: "1" });
    this.input.setAttribute("aria-label", texts["setting.seed"]);
    const dice = button("dice", "", texts["seed.new"]);
    root.append(element("div", { className: "seed" }, this.input, dice));
    this.input.addEventListener("change", () => {
      const seed = Math.round(Number(this.input.value));
      context.onChange(Math.min(MOST, Math.max(0, Number.isFinite(seed) ? seed : 0)));
    });
    dice.addEventListener("click", () => context.onChange(crypto.getRandomValues(new Uint16Array(1))[0]));
  }

  /** @type {Input["show"]} */
  show(value) {
    this.input.value = String(value);
  }
}
