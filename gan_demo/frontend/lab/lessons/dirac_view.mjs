// @ts-check
/**
 * The Dirac-GAN, drawn: the plane of θ and ψ, where each point is drawn to, and the path of 500 steps.
 * @import { LabData, View } from "../types.js"
 * @import { DiracSettings } from "./dirac.mjs"
 */
import { button, element } from "../../shared/dom.mjs";
import { fill, fixed, precise } from "../../shared/format.mjs";
import { faded, readColours } from "../draw/colours.mjs";
import { toLeft, toTop } from "../draw/plane.mjs";
import { DIRAC_LOSSES, diracPath, diracSlopes, finalDistance } from "./dirac.mjs";

const SIDE = 640; // canvas pixels
const EXTENT = 3.3; // of θ and ψ
const FIELD = 17; // arrows a side

export class DiracView {
  root = element("section", { className: "dirac" });
  #data;
  #canvas = element("canvas", { width: SIDE, height: SIDE });
  #result = element("p", { className: "result" });
  #gammaText = element("span", { className: "value" });
  /** @type {DiracSettings} */
  #settings = { loss: "minimax", rate: 0.2, gamma: 0, clip: 0, alternates: false };

  /** @param {LabData} data */
  constructor(data) {
    this.#data = data;
    const { texts } = data;
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", texts["dirac.name"]);
    this.#result.setAttribute("role", "status");
    this.root.append(
      this.#canvas,
      element("div", { className: "dirac-controls" }, this.#losses(), this.#order(), this.#gamma(), this.#result),
    );
    this.root.addEventListener("transitionend", ({ propertyName }) => propertyName === "color" && this.draw());
  }

  draw() {
    const { texts, language } = this.#data;
    const path = diracPath(this.#settings);
    this.#gammaText.textContent = String(this.#settings.gamma);
    const final = finalDistance(path);
    const distance = final < 1e-3 ? precise(language, final) : fixed(language, final, 4); // as published
    this.#result.textContent = fill(texts["dirac.distance"], { distance });
    for (const created of this.root.querySelectorAll("button")) {
      const { loss, alternates } = created.dataset;
      const isOn = loss ? loss === this.#settings.loss : alternates === String(this.#settings.alternates);
      created.setAttribute("aria-pressed", String(isOn));
    }
    this.#paint(path);
  }

  #losses() {
    const { texts } = this.#data;
    const row = element("div", { className: "choices" });
    for (const loss of DIRAC_LOSSES) {
      const created = button("", texts[`value.loss.${loss}`]);
      created.dataset.loss = loss;
      created.addEventListener("click", () => this.#change({ loss, clip: loss === "wasserstein" ? 1 : 0 }));
      row.append(created);
    }
    return row;
  }

  #order() {
    const { texts } = this.#data;
    const row = element("div", { className: "choices" });
    for (const alternates of [false, true]) {
      const created = button("", texts[alternates ? "dirac.alternating" : "dirac.simultaneous"]);
      created.dataset.alternates = String(alternates);
      created.addEventListener("click", () => this.#change({ alternates }));
      row.append(created);
    }
    return row;
  }

  #gamma() {
    const { texts } = this.#data;
    const input = element("input", { type: "range", min: "0", max: "2", step: "0.05", value: "0" });
    input.style.setProperty("--share", "0");
    input.addEventListener("input", () => {
      input.style.setProperty("--share", String(Number(input.value) / 2));
      this.#change({ gamma: Number(input.value) });
    });
    const head = element(
      "span",
      { className: "head" },
      element("span", { className: "name", textContent: texts["dirac.gamma"] }),
      this.#gammaText,
    );
    return element("label", { className: "setting" }, head, input);
  }

  /** @param {Partial<DiracSettings>} change */
  #change(change) {
    this.#settings = { ...this.#settings, ...change };
    this.draw();
  }

  /** @param {[number, number][]} path */
  #paint(path) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    const colours = readColours(this.root);
    const view = { extent: EXTENT, side: SIDE };
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, SIDE, SIDE);
    paintAxes(context, colours.line, colours.text);
    paintField(context, view, this.#settings, faded(colours.text, 0.3));
    context.strokeStyle = colours.fake;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const [theta, psi] of path) context.lineTo(toLeft(view, theta), toTop(view, psi));
    context.stroke();
    dot(context, view, path[0], colours.fake, 6);
    dot(context, view, path[path.length - 1], colours.real, 8);
    dot(context, view, [0, 0], colours.text, 4);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} line
 * @param {string} text
 */
function paintAxes(context, line, text) {
  context.strokeStyle = line;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(0, SIDE / 2);
  context.lineTo(SIDE, SIDE / 2);
  context.moveTo(SIDE / 2, 0);
  context.lineTo(SIDE / 2, SIDE);
  context.stroke();
  context.fillStyle = text;
  context.font = "italic 24px serif";
  context.fillText("θ", SIDE - 26, SIDE / 2 - 12);
  context.fillText("ψ", SIDE / 2 + 12, 26);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {DiracSettings} settings
 * @param {string} colour
 */
function paintField(context, view, settings, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let k = 0; k < FIELD * FIELD; k++) {
    const theta = EXTENT * ((2 * ((k % FIELD) + 0.5)) / FIELD - 1);
    const psi = EXTENT * ((2 * (Math.floor(k / FIELD) + 0.5)) / FIELD - 1);
    const slopes = diracSlopes(settings, theta, psi);
    context.moveTo(toLeft(view, theta), toTop(view, psi));
    context.lineTo(toLeft(view, theta - 0.1 * slopes.theta), toTop(view, psi - 0.1 * slopes.psi));
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {[number, number]} point
 * @param {string} colour
 * @param {number} radius
 */
function dot(context, view, [theta, psi], colour, radius) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(toLeft(view, theta), toTop(view, psi), radius, 0, 2 * Math.PI);
  context.fill();
}
