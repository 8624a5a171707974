// @ts-check
// The explorer's English sentences for tests, filled as the app fills them.
import { readdirSync, readFileSync } from "node:fs";
import { fill } from "../../../gan_demo/frontend/shared/format.mjs";

const FOLDER = new URL("../../../gan_demo/i18n/en/", import.meta.url);

/** Return the sentences of boards/explorer.py, by the names that the component uses. */
function explorerTexts() {
  const sentences = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8")));
  /** @type {Record<string, string>} */
  const texts = {};
  for (const [key, text] of Object.entries(Object.assign({}, ...sentences))) {
    if (key.startsWith("explorer.")) texts[key.slice("explorer.".length)] = text;
    else if (/^explore\.(field|value)\./.test(key)) texts[key.slice("explore.".length)] = text;
  }
  return texts;
}

/** Return the part of the app that words come from. */
export function englishWords() {
  const texts = explorerTexts();
  return {
    data: /** @type {import("../../../gan_demo/frontend/explorer/types.js").ExplorerData} */ ({ texts }),
    /** @param {string} key @param {Record<string, unknown>} [values] */
    t: (key, values) => fill(texts[key] ?? key, values),
    /** @param {string} field */
    fieldName: (field) => texts[`field.${field}`] ?? field,
    /** @param {string} field @param {string} value */
    valueName: (field, value) => texts[`value.${field}.${value}`] ?? value,
    /** @param {number} value */
    formatNumber: (value, digits = 0) => value.toFixed(digits),
  };
}
