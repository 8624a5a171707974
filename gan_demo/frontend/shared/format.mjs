// @ts-check
/**
 * Numbers, durations and sentences in the language of the page.
 * @import { Durations, Language } from "./types.js"
 */

const EXPONENT_BELOW = 1e-3; // smaller values are written with an exponent
const EXPONENT_FROM = 1e12; // of a loss that runs off

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * Return the number format of a language; each is built once.
 * @param {Language} language
 * @param {Intl.NumberFormatOptions} options
 */
function numberFormat(language, options) {
  const key = `${language} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, options);
    formats.set(key, format);
  }
  return format;
}

/**
 * Format a value; a minus sign is "−", and a value that rounds to zero has none.
 * @param {Language} language
 * @param {number} value
 * @param {Intl.NumberFormatOptions} options
 */
function formatted(language, value, options) {
  const text = numberFormat(language, options).format(value);
  return text.replace(/^-(?=[0.,%\s]*$)/, "").replace("-", "−");
}

/**
 * Replace each `{name}` of a template by its value. A name without a value stays visible as it is.
 * @param {string} template
 * @param {Record<string, unknown>} [values]
 */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (placeholder, name) =>
    String((Object.hasOwn(values, name) ? values[name] : null) ?? placeholder),
  );
}

/**
 * Format a number with at most `digits` digits after the point.
 * @param {Language} language
 * @param {number} value
 */
export function number(language, value, digits = 0) {
  return formatted(language, value, { maximumFractionDigits: digits });
}

/**
 * Format a number with exactly `digits` digits after the point, for values that change in place or stand in a column.
 * @param {Language} language
 * @param {number} value
 * @param {number} digits
 */
export function fixed(language, value, digits) {
  return formatted(language, value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * Format a number with at most `digits` significant digits.
 * @param {Language} language
 * @param {number} value
 */
export function significant(language, value, digits = 3) {
  return formatted(language, value, { maximumSignificantDigits: digits });
}

/**
 * Format a share from 0 to 1 as a percentage with at most `digits` significant digits.
 * @param {Language} language
 * @param {number} share
 */
export function percent(language, share, digits = 2) {
  return formatted(language, share, { style: "percent", maximumSignificantDigits: digits });
}

/**
 * Format a measured value: three significant digits, an exponent for tiny and huge values, "–" for none.
 * @param {Language} language
 * @param {number | null | undefined} value
 */
export function precise(language, value) {
  if (value === null || value === undefined) return "–";
  return isTiny(value) || isHuge(value) ? exponential(value.toExponential(2)) : significant(language, value);
}

/**
 * Format the numbers along an axis: few characters, but enough digits to tell neighbours apart. None is "".
 * @param {Language} language
 * @param {readonly (number | null)[]} values ascending
 */
export function labels(language, values) {
  const digits = distinguishingDigits(values.filter((value) => value !== null));
  return values.map((value) => (value === null ? "" : short(language, value, Math.max(1, Math.min(5, digits)))));
}

/**
 * Return how many significant digits tell ascending neighbours apart.
 * @param {number[]} values
 */
function distinguishingDigits(values) {
  const largest = Math.max(...values.map(Math.abs), 0);
  const gaps = values.slice(1).map((value, i) => Math.abs(value - values[i]));
  const smallestGap = Math.min(...gaps.filter((gap) => gap > 0));
  if (!(largest > 0 && Number.isFinite(smallestGap))) return 3;
  return magnitude(largest) - magnitude(smallestGap) + 1;
}

/** @param {number} value */
function magnitude(value) {
  return Math.floor(Math.log10(value) + 1e-9); // so that log10(1000) counts as 3
}

/**
 * @param {Language} language
 * @param {number} value
 * @param {number} digits
 */
function short(language, value, digits) {
  if (isTiny(value) || isHuge(value)) return exponential(Number(value.toPrecision(digits)).toExponential());
  return formatted(language, value, { notation: "compact", maximumSignificantDigits: Math.max(3, digits) });
}

/** @param {number} value */
function isTiny(value) {
  return value !== 0 && Math.abs(value) < EXPONENT_BELOW;
}

/** @param {number} value */
function isHuge(value) {
  return Math.abs(value) >= EXPONENT_FROM && Number.isFinite(value);
}

/**
 * Write a number in JavaScript's exponent form with true minus signs: "-2.5e-12" becomes "−2.5e−12".
 * @param {string} text
 */
function exponential(text) {
  return text.replaceAll("-", "−").replace("e+", "e");
}

/**
 * Say a duration in the page's words; "…" while it is unknown.
 * @param {Durations} texts
 * @param {number | null | undefined} seconds
 */
export function duration(texts, seconds) {
  if (seconds === null || seconds === undefined) return "…";
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h) return m ? fill(texts.hours, { h, m }) : fill(texts.whole_hours, { n: h });
  if (m) return s ? fill(texts.minutes, { m, s }) : fill(texts.whole_minutes, { n: m });
  return fill(texts.seconds, { n: s });
}

/**
 * Return how many Latin letters wide a text is; a Chinese sign takes two.
 * @param {string} text
 */
export function lettersWide(text) {
  return [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 2 : 1), 0);
}
