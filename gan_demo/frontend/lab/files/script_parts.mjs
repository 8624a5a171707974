// @ts-check
/**
 * The lab's PyTorch script on a page without a server: put together of the parts that the page carries, whose texts
 * export/lab_script_parts.py has written.
 * @import { LabSettings, ScriptParts } from "../types.js"
 */
import { toCore } from "../../trainer/core_settings.mjs";
import { DEFAULTS } from "../settings.mjs";

const WHOLE = ["seed", "batch", "z_dim", "width", "d_width", "d_steps"]; // numbers without a fraction

/**
 * Return the script of some settings; `missing` names the setting with whose value the page carries no text, else "".
 * @param {ScriptParts} script
 * @param {LabSettings} settings
 * @returns {{ text: string, missing: keyof LabSettings | "" }}
 */
export function composeScript({ parts, numbers, switches }, settings) {
  if (settings.pack !== DEFAULTS.pack) return { text: "", missing: "pack" };
  const values = toCore(settings);
  /** @param {string} choice */
  const chosen = (choice) => {
    if (!switches.includes(choice)) return values[choice];
    return Number(Boolean(values[choice] || (choice === "r1" && values.r2))); // one text has both penalties
  };
  const pieces = parts.map((part) => part.texts[part.choices.map(chosen).join(" ")]);
  const lacking = pieces.indexOf(/** @type {any} */ (undefined));
  if (lacking >= 0) return { text: "", missing: likeliest(parts[lacking].choices) };
  const filled = numbers.reduce(
    (text, name) =>
      text.replaceAll(`«${name}»`, WHOLE.includes(name) ? String(values[name]) : float(Number(values[name]))),
    pieces.join(""),
  );
  return { text: `${filled.trimEnd()}\n`, missing: "" };
}

/**
 * Return the setting of which the page carries only some values, of a part's choices.
 * @param {readonly string[]} choices
 */
function likeliest(choices) {
  const names = { depth: "gLayers", d_depth: "dLayers", optimizer: "optimizer", name: "data" };
  const known = Object.entries(names).find(([choice]) => choices.includes(choice));
  return /** @type {keyof LabSettings} */ (known ? known[1] : "loss");
}

/**
 * Write a number as Python writes a float.
 * @param {number} value
 */
export function float(value) {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/-(\d)$/, "-0$1");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
