// A formula: with p, without q − without either + without p, with q = with both. Pure.
// An attribute is {name, values, label, read, trait}: its field of space.labels and of the classifier, or −1; or a trait,
// which is measured on the pixels. A formula is {p, q}, each {name, on, off}: indices of values. A kind is {name: value}.
import { arithmetic, labelOffset, latentState, norm } from "../latent.mjs";
import { MEASURES } from "./digit_strokes.mjs";

export const LESS = 0; // values of a trait: in the lowest and in the highest third of its class
export const MORE = 1;
const CLASS = "digit"; // of which traits are measured

export function attributes(space, fields) {
  const found = new Map();
  space.labels.forEach((one, label) => found.set(one.name, { ...one, label, read: -1, trait: false }));
  fields.forEach((one, read) => found.set(one.name, { ...one, label: -1, ...found.get(one.name), read, trait: false }));
  const all = [...found.values()].filter((one) => one.values.length > 1);
  if (!all.some((one) => one.name === CLASS)) return all;
  return [
    ...all,
    ...Object.keys(MEASURES).map((name) => ({ name, values: ["less", "more"], label: -1, read: -1, trait: true })),
  ];
}

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

export function presets(all) {
  return PRESETS.map((text) => parse(text, all)).filter(Boolean);
}

// Text of the address; null for what this model has not.
export function parse(text, all) {
  const told = text.split("~").map((part) => {
    const [name, on, off] = part.split(".");
    const one = all.find((each) => each.name === name);
    return one && { name, on: one.values.indexOf(on), off: one.values.indexOf(off) };
  });
  const [p, q] = told;
  const fine = (one) => one && one.on >= 0 && one.off >= 0 && one.on !== one.off;
  return told.length === 2 && fine(p) && fine(q) && p.name !== q.name && measurable({ p, q }, all) ? { p, q } : null;
}

export function write(formula, all) {
  const part = ({ name, on, off }) => [name, ...[on, off].map((k) => find(all, name).values[k])].join(".");
  return formula ? `${part(formula.p)}~${part(formula.q)}` : "";
}

export function find(all, name) {
  return all.find((one) => one.name === name);
}

// A trait says something of digits of one class only, so the other attribute is the class.
function measurable({ p, q }, all) {
  const trait = (one) => find(all, one.name).trait;
  return !trait(q) && (!trait(p) || q.name === CLASS);
}

// What the three are and what is wanted, as kinds.
export function kinds(formula) {
  if (!formula) return { a: {}, b: {}, c: {}, wanted: {} };
  const { p, q } = formula;
  const kind = (first, second) => ({ [p.name]: first, [q.name]: second });
  return { a: kind(p.on, q.off), b: kind(p.off, q.off), c: kind(p.off, q.on), wanted: kind(p.on, q.on) };
}

// ---- the sum

export const WAYS = ["both", "labels", "z"];

// a − b + c of lists of states, of z and labels together; of the labels alone, with a's z; of z alone, with a's labels.
export function sum(a, b, c, fields, way = "both") {
  const mean = average(a);
  const z = way === "labels" ? scaled(mean.z, a) : arithmetic(...[a, b, c].map((some) => some.map((one) => one.z)));
  const y = way === "z" ? mean.y : told(mean.y, average(b).y, average(c).y, fields);
  return latentState(z, y);
}

export function average(some) {
  const mean = (name) =>
    some[0][name].map((_, k) => some.reduce((total, one) => total + one[name][k], 0) / some.length);
  return latentState(mean("z"), mean("y"));
}

// As long as samples are.
function scaled(z, some) {
  const typical = some.reduce((total, one) => total + norm(one.z), 0) / some.length;
  return z.map((value) => (value * typical) / Math.max(norm(z), 1e-12));
}

// Label by label a − b + c; what falls below nothing is nothing, and the rest shares one whole.
function told(a, b, c, fields) {
  const y = a.map((value, k) => Math.max(0, value - b[k] + c[k]));
  fields.forEach((one, k) => {
    const [start, end] = [labelOffset(fields, k), labelOffset(fields, k) + one.values.length];
    const whole = y.slice(start, end).reduce((total, value) => total + value, 0);
    for (let n = start; n < end; n++) y[n] = whole > 1e-6 ? y[n] / whole : a[n];
  });
  return y;
}
