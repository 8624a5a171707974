// @ts-check
/**
 * The newest measurements in digits, with what perfect samples would read.
 * @import { LabData, Measures } from "./types.js"
 */
import { element } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";
import { measureLines } from "./charts.mjs";

export class Numbers {
  root = element("section", { className: "numbers" });
  #data;
  #list = element("dl");

  /** @param {LabData} data */
  constructor(data) {
    this.#data = data;
    this.root.append(this.#list);
  }

  /**
   * @param {Measures} measures
   * @param {Measures | null} floor
   * @param {number} modeCount
   */
  show(measures, floor, modeCount) {
    const perfect = floor ? measureLines(this.#data, floor, modeCount) : [];
    const lines = measureLines(this.#data, measures, modeCount).map(([name, value], k) => {
      const best =
        perfect[k] && perfect[k][1] !== value ? fill(this.#data.texts["numbers.floor"], { value: perfect[k][1] }) : "";
      return element(
        "div",
        {},
        element("dt", { textContent: name }),
        element("dd", {}, element("b", { textContent: value }), element("small", { textContent: best })),
      );
    });
    this.#list.replaceChildren(...lines);
  }
}
