// @ts-check
/**
 * The explorer's sentences, and the names of labels and directions.
 * @import { Direction, ExplorerData } from "./types.js"
 */
import { fill, fixed } from "../shared/format.mjs";
import { reason } from "../shared/http.mjs";
import { directionName, effectText } from "./controls/direction_names.mjs";

export class ExplorerTexts {
  #texts;

  /**
   * @param {Pick<ExplorerData, "texts" | "language">} data
   * @param {boolean} drawsPoints
   */
  constructor({ texts, language }, drawsPoints) {
    this.#texts = texts;
    this.language = language;
    /** Are samples points (N, 2) rather than images? */
    this.drawsPoints = drawsPoints;
  }

  /**
   * Return a text, filled; its key if there is none.
   * @param {string} key
   * @param {Record<string, unknown>} [values]
   */
  t(key, values) {
    return fill(this.#texts[key] ?? key, values);
  }

  /** @param {string} field */
  fieldName(field) {
    return this.#texts[`field.${field}`] ?? field;
  }

  /**
   * @param {string} field
   * @param {string} value
   */
  valueName(field, value) {
    return this.#texts[`value.${field}.${value}`] ?? value;
  }

  /**
   * Return the name of a direction; `withFamily`: where nothing beside it names the family.
   * @param {Direction} direction
   * @param {boolean} [withFamily]
   */
  directionName(direction, withFamily = false) {
    return directionName(this, direction, withFamily);
  }

  /**
   * Return what was measured along a direction in plain words, or "".
   * @param {Direction} direction
   */
  effectText(direction) {
    return effectText(this, direction);
  }

  /**
   * Format a number with exactly so many digits after the point.
   * @param {number} value
   * @param {number} [digits]
   */
  formatNumber(value, digits = 0) {
    return fixed(this.language, value, digits);
  }

  /**
   * Return why something failed, as a part of a sentence.
   * @param {unknown} error
   */
  errorText(error) {
    return reason(this.#texts, error);
  }
}
