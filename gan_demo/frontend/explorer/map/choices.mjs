// @ts-check
// The lists above the map: its two axes, and what it is coloured by.

import { button, element } from "../../shared/dom.mjs";

/** @import { SampleReader } from "../engine/classifiers.mjs" */
/** @import { App } from "../types" */
/** @import { Axis, Colouring } from "./types" */

/** @typedef {Pick<App, "directionName" | "fieldName" | "space" | "t">} AxisNamer */
/**
 * @typedef {{ title: string, options: [value: string, text: string][] }} OptionGroup a group without title is no
 *   group
 */

/**
 * Return what an axis is called, different from all others: the closed list shows no family beside it.
 *
 * @param {AxisNamer} app
 * @param {Axis} axis
 */
export function axisName(app, axis) {
  if (!axis.direction) return app.fieldName(app.space.labels[axis.field].name);
  const name = app.directionName(axis.direction, true);
  const isLabel = app.space.labels.some((label) => app.fieldName(label.name) === name);
  return isLabel ? app.t("map.learned_axis", { name }) : name;
}

/**
 * Return axes as groups of options: the labels, then each family of directions.
 *
 * @param {AxisNamer} app
 * @param {Axis[]} axes
 */
export function axisGroups(app, axes) {
  /** @type {Map<string, OptionGroup>} */
  const groups = new Map();
  for (const axis of axes) {
    const title = app.t(axis.direction ? `family.${axis.direction.family}` : "map.labels");
    const group = groups.get(title) ?? { title, options: [] };
    group.options.push([axis.key, axisName(app, axis)]);
    groups.set(title, group);
  }
  return [...groups.values()];
}

/**
 * Return what the map can be coloured by; empty if nothing but the pictures' own colours is on offer.
 *
 * @param {App} app
 * @param {SampleReader} reader
 */
export function colourGroups(app, reader) {
  /** @type {OptionGroup[]} */
  const groups = [];
  if (reader.fields.length) {
    const options = reader.fields.map(({ name }, k) => option(String(k), app.fieldName(name)));
    groups.push({ title: app.t("map.by_class"), options });
  }
  if (reader.hasDiscriminator) {
    groups.push({ title: app.t("map.by_d"), options: [option("verdict", app.t("map.by_verdict"))] });
  }
  if (groups.length) groups.unshift({ title: "", options: [option("", app.t("map.plain"))] });
  return groups;
}

/** @type {(value: string, text: string) => [value: string, text: string]} */
const option = (value, text) => [value, text];

/**
 * Create a list with its label.
 *
 * @param {string} text
 * @param {OptionGroup[]} groups
 * @param {(value: string) => void} onChoice
 */
export function createSelect(text, groups, onChoice) {
  const select = element("select");
  select.setAttribute("aria-label", text.replace(/ [→↑]$/, ""));
  for (const { title, options } of groups) {
    const entries = options.map(([value, name]) => new Option(name, value));
    select.append(...(title ? [element("optgroup", { label: title }, ...entries)] : entries));
  }
  select.addEventListener("change", () => onChoice(select.value));
  return { label: element("label", {}, element("span", { textContent: text }), select), select };
}

/** The lists of the two axes, with a button that swaps them. */
export class AxisChoice {
  /**
   * @param {App} app
   * @param {Axis[]} axes
   * @param {(name: "across" | "up", axis: Axis) => void} onChoice
   */
  constructor(app, axes, onChoice) {
    const groups = axisGroups(app, axes);
    /** @type {(name: "across" | "up", key: string) => void} */
    const choose = (name, key) => {
      const axis = axes.find((each) => each.key === key);
      if (axis) onChoice(name, axis);
    };
    const across = createSelect(app.t("map.across"), groups, (key) => choose("across", key));
    const up = createSelect(app.t("map.up"), groups, (key) => choose("up", key));
    const swap = button("swap", "", app.t("map.swap"), "swap");
    swap.addEventListener("click", () => choose("across", up.select.value));
    this.across = across.select;
    this.up = up.select;
    this.parts = [across.label, swap, up.label];
  }

  /**
   * @param {Axis} across
   * @param {Axis} up
   */
  show(across, up) {
    this.across.value = across.key;
    this.up.value = up.key;
  }
}

/** The list of what the map is coloured by. */
export class ColourChoice {
  /**
   * @param {App} app
   * @param {OptionGroup[]} groups
   * @param {(colouring: Colouring) => void} onChoice
   */
  constructor(app, groups, onChoice) {
    const { label, select } = createSelect(app.t("map.colour"), groups, (value) => onChoice(toColouring(value)));
    this.select = select;
    this.parts = [label];
  }

  /** @param {Colouring} colouring */
  show(colouring) {
    this.select.value = String(colouring);
  }
}

/**
 * @param {string} value of an option
 * @returns {Colouring}
 */
function toColouring(value) {
  if (value === "" || value === "verdict") return value;
  return Number(value);
}
