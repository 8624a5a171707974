// @ts-check
/**
 * Why a training came to infinite numbers or NaN, and which setting would have prevented it.
 * @import { Columns } from "../shared/types.js"
 * @import { LabSettings } from "./types.js"
 */
import { lastIndex } from "../shared/arrays.mjs";

/**
 * @typedef {object} Suspect
 * @property {keyof LabSettings} key the setting that most likely caused it
 * @property {number} value what it is
 * @property {number} remedy what to set it to
 */

const CALM = 10; // times the values at the start
const SAFE_RATES = /** @type {Record<string, number>} */ ({ adam: 1e-3, rmsprop: 5e-4, sgd: 0.02 });

/**
 * Return the setting that most likely caused a loss without a value. Every candidate is weighed by how many times it
 * exceeds what trains safely here; a loss without a bound and without a penalty counts as its missing penalty.
 * @param {LabSettings} settings
 * @returns {Suspect}
 */
export function suspect(settings) {
  const [{ key, value, remedy }] = suspects(settings).sort((a, b) => b.excess - a.excess);
  return { key, value, remedy };
}

/**
 * Return a setting that is known to have caused it with its remedy; the likeliest where there is none for that one.
 * @param {keyof LabSettings} key
 * @param {LabSettings} settings
 * @returns {Suspect}
 */
export function suspectOf(key, settings) {
  const known = suspects(settings)
    .filter((candidate) => candidate.key === key)
    .sort((a, b) => b.excess - a.excess);
  return known.length ? { key, value: known[0].value, remedy: known[0].remedy } : suspect(settings);
}

/**
 * Return the settings that take a suspect away: a rate is not left high in the other network.
 * @param {Suspect} suspect
 * @param {LabSettings} settings
 * @returns {Partial<LabSettings>}
 */
export function remedyOf({ key, remedy }, settings) {
  if (key !== "gLr" && key !== "dLr") return { [key]: remedy };
  return { gLr: Math.min(settings.gLr, remedy), dLr: Math.min(settings.dLr, remedy) };
}

/**
 * Return the last iteration up to `last` at which losses and gradients were within CALM times those at the start; 0
 * where there is none.
 * @param {Columns} columns
 * @param {number} last
 */
export function lastCalm(columns, last) {
  const names = ["d_loss", "g_loss", "grad_d", "grad_g"];
  const limits = names.map((name) => CALM * Math.max(1, Math.abs(columns[name].find((value) => value !== null) ?? 0)));
  const row = lastIndex(columns.step, (step, index) => {
    const isCalm = names.every((name, k) => Math.abs(columns[name][index] ?? Infinity) <= limits[k]);
    return step !== null && step <= last && isCalm;
  });
  return row < 0 ? 0 : (columns.step[row] ?? 0);
}

/** @param {LabSettings} settings */
function suspects(settings) {
  const safe = SAFE_RATES[settings.optimizer] ?? SAFE_RATES.adam;
  const isFree = settings.loss === "wasserstein" && !settings.gp && !settings.r1 && !settings.r2;
  const steepest = Math.max(settings.gLr, settings.dLr) / safe;
  /** @type {(Suspect & { excess: number })[]} */
  const candidates = [
    rate("gLr", settings.gLr, safe),
    rate("dLr", settings.dLr, safe),
    // a penalty's step is its weight times the rate: plain gradient descent swings and grows beyond 2
    penalty("r1", settings, safe),
    penalty("r2", settings, safe),
    penalty("gp", settings, safe),
    { key: "gp", value: settings.gp, remedy: 1, excess: isFree ? 2 * Math.max(1, Math.min(3, steepest)) : 0 },
  ];
  return candidates;
}

/**
 * @param {"gLr" | "dLr"} key
 * @param {number} value
 * @param {number} safe
 */
function rate(key, value, safe) {
  return { key, value, remedy: value > safe ? safe : value / 10, excess: value / safe };
}

/**
 * @param {"r1" | "r2" | "gp"} key
 * @param {LabSettings} settings
 * @param {number} safe
 */
function penalty(key, { [key]: value, dLr }, safe) {
  const largest = key === "gp" ? 10 : 1;
  return { key, value, remedy: largest / 10, excess: (value * dLr) / (largest * safe) };
}
