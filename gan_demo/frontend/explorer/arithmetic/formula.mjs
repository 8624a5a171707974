// @ts-check
// Formulas of latent arithmetic (Radford et al. 2016, section 6.3.2): what can be added, addresses, kinds, and the sum.

/**
 * @import { LabelField, LatentState, Space } from "../types.js"
 * @import { Attribute, Formula, FormulaPart, Kind, Way } from "./types.js"
 */
import { arithmetic, labelOffset, latentState, norm } from "../latent.mjs";
import { MEASURES } from "./digit_strokes.mjs";

// Values of a trait: in the lowest and in the highest third of its class.
export const LESS = 0;
export const MORE = 1;
const CLASS = "digit"; // the field whose classes traits are measured within
const TINY = 1e-12;
const NO_WEIGHT = 1e-6; // sum of a field's labels below which they are a's

/** @type {readonly Way[]} */
export const WAYS = ["both", "labels", "z"];

const PRESETS = [
  "glasses.dark.none~long_hair.yes.no",
  "hat.yes.no~smile.yes.no",
  "beard.yes.no~glasses.light.none",
  "hair_color.0.1~long_hair.yes.no",
  "thickness.more.less~digit.7.4",
  "slant.more.less~digit.9.1",
  "thickness.less.more~digit.9.7",
  "size.less.more~digit.7.9",
];

// ---- attributes

/**
 * Return the attributes that formulas of a model can have: its labels, what the classifier reads, and traits of digits.
 * @param {Pick<Space, "labels">} space
 * @param {readonly LabelField[]} classifierFields
 * @returns {Attribute[]}
 */
export function attributesOf(space, classifierFields) {
  /** @type {Map<string, Attribute>} */
  const byName = new Map();
  space.labels.forEach(({ name, values }, label) => {
    byName.set(name, { name, values, label, read: -1, trait: false });
  });
  classifierFields.forEach(({ name, values }, read) => {
    byName.set(name, { name, values, label: -1, trait: false, ...byName.get(name), read });
  });
  const fields = [...byName.values()].filter(({ values }) => values.length > 1);
  if (!fields.some(({ name }) => name === CLASS)) return fields;
  const traits = Object.keys(MEASURES).map((name) => ({
    name,
    values: ["less", "more"],
    label: -1,
    read: -1,
    trait: true,
  }));
  return [...fields, ...traits];
}

/**
 * @param {readonly Attribute[]} attributes
 * @param {string} name
 */
export function attributeNamed(attributes, name) {
  const attribute = attributes.find((candidate) => candidate.name === name);
  if (!attribute) throw new Error(`no attribute ${name}`);
  return attribute;
}

// ---- formulas and their text in the address

/**
 * Return the formulas on offer that these attributes allow.
 * @param {readonly Attribute[]} attributes
 */
export function presets(attributes) {
  return PRESETS.map((text) => parse(text, attributes)).filter((formula) => formula !== null);
}

/**
 * Return the formula of a text in the address, or null if the model lacks its attributes or it adds nothing.
 * @param {string} text
 * @param {readonly Attribute[]} attributes
 * @returns {Formula | null}
 */
export function parse(text, attributes) {
  const parts = text.split("~").map((part) => parsePart(part, attributes));
  const [p, q] = parts;
  if (parts.length !== 2 || !p || !q || p.name === q.name) return null;
  return isMeasurable({ p, q }, attributes) ? { p, q } : null;
}

/**
 * @param {string} text
 * @param {readonly Attribute[]} attributes
 * @returns {FormulaPart | null}
 */
function parsePart(text, attributes) {
  const [name, on, off] = text.split(".");
  const attribute = attributes.find((candidate) => candidate.name === name);
  if (!attribute) return null;
  const part = { name, on: attribute.values.indexOf(on), off: attribute.values.indexOf(off) };
  return part.on >= 0 && part.off >= 0 && part.on !== part.off ? part : null;
}

/**
 * Return the text of a formula for the address; "" for none.
 * @param {Formula | null} formula
 * @param {readonly Attribute[]} attributes
 */
export function write(formula, attributes) {
  if (!formula) return "";
  /** @param {FormulaPart} part */
  const text = ({ name, on, off }) => {
    const { values } = attributeNamed(attributes, name);
    return [name, values[on], values[off]].join(".");
  };
  return `${text(formula.p)}~${text(formula.q)}`;
}

/**
 * Return whether results can be judged: a trait compares digits of one class, so the other attribute is the class.
 * @param {Formula} formula
 * @param {readonly Attribute[]} attributes
 */
function isMeasurable({ p, q }, attributes) {
  const [first, second] = [p, q].map(({ name }) => attributeNamed(attributes, name).trait);
  return !second && (!first || q.name === CLASS);
}

/**
 * Return the kinds of the three terms and of the wanted result.
 * @param {Formula | null} formula
 * @returns {{ a: Kind, b: Kind, c: Kind, wanted: Kind }}
 */
export function kindsOf(formula) {
  if (!formula) return { a: {}, b: {}, c: {}, wanted: {} };
  const { p, q } = formula;
  /** @param {number} first @param {number} second */
  const kind = (first, second) => ({ [p.name]: first, [q.name]: second });
  return { a: kind(p.on, q.off), b: kind(p.off, q.off), c: kind(p.off, q.on), wanted: kind(p.on, q.on) };
}

// ---- the sum

/**
 * Return a − b + c, each the mean of some states; of z and labels, or of one of them with the other as it is in a.
 * @param {readonly LatentState[]} a
 * @param {readonly LatentState[]} b
 * @param {readonly LatentState[]} c
 * @param {LabelField[]} fields
 * @param {Way} way
 */
export function sum(a, b, c, fields, way = "both") {
  const mean = average(a);
  const [as, bs, cs] = [a, b, c].map((states) => states.map(({ z }) => z));
  const z = way === "labels" ? rescaled(mean.z, a) : arithmetic(as, bs, cs);
  const y = way === "z" ? mean.y : addLabels(mean.y, average(b).y, average(c).y, fields);
  return latentState(z, y);
}

/**
 * Return the mean of some states, at truncation 1.
 * @param {readonly LatentState[]} states
 */
export function average(states) {
  /** @param {"z" | "y"} name */
  const mean = (name) =>
    states[0][name].map((_, k) => states.reduce((total, each) => total + each[name][k], 0) / states.length);
  return latentState(mean("z"), mean("y"));
}

/**
 * Return z at the mean norm of some states.
 * @param {Float32Array} z
 * @param {readonly LatentState[]} states
 */
function rescaled(z, states) {
  const typical = states.reduce((total, each) => total + norm(each.z), 0) / states.length;
  return z.map((value) => (value * typical) / Math.max(norm(z), TINY));
}

/**
 * Return a − b + c label by label, negative ones raised to 0, each field's scaled to a sum of 1.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {Float32Array} c
 * @param {LabelField[]} fields
 */
function addLabels(a, b, c, fields) {
  const y = a.map((value, k) => Math.max(0, value - b[k] + c[k]));
  fields.forEach(({ values }, k) => {
    const start = labelOffset(fields, k);
    const end = start + values.length;
    const whole = y.slice(start, end).reduce((total, value) => total + value, 0);
    for (let n = start; n < end; n++) y[n] = whole > NO_WEIGHT ? y[n] / whole : a[n];
  });
  return y;
}
