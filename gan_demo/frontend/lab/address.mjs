// @ts-check
/**
 * The lab's state in the address: #data=ring&loss=…&seed=…&show=…&speed=…&hide=…&lesson=…&at=…. Every setting is
 * written, so that a link means the same when the defaults have changed.
 * @import { LabSettings, LabState } from "./types.js"
 */
import { MAX_LINKED, packPoints, thinnedPoints, unpackPoints } from "./data/packed_points.mjs";
import { DEFAULT_LAYERS, LAYERS } from "./layers.mjs";
import { lessonOf } from "./lessons/lessons.mjs";
import { CONTROLS, DEFAULTS, OWN_SETS, parseValue, SPEEDS, withChange } from "./settings.mjs";

const MAX_REPLAYED = 50_000; // iterations that a link may have the lab train before it shows anything

/**
 * Read a hash; what it lacks, or says wrongly, is as at first. `wrong` lists the names that were not understood.
 * @param {string} hash
 * @returns {LabState & { wrong: string[] }}
 */
export function readAddress(hash) {
  const entries = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {string[]} */
  const wrong = [];
  const points = unpackPoints(entries.get("points") ?? "");
  const lesson = lessonOf(entries.get("lesson") ?? "");
  const settings = readSettings(entries, lesson?.settings ?? {}, wrong);
  if (OWN_SETS.includes(settings.data) && !points) {
    wrong.push("points");
    settings.data = DEFAULTS.data;
  }
  return {
    settings,
    points: OWN_SETS.includes(settings.data) ? points : null,
    layers: entries.has("show")
      ? list(entries, "show").filter((name) => LAYERS.includes(name))
      : [...(lesson?.layers ?? DEFAULT_LAYERS)],
    speed: readSpeed(entries.get("speed"), lesson?.speed ?? Infinity),
    hidden: list(entries, "hide"),
    lesson: lesson?.id ?? "",
    at: readIteration(entries.get("at"), lesson?.at ?? 0),
    wrong,
  };
}

/**
 * @param {URLSearchParams} entries
 * @param {Partial<LabSettings>} base of the lesson
 * @param {string[]} wrong receives the names whose values are not understood
 */
function readSettings(entries, base, wrong) {
  /** @type {Record<string, string | number>} */
  const read = {};
  for (const control of CONTROLS) {
    const text = entries.get(control.key);
    if (text === null) continue;
    const value = parseValue(control, text);
    if (value === undefined) wrong.push(control.key);
    else read[control.key] = value;
  }
  return withChange(withChange(DEFAULTS, base), /** @type {Partial<LabSettings>} */ (read));
}

/**
 * @param {URLSearchParams} entries
 * @param {string} name
 */
function list(entries, name) {
  return (entries.get(name) ?? "").split(",").filter(Boolean);
}

/**
 * @param {string | null} text
 * @param {number} fallback
 */
function readSpeed(text, fallback) {
  if (text === null) return fallback;
  return SPEEDS.includes(Number(text)) ? Number(text) : Infinity;
}

/**
 * @param {string | null} text
 * @param {number} fallback
 */
function readIteration(text, fallback) {
  const iteration = Number(text ?? fallback);
  return Number.isInteger(iteration) && iteration > 0 ? Math.min(iteration, MAX_REPLAYED) : 0;
}

/**
 * Return the hash of a state. Of many own points it holds MAX_LINKED, evenly chosen.
 * @param {LabState} state
 */
export function writeAddress({ settings, points, layers, speed, hidden, lesson, at }) {
  const parts = CONTROLS.map(({ key }) => `${key}=${encodeURIComponent(String(settings[key]))}`);
  if (points) parts.push(`points=${packPoints(thinnedPoints(points, MAX_LINKED))}`);
  parts.push(`show=${layers.join(",")}`, `speed=${speed === Infinity ? "max" : speed}`);
  if (hidden.length) parts.push(`hide=${hidden.map(encodeURIComponent).join(",")}`);
  if (lesson) parts.push(`lesson=${encodeURIComponent(lesson)}`);
  if (at) parts.push(`at=${at}`);
  return `#${parts.join("&")}`;
}
