// @ts-check
/**
 * The part of the page below the stage: both networks and the losses with their numbers, while it is unfolded.
 * @import { EngineFrame, LabData, SurfaceFrame } from "../types.js"
 * @import { FormulaNumbers } from "./formulas.mjs"
 */
import { element } from "../../shared/dom.mjs";
import { formulaLines } from "./formulas.mjs";
import { Overview } from "./overview.mjs";

/** @typedef {import("../session.mjs").Session} Session */

const INTERVAL = 500; // ms between two pictures of the neurons, and of the numbers, while it trains

export class NetworksPanel {
  root = element("details", { className: "networks", open: true });
  #data;
  #session;
  #overview;
  #formulas = element("div", { className: "formulas" });
  #drawnAt = -Infinity;
  #isBusy = false;
  #isClosed = false;
  #timer = 0;
  /** @type {EngineFrame | null} the newest */
  #frame = null;

  /**
   * @param {LabData} data
   * @param {Session} session
   * @param {(map: SurfaceFrame | null) => void} onHover
   */
  constructor(data, session, onHover) {
    this.#data = data;
    this.#session = session;
    this.#overview = new Overview(data, { onHover });
    const title = element("h2", { textContent: data.texts.networks });
    this.root.append(
      element("summary", {}, title),
      this.#overview.root,
      this.#formulas,
      element("p", { className: "note", textContent: data.texts["networks.note"] }),
    );
    this.root.addEventListener("toggle", () => this.#draw());
  }

  /** @param {EngineFrame} frame */
  frame(frame) {
    this.#frame = frame;
    this.#draw();
  }

  /** @param {FormulaNumbers | null} frame whose numbers stand in the formulas */
  #drawFormulas(frame = this.#frame) {
    if (!frame) return;
    const { texts, language } = this.#data;
    const lines = formulaLines(this.#session.settings, frame, texts, language).map(({ network, formula, numbers }) =>
      element(
        "p",
        { className: network },
        element(
          "span",
          { className: "formula" },
          "L",
          element("sub", { textContent: network.toUpperCase() }),
          ` = ${formula}`,
        ),
        element("span", { className: "with-numbers", textContent: numbers }),
      ),
    );
    this.#formulas.replaceChildren(...lines);
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#overview.close();
  }

  /** Draw the neurons, at most twice a second; the last state is always drawn. */
  #draw() {
    if (!this.root.open || this.#timer || !this.#session.frame) return;
    const wait = Math.max(0, this.#drawnAt + INTERVAL - performance.now());
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      if (this.#isBusy) return this.#draw();
      this.#drawnAt = performance.now();
      this.#drawFormulas();
      this.#fetch();
    }, wait);
  }

  /** Return the numbers of the step to come: there are none of a step before. */
  async #nextNumbers() {
    const { dLoss, gLoss, penalty, realLogits, fakeLogits } = await this.#session.engine.trace();
    return { dLoss, gLoss, penalty, dReal: mean(realLogits), dFake: mean(fakeLogits) };
  }

  async #fetch() {
    this.#isBusy = true;
    try {
      for (const name of /** @type {const} */ (["g", "d"])) {
        const units = await this.#session.engine.units(name);
        if (!this.#isClosed) this.#overview.show(name, units);
      }
      if (this.#frame && !Number.isFinite(this.#frame.dLoss)) this.#drawFormulas(await this.#nextNumbers());
    } catch (error) {
      console.warn("lab:", error); // the engine says why on its own
    } finally {
      this.#isBusy = false;
    }
  }
}

/** @param {Float32Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
