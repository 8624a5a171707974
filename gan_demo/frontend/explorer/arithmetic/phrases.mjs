// @ts-check
// Attributes, kinds and formulas in words: "dark glasses, short hair", "thick 4".

/**
 * @import { App } from "../types.js"
 * @import { Attribute, Formula, Kind } from "./types.js"
 */
import { attributeNamed } from "./formula.mjs";

/** What words come from. @typedef {Pick<App, "data" | "t" | "fieldName" | "valueName">} Words */

/**
 * Return an attribute's value in words, as "dark glasses".
 * @param {Words} app
 * @param {readonly Attribute[]} attributes
 * @param {string} name
 * @param {number} value
 * @returns {string}
 */
export function phrase(app, attributes, name, value) {
  const { values } = attributeNamed(attributes, name);
  const { texts } = app.data;
  const exact = texts[`phrase.${name}.${values[value]}`];
  const general = texts[`phrase.${name}`] ?? app.t("phrase.other", { field: app.fieldName(name), value: "{value}" });
  return exact ?? general.replace("{value}", app.valueName(name, values[value]));
}

/**
 * Return a kind of one or two attributes in words; "" for any.
 * @param {Words} app
 * @param {readonly Attribute[]} attributes
 * @param {Kind} kind
 * @returns {string}
 */
export function inWords(app, attributes, kind) {
  const names = Object.keys(kind);
  const [first, second] = names.map((name) => phrase(app, attributes, name, kind[name]));
  if (second === undefined) return first ?? "";
  const { trait } = attributeNamed(attributes, names[0]);
  return app.t(trait ? "arithmetic.trait_of" : "arithmetic.and", { first, second });
}

/**
 * Return the name of a formula: what comes out of it.
 * @param {Words} app
 * @param {readonly Attribute[]} attributes
 * @param {Formula} formula
 * @returns {string}
 */
export function title(app, attributes, { p, q }) {
  if (attributeNamed(attributes, p.name).trait) return inWords(app, attributes, { [p.name]: p.on, [q.name]: q.on });
  return app.t("arithmetic.preset", {
    what: phrase(app, attributes, p.name, p.on),
    to: phrase(app, attributes, q.name, q.on),
  });
}
