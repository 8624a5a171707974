// @ts-check
/**
 * How curves are shown, on every board of the page and at the next visit.
 * @import { Texts } from "../shared/types.js"
 */
import { element, find } from "../shared/dom.mjs";

/** @typedef {"fit" | "log" | "linear"} ScaleName */

/**
 * @typedef {object} ViewSettings
 * @property {number} smooth strength of the smoothing, 0 to 1
 * @property {ScaleName} scale "fit": each chart its own
 */

const KEY = "gan_demo.curves";
/** @type {ScaleName[]} */
const SCALES = ["fit", "log", "linear"];
/** @type {Set<() => void>} */
const listeners = new Set();

/** @type {ViewSettings} */
export const settings = { smooth: 0, scale: "fit", ...storedSettings() };

/**
 * Read settings from the browser's storage; what is missing or invalid is left out.
 * @returns {Partial<ViewSettings>}
 */
function storedSettings() {
  try {
    return validSettings(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {}; // the browser stores nothing, or something else was stored
  }
}

/**
 * Return those settings of a parsed object that are valid.
 * @param {unknown} stored
 * @returns {Partial<ViewSettings>}
 */
export function validSettings(stored) {
  const { smooth, scale } = /** @type {Partial<Record<keyof ViewSettings, unknown>>} */ (stored ?? {});
  const scaleName = SCALES.find((name) => name === scale);
  const isStrength = typeof smooth === "number" && smooth >= 0 && smooth <= 1;
  return { ...(isStrength ? { smooth } : {}), ...(scaleName ? { scale: scaleName } : {}) };
}

/**
 * Change settings, store them and tell all listeners.
 * @param {Partial<ViewSettings>} changes
 */
export function changeSettings(changes) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // the browser stores nothing: they hold for this visit
  }
  for (const listener of listeners) listener();
}

/**
 * Call a listener after every change. Return the function that ends this.
 * @param {() => void} listener
 */
export function listenToSettings(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The row of tools above the charts. */
export class Toolbar {
  /**
   * @param {HTMLElement} root of the charts
   * @param {() => void} onReset called when everything should be shown again
   */
  constructor(root, onReset) {
    this.box = element("div", { className: "tools" });
    this.box.innerHTML = `<label class="smoothing"><span></span><input type="range" min="0" max="1" step="0.05"></label>
      <label class="scale"><span></span><select></select></label><button type="button"></button>`;
    this.smoothing = find(this.box, ".smoothing");
    this.scale = find(this.box, ".scale");
    this.slider = find(this.box, "input");
    this.select = find(this.box, "select");
    this.reset = find(this.box, "button");
    this.select.append(...SCALES.map((value) => element("option", { value })));
    this.slider.addEventListener("input", () => changeSettings({ smooth: Number(this.slider.value) }));
    this.select.addEventListener("change", () => changeSettings(validSettings({ scale: this.select.value })));
    this.reset.addEventListener("click", onReset);
    root.prepend(this.box);
  }

  /**
   * @param {Texts} texts
   * @param {boolean} isZoomed whether there is something to reset
   * @param {boolean} isShown whether smoothing and scale are offered here
   */
  update(texts, isZoomed, isShown) {
    find(this.smoothing, "span").textContent = texts.smooth ?? "";
    find(this.scale, "span").textContent = texts.scale ?? "";
    for (const option of this.select.options) option.textContent = texts[`scale.${option.value}`] || option.value;
    this.slider.value = String(settings.smooth);
    this.slider.style.setProperty("--share", `${100 * settings.smooth}%`); // the page colours a track up to its thumb
    this.select.value = settings.scale;
    this.reset.textContent = texts.reset ?? "";
    this.reset.hidden = !isZoomed;
    this.box.title = texts.help ?? "";
    this.smoothing.hidden = !isShown;
    this.scale.hidden = !isShown;
    this.box.hidden = !isShown && !isZoomed;
  }
}
