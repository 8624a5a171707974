// @ts-check
/**
 * What to call a direction, and what it does, in words.
 * @import { App, Direction } from "../types.js"
 */

const WEAK_PROBABILITY_CHANGE = 0.2; // an attribute whose likelihood changes by less is called weak

/** @typedef {Pick<App, "t" | "fieldName" | "valueName" | "formatNumber" | "drawsPoints">} Words */

/**
 * Return the name of a direction; `withFamily`: where nothing beside it names the family.
 * @param {Words} app
 * @param {Pick<Direction, "key" | "family" | "name">} direction
 * @param {boolean} withFamily
 */
export function directionName(app, { key, family, name }, withFamily) {
  const [field, value] = name.split(".");
  if (value === "yes") return app.fieldName(field);
  if (value !== undefined)
    return app.t("direction.value", { field: app.fieldName(field), value: app.valueName(field, value) });
  if (name) return textOr(app, `direction.${name}`, app.fieldName(name));
  const n = key.split("-").pop();
  return withFamily
    ? app.t("direction.nth_of", { n, family: app.t(`family.${family}`) })
    : app.t("direction.nth", { n });
}

/**
 * Return what changes from two standard deviations on one side to two on the other, or "".
 * @param {Words} app
 * @param {Pick<Direction, "effect">} direction
 */
export function effectText(app, { effect }) {
  if (!effect || app.drawsPoints || !textOr(app, `effect.${effect.measure}`, "")) return "";
  const { measure, values } = effect;
  const [low, high] = [values[0], values[values.length - 1]];
  if (measure === "pixels") return app.t("effect.pixels", { n: percent(app, Math.max(low, high)) });
  /** @type {(value: number) => string} */
  const text = (value) => (measure === "probability" ? percent(app, value) : app.formatNumber(value, 1));
  const effectWords = app.t(`effect.${measure}`, { low: text(low), high: text(high) });
  const isWeak = measure === "probability" && Math.abs(high - low) < WEAK_PROBABILITY_CHANGE;
  return isWeak ? app.t("effect.weak", { effect: effectWords }) : effectWords;
}

/**
 * @param {Words} app
 * @param {number} share
 */
function percent(app, share) {
  return app.t("percent", { n: app.formatNumber(100 * share) });
}

/**
 * Return a text as it is, or something else where there is no such text.
 * @param {Words} app
 * @param {string} key
 * @param {string} fallback
 */
function textOr(app, key, fallback) {
  const text = app.t(key);
  return text === key ? fallback : text;
}
