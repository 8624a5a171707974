// @ts-check
/**
 * A panel of bars, such as the share of each class.
 * @import { BarsSpec, CurvesData } from "./types.js"
 */
import { element } from "../shared/dom.mjs";
import { number } from "../shared/format.mjs";
import { measurementAt, measurementText } from "./measurement.mjs";
import { PanelSection } from "./panel_section.mjs";

export class BarsPanel {
  /** @param {BarsSpec} spec */
  constructor(spec) {
    this.spec = spec;
    this.section = new PanelSection(spec.id);
    this.section.plotBox.classList.add("bars");
  }

  /**
   * @param {CurvesData} data
   * @param {number | null} at the step on show; null for the newest
   */
  draw(data, at) {
    const { spec, section } = this;
    section.box.classList.toggle("flagged", Boolean(data.bands?.some((band) => band.panel === spec.id)));
    if (spec.values) {
      section.box.hidden = !spec.values.length;
      this.#drawBars(spec.values, namesOf(spec, spec.values.length), data.language);
      return;
    }
    const column = data.columns?.[spec.column ?? ""] ?? [];
    const measurement = measurementAt(data.columns ?? {}, spec.column ?? "", at);
    section.box.hidden = !column.some(Array.isArray);
    section.sayMeasured(measurementText(measurement, data, at === null), Boolean(measurement?.isOld));
    const { values, names } = shares(spec, measurement ? column[measurement.row] : null);
    this.#drawBars(values, names, data.language);
  }

  /** Nothing to release; every panel has this method. */
  destroy() {}

  /**
   * @param {number[]} values
   * @param {string[]} names
   * @param {string} language
   */
  #drawBars(values, names, language) {
    const { plotBox } = this.section;
    const most = Math.max(...values, 1e-9);
    if (plotBox.children.length !== values.length) {
      plotBox.replaceChildren(...values.map(() => element("div", {}, element("i"), element("span"))));
    }
    values.forEach((value, i) => {
      const bar = /** @type {HTMLElement} */ (plotBox.children[i]);
      const [column, name] = /** @type {HTMLElement[]} */ ([...bar.children]);
      bar.title = `${names[i]}: ${number(language, 100 * value, 1)} %`;
      bar.classList.toggle("missing", value <= 0);
      column.style.height = `calc((100% - 1.4rem) * ${value / most})`;
      name.textContent = names[i];
    });
  }
}

/**
 * Return the shares of counts, and the bars' names.
 * @param {Pick<BarsSpec, "names">} spec
 * @param {unknown} list of numbers, or null where nothing was counted
 * @returns {{ values: number[], names: string[] }}
 */
export function shares(spec, list) {
  if (!Array.isArray(list)) return { values: [], names: [] };
  const counts = /** @type {number[]} */ (list);
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  return { values: counts.map((count) => count / total), names: namesOf(spec, counts.length) };
}

/**
 * Return the names of a panel if there are as many as values, else numbers.
 * @param {Pick<BarsSpec, "names">} spec
 * @param {number} count
 */
function namesOf({ names }, count) {
  return names?.length === count ? names : Array.from({ length: count }, (_, k) => String(k));
}
