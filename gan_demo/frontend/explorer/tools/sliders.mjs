// @ts-check
/**
 * "Hold it": a slider for every direction that means something, truncation, and each number of z behind a toggle.
 * @import { App, Direction, DirectionFamily, Tool } from "../types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { ZSliders } from "../controls/z_sliders.mjs";
import { coordinate, withCoordinate, withPsi } from "../latent.mjs";

/** @typedef {{ changed(): void }} Part */

const REACH = 3.5; // standard deviations a slider goes either way
const FEW_LEARNED = 6; // with fewer learned directions, the others are on show too
/** @type {DirectionFamily[]} */
const UNSUPERVISED = ["change", "ganspace", "sefa"];

/** @type {Tool} */
export const tool = {
  name: "sliders",
  css: true,

  build(host, app) {
    const container = host.appendChild(element("div", { className: "directions" }));
    let directionParts = buildDirections(container, app);
    const others = [new Truncation(host, app), new ZSliders(host, app, REACH)];
    return {
      directionsArrived() {
        container.replaceChildren();
        directionParts = buildDirections(container, app);
      },
      changed() {
        for (const part of [...directionParts, ...others]) part.changed();
      },
    };
  },
};

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {Part[]}
 */
function buildDirections(host, app) {
  if (app.space.pending || app.space.failed) {
    host.append(waitingLine(app));
    return [];
  }
  const learned = ofFamily(app, "learned");
  const parts = [];
  if (app.space.directions.length > 1) new DragAxes(host, app);
  if (learned.length) {
    const section = host.appendChild(element("section"));
    section.append(
      element("h2", { textContent: app.t("family.learned") }),
      element("p", { className: "help", textContent: app.t("family.learned_help") }),
    );
    parts.push(new DirectionSliders(section, app, learned));
  }
  parts.push(new Families(host, app, learned.length));
  return parts;
}

/** @param {App} app */
function waitingLine(app) {
  const line = element("p", {
    className: app.space.failed ? "help" : "help measuring",
    textContent: app.t(app.space.failed ? "sliders.not_measured" : "sliders.measuring"),
  });
  line.setAttribute("role", "status");
  return line;
}

/**
 * @param {App} app
 * @param {DirectionFamily} family
 */
function ofFamily(app, family) {
  return app.space.directions.filter((direction) => direction.family === family);
}

/** A slider for each of some directions. */
class DirectionSliders {
  #app;
  #sliders;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {Direction[]} directions
   */
  constructor(host, app, directions) {
    this.#app = app;
    this.#sliders = directions.map((direction) => ({ direction, slider: this.#slider(direction) }));
    host.append(element("div", { className: "slider-list" }, ...this.#sliders.map(({ slider }) => slider.root)));
  }

  /** @param {Direction} direction */
  #slider(direction) {
    const app = this.#app;
    return new Slider(app, {
      name: app.directionName(direction),
      help: app.effectText(direction),
      low: -REACH,
      high: REACH,
      drag: (value) => app.go(withCoordinate(app.state, direction.u, value), { drag: true }),
    });
  }

  changed() {
    for (const { direction, slider } of this.#sliders) slider.set(coordinate(this.#app.state, direction.u));
  }
}

/** The families that were found without supervision: one on show at a time. */
class Families {
  #app;
  /** @type {DirectionFamily[]} */
  #names;
  /** @type {DirectionSliders | null} */
  #sliders = null;
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  #box = element("details", { className: "fold" });

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {number} learnedCount
   */
  constructor(host, app, learnedCount) {
    this.#app = app;
    this.#names = UNSUPERVISED.filter((name) => ofFamily(app, name).length);
    if (!this.#names.length) return;
    const chosen = app.params.get("sliders", "family");
    this.#box.open = learnedCount < FEW_LEARNED || chosen !== "";
    this.#box.innerHTML = `<summary></summary><div class="pair"></div><p class="help"></p><div class="place"></div>`;
    find(this.#box, "summary").textContent = app.t(learnedCount ? "sliders.more" : "sliders.directions");
    this.#buttons = this.#names.map((name) => {
      const choose = button("", app.t(`family.${name}`));
      choose.addEventListener("click", () => {
        app.params.set("sliders", name, "family");
        this.#open(name);
      });
      return choose;
    });
    const bar = find(this.#box, ".pair");
    bar.append(...this.#buttons);
    bar.hidden = this.#names.length < 2;
    host.append(this.#box);
    this.#open(this.#names.find((name) => name === chosen) ?? this.#names[0]);
    this.#box.addEventListener("toggle", () => this.changed());
  }

  /** @param {DirectionFamily} name */
  #open(name) {
    this.#buttons.forEach((choose, k) => {
      choose.setAttribute("aria-pressed", String(this.#names[k] === name));
    });
    find(this.#box, ".help").textContent = this.#app.t(`family.${name}_help`);
    const container = find(this.#box, ".place");
    container.replaceChildren();
    this.#sliders = new DirectionSliders(container, this.#app, ofFamily(this.#app, name));
    this.changed();
  }

  changed() {
    if (this.#box.open) this.#sliders?.changed();
  }
}

/** Which two directions a drag on the picture moves along. */
class DragAxes {
  #app;
  #lists;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.#app = app;
    const line = element("p", { className: "axes" }, element("span", { textContent: app.t("sliders.axes") }));
    this.#lists = ["across", "up"].map((name, k) => this.#list(line, name, k));
    host.append(line);
    this.#apply();
  }

  /**
   * @param {HTMLElement} line
   * @param {string} name
   * @param {number} k
   */
  #list(line, name, k) {
    const app = this.#app;
    const title = app.t(`sliders.${name}`);
    const list = element("select");
    list.setAttribute("aria-label", title);
    for (const direction of ["learned", ...UNSUPERVISED].flatMap((family) =>
      ofFamily(app, /** @type {DirectionFamily} */ (family)),
    ))
      list.append(new Option(app.directionName(direction, true), direction.key));
    list.value = (this.#direction(app.params.get("sliders", name)) ?? app.stage.plane.axes[k]).key;
    list.addEventListener("change", () => {
      app.params.set("sliders", list.value, name);
      this.#apply();
    });
    line.append(element("label", {}, `${title} `, list));
    return list;
  }

  #apply() {
    const [across, up] = this.#lists.map((list) => this.#direction(list.value));
    if (across && up) this.#app.stage.plane.set(across, up);
  }

  /** @param {string} key */
  #direction(key) {
    return this.#app.space.directions.find((direction) => direction.key === key);
  }
}

class Truncation {
  #app;
  #slider;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.#app = app;
    this.#slider = new Slider(app, {
      name: app.t("sliders.psi"),
      help: app.t("sliders.psi_help"),
      low: 0,
      high: 1.5,
      home: 1,
      drag: (value) => app.go(withPsi(app.state, value), { drag: true }),
    });
    host.append(this.#slider.root);
  }

  changed() {
    this.#slider.set(this.#app.state.psi);
  }
}
