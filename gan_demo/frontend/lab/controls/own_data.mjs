// @ts-check
/**
 * The data of a lab: a set by its formula, or points that the viewer draws, pastes or takes from a picture.
 * @import { LabData } from "../types.js"
 * @import { Stage } from "../stage/stage.mjs"
 */

import { element } from "../../shared/dom.mjs";
import { pictureFilePoints } from "../data/picture_file.mjs";
import { CONTROLS, choicesOf } from "../settings.mjs";
import { Pad } from "../stage/pad.mjs";
import { DataPicker } from "./data_picker.mjs";
import { TableDialog } from "./table_dialog.mjs";

/**
 * @typedef {object} OwnDataParts
 * @property {(name: string, count: number) => Float32Array} sample
 * @property {{ uniform: () => number, normal: () => number }} random
 */

export class OwnData {
  root = element("div", { className: "own-data" });
  picker;
  #stage;
  #random;
  #texts;
  #onChange;
  #pad;
  #dialog;
  #file = element("input", { type: "file", accept: "image/*", hidden: true });
  #trouble = element("p", { className: "trouble", hidden: true });
  /** @type {Float32Array} what was drawn last, to go on with */
  #drawn = new Float32Array();

  /**
   * @param {LabData} data
   * @param {Stage} stage
   * @param {OwnDataParts} parts
   * @param {(name: string, points: Float32Array | null) => void} onChange
   */
  constructor(data, stage, { sample, random }, onChange) {
    this.#stage = stage;
    this.#random = random;
    this.#texts = data.texts;
    this.#onChange = onChange;
    const names = choicesOf(CONTROLS[0], data.offer).map(String);
    this.picker = new DataPicker(data, names, sample, (name) => this.#choose(name));
    this.#dialog = new TableDialog(data, (points) => onChange("table", points));
    this.#pad = new Pad(data.texts, stage, random, (points) => points && this.#take(points));
    this.#trouble.setAttribute("role", "alert");
    this.#file.setAttribute("aria-label", data.texts["value.data.picture"]);
    this.root.append(this.#pad.root, this.#dialog.root, this.#file, this.#trouble);
    this.#file.addEventListener("change", () => this.#readPicture());
  }

  /** @param {string} name */
  #choose(name) {
    this.#trouble.hidden = true;
    if (!this.#pad.root.hidden) this.#pad.close();
    if (name === "drawn") this.#draw();
    else if (name === "table") this.#dialog.open();
    else if (name === "picture") this.#file.click();
    else this.#onChange(name, null);
  }

  /** Draw on the plane, which on a phone lies far above the button. */
  #draw() {
    this.#pad.open(this.#drawn);
    this.#stage.root.scrollIntoView({ block: "nearest" });
  }

  /** @param {Float32Array} points */
  #take(points) {
    this.#drawn = points;
    this.#onChange("drawn", points);
    this.#stage.canvas.focus({ preventScroll: true });
  }

  async #readPicture() {
    const file = this.#file.files?.[0];
    this.#file.value = "";
    if (!file) return;
    const points = await pictureFilePoints(file, this.#random);
    this.#trouble.textContent = this.#texts["picture.failed"];
    this.#trouble.hidden = points !== null;
    if (points) this.#onChange("picture", points);
  }
}
