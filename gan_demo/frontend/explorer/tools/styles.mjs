// @ts-check
/**
 * "Mix styles": the coarse, the middle and the fine layers may each take their style from another random picture
 * (Karras et al. 2019, section 3.1), and the layers' noise is the network's own, random, or off. All other tools draw
 * with what is chosen here.
 * @import { App, LatentState, Tiles, Tool, ToolInstance } from "../types.js"
 */
import { button, element } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { toPixels } from "../engine/engine.mjs";
import { GROUPS, readStyles, SOURCES, sourceStates, writeSource } from "../engine/styles.mjs";

/** @type {Tool} */
export const tool = { name: "styles", css: true, build: (host, app) => new StylesTool(host, app) };

/** @implements {ToolInstance} */
class StylesTool {
  #app;
  #groups;
  #noise;
  #drawnKey = ""; // of the sources on show

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.#app = app;
    const others = button("dice", app.t("styles.others"));
    others.addEventListener("click", () => this.#choose(() => app.params.set("styles", String(app.newSeed()), "seed")));
    const own = button("", app.t("styles.none"));
    own.addEventListener("click", () => this.#choose(() => this.#clear()));
    host.append(
      element("p", { className: "help", textContent: app.t("styles.help") }),
      element("div", { className: "head" }, others, own),
    );
    const { layers = [], noise = 0 } = app.space.styles ?? {};
    this.#groups = GROUPS.map((_, k) => new GroupRow(host, app, k, layers[k], (change) => this.#choose(change)));
    this.#noise = noise ? new NoiseRow(host, app, (change) => this.#choose(change)) : null;
  }

  #clear() {
    for (const group of GROUPS) writeSource(this.#app.params, group, null);
  }

  /**
   * Change what the address says, and draw with it.
   * @param {() => void} change
   */
  #choose(change) {
    change();
    this.#app.stage.draw();
    this.changed();
  }

  changed() {
    const styles = readStyles(this.#app.params);
    this.#groups.forEach((row, k) => {
      row.set(styles.groups[k]);
    });
    this.#noise?.set(styles.noise);
    if (!this.#app.isDragging) this.#drawSources(styles.seed);
  }

  /**
   * Draw the sources, unless they are on show, with the labels and the truncation of the state.
   * @param {number} seed
   */
  async #drawSources(seed) {
    const { state, space } = this.#app;
    const key = [seed, state.psi, ...state.y].join(" ");
    if (key === this.#drawnKey) return;
    this.#drawnKey = key;
    try {
      for (const [index, source] of sourceStates(space, seed, state).entries()) {
        const pixels = await this.#source(source);
        if (this.#drawnKey !== key || this.#app.destroyed) return;
        for (const row of this.#groups) row.paint(index, pixels);
      }
    } catch (error) {
      this.#drawnKey = "";
      this.#app.drawingFailed(error);
    }
  }

  /** @param {LatentState} source */
  async #source(source) {
    const preview = this.#app.space.styles?.preview ?? null;
    const x = await this.#app.samples([source], { plain: true, preview: preview !== null });
    const shape = preview ?? this.#app.shape;
    return { data: toPixels(x, shape), width: shape[2], height: shape[1] };
  }

  destroy() {
    this.#drawnKey = "";
  }
}

/** Where the style of a group of layers comes from. */
class GroupRow {
  #app;
  #group;
  #choose;
  #own;
  /** @type {Tiles} */
  #tiles;
  #share;
  /** @type {import("../engine/styles.mjs").Source | null} */
  #source = null;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {number} k index of the group
   * @param {number} layers how many it has
   * @param {(change: () => void) => void} choose
   */
  constructor(host, app, k, layers, choose) {
    this.#app = app;
    this.#group = GROUPS[k];
    this.#choose = choose;
    const title = app.t(`styles.${this.#group}`);
    const count = element("small", { textContent: app.t("styles.layers", { n: layers }) });
    this.#own = button("", app.t("styles.own"));
    this.#own.classList.add("own");
    this.#own.addEventListener("click", () => this.#take(null));
    const from = element("div", { className: "from" }, this.#own);
    this.#tiles = app.tiles(from, {
      count: SOURCES,
      label: title,
      name: (index) => app.t("styles.source", { n: index + 1 }),
      pick: (index) => this.#take({ index, share: this.#source?.share ?? 1 }),
    });
    this.#share = new Slider(app, {
      name: app.t("styles.share"),
      low: 0,
      high: 1,
      home: 1,
      text: (share) => `${Math.round(100 * share)} %`,
      drag: (share) => this.#source && this.#take({ index: this.#source.index, share }),
    });
    const help = element("small", { textContent: app.t(`styles.${this.#group}_help`) });
    const section = element("section", {}, element("h2", { textContent: title }, count), help, from, this.#share.root);
    section.hidden = !layers; // a small network may have no fine ones
    host.append(section);
  }

  /** @param {import("../engine/styles.mjs").Source | null} source */
  #take(source) {
    this.#choose(() => writeSource(this.#app.params, this.#group, source));
  }

  /** @param {import("../engine/styles.mjs").Source | null} source */
  set(source) {
    this.#source = source;
    this.#own.setAttribute("aria-pressed", String(!source));
    this.#tiles.mark(source?.index ?? -1);
    this.#share.root.hidden = !source;
    this.#share.set(source?.share ?? 1);
  }

  /**
   * @param {number} index
   * @param {{ data: import("../types.js").Pixels, width: number, height: number }} pixels
   */
  paint(index, { data, width, height }) {
    this.#app.paint(this.#tiles.canvases[index], data, width, height);
  }
}

/** The noise that layers add. */
class NoiseRow {
  /** @type {Record<"fixed" | "random" | "off", HTMLButtonElement>} */
  #buttons;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {(change: () => void) => void} choose
   */
  constructor(host, app, choose) {
    /** @type {(name: string, value: () => string) => HTMLButtonElement} */
    const option = (name, value) => {
      const option = button("", app.t(`styles.noise_${name}`));
      option.addEventListener("click", () => choose(() => app.params.set("styles", value(), "noise")));
      return option;
    };
    this.#buttons = {
      fixed: option("fixed", () => ""),
      random: option("random", () => String(app.newSeed())),
      off: option("off", () => "off"),
    };
    const title = app.t("styles.noise");
    const pair = element("div", { className: "pair" }, ...Object.values(this.#buttons));
    pair.setAttribute("role", "group");
    pair.setAttribute("aria-label", title);
    const help = element("small", { textContent: app.t("styles.noise_help") });
    host.append(element("section", {}, element("h2", { textContent: title }), help, pair));
  }

  /** @param {"fixed" | "off" | number} noise */
  set(noise) {
    const chosen = typeof noise === "number" ? "random" : noise;
    for (const [name, option] of Object.entries(this.#buttons))
      option.setAttribute("aria-pressed", String(name === chosen));
  }
}
