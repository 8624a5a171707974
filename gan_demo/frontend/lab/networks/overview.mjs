// @ts-check
/**
 * Both networks as rows of neurons, each a small picture of what it computes: G's over the noise, D's over the plane.
 * @import { LabData, SurfaceFrame, Units } from "../types.js"
 */
import { element } from "../../shared/dom.mjs";
import { fill, fixed } from "../../shared/format.mjs";
import { readColours, surfaceRamp } from "../draw/colours.mjs";
import { HeatMap } from "../draw/heat_map.mjs";
import { Edges, edgesOf } from "./edges.mjs";

const SHOWN = 8; // neurons of a layer
const PICTURE = 44; // canvas pixels

/** @typedef {"g" | "d"} Name */

/**
 * @typedef {object} OverviewEvents
 * @property {(map: SurfaceFrame | null) => void} onHover what a neuron of D computes, for the stage; null: none
 */

export class Overview {
  root = element("div", { className: "overview" });
  #data;
  #events;
  /** @type {Record<Name, { root: HTMLElement, line: HTMLElement, edges: Edges, units: Units | null, key: string }>} */
  #networks;

  /**
   * @param {LabData} data
   * @param {OverviewEvents} events
   */
  constructor(data, events) {
    this.#data = data;
    this.#events = events;
    this.#networks = { g: this.#network("g"), d: this.#network("d") };
    const { texts } = data;
    this.root.append(
      this.#flow(texts["flow.noise"]),
      this.#networks.g.root,
      this.#flow(texts["flow.samples"]),
      this.#networks.d.root,
      this.#flow(texts["flow.verdict"]),
    );
  }

  close() {
    for (const { edges } of Object.values(this.#networks)) edges.close();
  }

  /**
   * Draw what the neurons compute now.
   * @param {Name} name
   * @param {Units} units
   */
  show(name, units) {
    const network = this.#networks[name];
    network.units = units;
    const key = units.counts.join();
    if (network.key !== key) {
      network.key = key;
      network.root
        .querySelector(".neurons")
        ?.replaceChildren(network.edges.root, this.#inputs(name, units), ...this.#layers(name, units));
    }
    network.edges.draw(edgesOf(units, SHOWN));
    this.#paint(name, units);
  }

  /** @param {Name} name */
  #network(name) {
    const { texts } = this.#data;
    const line = element("p", { className: "neuron-line" });
    const neurons = element("div", { className: "neurons" });
    const edges = new Edges(neurons);
    neurons.addEventListener("pointermove", (event) => this.#point(name, event));
    neurons.addEventListener("pointerdown", (event) => this.#point(name, event));
    neurons.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.#leave(name); // what a finger touched is still said when it is lifted
    });
    const root = element(
      "section",
      { className: `network ${name}` },
      element("h3", { textContent: texts[`network.${name}`] }),
      neurons,
      line,
    );
    return { root, line, edges, units: /** @type {Units | null} */ (null), key: "" };
  }

  /** @param {string} text */
  #flow(text) {
    return element("div", { className: "flow" }, element("span", { textContent: text }), element("i"));
  }

  /**
   * @param {Name} name
   * @param {Units} units
   */
  #inputs(name, { counts, weights }) {
    const inputs = Math.min(SHOWN, weights[0].length / counts[0]);
    const names = Array.from({ length: inputs }, (_, unit) =>
      element("span", { className: "neuron", textContent: this.#nameOf(name, -1, unit) }),
    );
    return element("div", { className: "layer inputs" }, ...names);
  }

  /**
   * @param {Name} name
   * @param {Units} units
   */
  #layers(name, { counts }) {
    const { texts } = this.#data;
    return counts.map((count, layer) => {
      const column = element("div", { className: "layer" });
      for (let unit = 0; unit < Math.min(SHOWN, count); unit++) column.append(this.#neuron(name, layer, unit));
      if (count > SHOWN)
        column.append(
          element("span", { className: "more", textContent: fill(texts["network.more"], { n: count - SHOWN }) }),
        );
      return column;
    });
  }

  /**
   * @param {Name} name
   * @param {number} layer
   * @param {number} unit
   */
  #neuron(name, layer, unit) {
    const { texts } = this.#data;
    const canvas = element("canvas", { width: PICTURE, height: PICTURE });
    const created = element("button", { type: "button", className: "neuron" }, canvas);
    created.setAttribute("aria-label", fill(texts["network.neuron"], { layer: layer + 1, unit: unit + 1 }));
    created.dataset.unit = `${layer},${unit}`;
    const enter = () => this.#explain(name, layer, unit);
    const leave = () => this.#leave(name);
    created.addEventListener("pointerenter", enter);
    created.addEventListener("focus", enter);
    created.addEventListener("pointerleave", leave);
    created.addEventListener("blur", leave);
    return created;
  }

  /**
   * Say a neuron's weights, light up their lines, and draw its function on the stage.
   * @param {Name} name
   * @param {number} layer
   * @param {number} unit
   */
  #explain(name, layer, unit) {
    const { units, line, edges } = this.#networks[name];
    if (!units) return;
    const { texts, language } = this.#data;
    const inputs = weightsOf(units, layer, unit);
    const listed = [...inputs].slice(0, SHOWN).map((weight) => fixed(language, weight, 2));
    const more = inputs.length > SHOWN ? "…" : "";
    line.textContent = fill(texts["network.weights"], {
      layer: layer + 1,
      unit: unit + 1,
      weights: listed.join("  ") + more,
    });
    edges.light((edge) => edge.layer === layer && edge.to === unit);
    if (name === "d") this.#events.onHover({ values: unitMap(units, layer, unit), n: units.n });
  }

  /**
   * Say the weight whose line is under the pointer.
   * @param {Name} name
   * @param {PointerEvent} event
   */
  #point(name, event) {
    const { line, edges } = this.#networks[name];
    if (event.target instanceof Element && event.target.closest("button")) return;
    const { texts, language } = this.#data;
    const pointed = edges.at(event);
    edges.light((edge) => edge === pointed);
    if (!pointed) line.textContent = "";
    else
      line.textContent = fill(texts["network.edge"], {
        from: this.#nameOf(name, pointed.layer - 1, pointed.from),
        to: this.#nameOf(name, pointed.layer, pointed.to),
        weight: fixed(language, pointed.weight, 3),
      });
  }

  /**
   * @param {Name} name
   * @param {number} layer -1 for the inputs
   * @param {number} unit
   */
  #nameOf(name, layer, unit) {
    if (layer < 0) return name === "g" ? `z${"₁₂₃₄₅₆₇₈"[unit]}` : "xy"[unit % 2];
    return fill(this.#data.texts["network.neuron"], { layer: layer + 1, unit: unit + 1 });
  }

  /** @param {Name} name */
  #leave(name) {
    const { line, edges } = this.#networks[name];
    line.textContent = "";
    edges.light(() => false);
    if (name === "d") this.#events.onHover(null);
  }

  /**
   * @param {Name} name
   * @param {Units} units
   */
  #paint(name, units) {
    const ramp = surfaceRamp(readColours(this.root));
    const map = new HeatMap();
    const isLine = units.values.length / units.counts.reduce((sum, count) => sum + count, 0) === units.n;
    for (const created of this.#networks[name].root.querySelectorAll("button")) {
      const [layer, unit] = (created.dataset.unit ?? "0,0").split(",").map(Number);
      const context = created.querySelector("canvas")?.getContext("2d");
      if (!context) continue;
      const values = unitMap(units, layer, unit);
      map.set(isLine ? repeated(values, units.n) : values, units.n, ramp);
      map.draw(context, PICTURE);
    }
  }
}

/**
 * Return what a neuron computes over the grid, scaled by its largest value so that 0.5 is zero.
 * @param {Units} units
 * @param {number} layer
 * @param {number} unit
 */
export function unitMap({ counts, values }, layer, unit) {
  const width = counts.reduce((sum, count) => sum + count, 0);
  const column = counts.slice(0, layer).reduce((sum, count) => sum + count, 0) + unit;
  const map = Float32Array.from({ length: values.length / width }, (_, node) => values[node * width + column]);
  const largest = map.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return map.map((value) => 0.5 + value / (2 * largest));
}

/**
 * Return the weights that a neuron takes in those before it with.
 * @param {Units} units
 * @param {number} layer
 * @param {number} unit
 */
export function weightsOf({ counts, weights }, layer, unit) {
  const inputs = weights[layer].length / counts[layer];
  return weights[layer].slice(unit * inputs, (unit + 1) * inputs);
}

/**
 * Return a line of values as a square, the same in every row.
 * @param {Float32Array} values
 * @param {number} n
 */
function repeated(values, n) {
  return Float32Array.from({ length: n * n }, (_, k) => values[k % n]);
}
