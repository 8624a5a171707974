// @ts-check
// What is marked along the steps of a run: changed settings and the begin of a fork as marks, warnings as bands.

import { fill, significant } from "../shared/format.mjs";

/** @import { Mark } from "../curves/types.js" */
/** @import { Finding, RunUpdate, SettingChange, SettingValue } from "../shared/types.js" */
/** @import { LiveBoardTexts } from "./types.js" */

/**
 * Return a mark for the begin of a fork and for each step at which settings were changed, numbered from 1. Of several
 * changes at one step all values are said, the one in effect last.
 * @param {Pick<RunUpdate, "changes" | "parent">} update
 * @param {LiveBoardTexts} texts
 * @param {string} language
 * @returns {Mark[]}
 */
export function settingMarks({ changes, parent }, texts, language) {
  const forkedAt = parent ? Number(parent.split("@")[1]) : null;
  const steps = [...new Set([...(forkedAt === null ? [] : [forkedAt]), ...changes.map(({ step }) => step)])];
  steps.sort((a, b) => a - b);
  return steps.map((step, index) => {
    const here = changes.filter((change) => change.step === step);
    const parts = [...(step === forkedAt ? [texts.forked] : []), ...changesAt(here, texts, language)];
    return { number: index + 1, step, text: parts.join(texts.and) };
  });
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
 * Return what the changes at one step change: ["Loss: Hinge → Relativistic", "R1 = R2: off → 0.05 → 0.1"].
 * @param {readonly SettingChange[]} changes in their order
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
function changesAt(changes, texts, language) {
  /** @type {Map<string, string[]>} the values of each setting, the one in effect last */
  const values = new Map();
  for (const { was: before, now: after } of changes) {
    for (const [name, value] of Object.entries(after)) {
      const first = name in before ? [valueText(name, before[name], texts, language)] : [];
      values.set(name, [...(values.get(name) ?? first), valueText(name, value, texts, language)]);
    }
  }
  /** @type {Map<string, string[]>} the names of the settings that change alike */
  const alike = new Map();
  for (const [name, chain] of values) {
    const change = chain.join(" → ");
    alike.set(change, [...(alike.get(change) ?? []), texts.changed[name] ?? texts.change]);
  }
  return [...alike].map(([change, names]) => fill(texts.changed_to, { setting: names.join(" = "), change }));
}

/**
 * Say a setting's value as the settings form does.
 * @param {string} name
 * @param {SettingValue} value
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
function valueText(name, value, texts, language) {
  if (typeof value === "boolean") return value ? texts.on : texts.off;
  if (!value && texts.off_at_zero.includes(name)) return texts.off;
  if (typeof value === "number") return significant(language, value);
  return texts.choices[name]?.[String(value)] ?? String(value);
}
