// @ts-check
// What is marked along the steps of a run: changed settings and the begin of a fork as marks, warnings as bands.

import { significant } from "../shared/format.mjs";

/** @import { Finding, RunUpdate, SettingValue } from "../shared/types.js" */
/** @import { LiveBoardTexts } from "./types.js" */

/**
 * Return a mark for the begin of a fork and for each change of settings.
 * @param {Pick<RunUpdate, "changes" | "parent">} update
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
export function settingMarks({ changes, parent }, texts, language) {
  const marks = changes.map(({ step, now: settings }) => ({
    step,
    text: Object.entries(settings)
      .map(([name, value]) => changeText(name, value, texts, language))
      .join(", "),
  }));
  const forkedAt = parent.split("@")[1];
  return forkedAt ? [{ step: Number(forkedAt), text: texts.forked }, ...marks] : marks;
}

/**
 * Return the stretches of steps in which something is wrong, with the panel that shows it.
 * @param {readonly Finding[]} findings
 */
export function warningBands(findings) {
  return findings
    .filter((finding) => finding.kind === "warning")
    .map(({ panel, from, to, kind }) => ({ panel, from, to, kind }));
}

/**
 * Return "Learning rate → 0.0002".
 * @param {string} name
 * @param {SettingValue} value
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
function changeText(name, value, texts, language) {
  return `${texts.changed[name] ?? texts.change} → ${valueText(name, value, texts, language)}`;
}

/**
 * Say a setting's value as the settings form does.
 * @param {string} name
 * @param {SettingValue} value
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
function valueText(name, value, texts, language) {
  if (typeof value === "number") return significant(language, value);
  if (typeof value === "boolean") return value ? texts.on : texts.off;
  return texts.choices[name]?.[String(value)] ?? String(value);
}
