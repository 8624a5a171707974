// @ts-check
// Latent arithmetic: dark glasses − without + long hair = both? Terms as means of examples, the result, and how often
// it works (Radford et al. 2016, section 6.3.2).

/**
 * @import { App, LatentState, Tool, ToolInstance } from "../types.js"
 * @import { Formula, ReadSample, Way } from "../arithmetic/types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { ExamplePicker } from "../arithmetic/example_picker.mjs";
import { attributesOf, average, kindsOf, parse, sum, WAYS, write } from "../arithmetic/formula.mjs";
import { FormulaPicker } from "../arithmetic/formula_picker.mjs";
import { inWords } from "../arithmetic/phrases.mjs";
import { SampleFinder, TooRare } from "../arithmetic/sample_finder.mjs";
import { SuccessPanel } from "../arithmetic/success_panel.mjs";
import { SumRow, WayComparison } from "../arithmetic/sum_row.mjs";
import { SampleReader } from "../engine/classifiers.mjs";

const EACH = [1, 3, 5]; // examples of a term that can be chosen
const DEFAULT_EACH = 3; // as in the paper
const FORMULA_SEEDS = 100_000;
// in the address: formula, examples a term, seeds, chosen ones, own states
const PARAMETERS = ["f", "n", "s", "m", "o"];

/** @type {Tool} */
export const tool = {
  name: "arithmetic",
  css: true,
  build: (host, app) => new ArithmeticTool(host, app),
};

/** @implements {ToolInstance} */
class ArithmeticTool {
  /** @type {Formula | null} */
  formula = null;
  each = DEFAULT_EACH;
  /** The seed of the formula's samples, then one for each term. */
  seeds = [1, 0, 0, 0];
  /** The seed of labels that the formula leaves open. @type {number | undefined} */
  labelSeed;
  /** The result of each way. @type {Map<Way, LatentState>} */
  sums = new Map();
  #opened = false;
  #address = ""; // the parameters as this tool last read or wrote them
  #turn = 0; // rises with every sum; older pictures are dropped

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.host = host;
    this.app = app;
    const reader = new SampleReader(app);
    this.attributes = attributesOf(app.space, reader.fields);
    this.finder = new SampleFinder(app, reader, this.attributes);
    /** @type {readonly Way[]} */
    this.ways = app.space.labels.length ? WAYS : ["z"];
    host.innerHTML = `<div class="presets" role="group"></div>
      <details class="own-formula"><summary></summary><div></div></details>
      <div class="sum"></div><p class="formula"></p><div class="row"></div><section class="picker"></section>
      <section class="ways"></section><section class="rate"></section>`;
    this.line = find(host, ".formula");
    this.formulas = new FormulaPicker(
      app,
      this.attributes,
      { presets: find(host, ".presets"), own: find(host, ".own-formula") },
      (formula) => this.choose(formula),
    );
    this.readAddress();
    this.row = new SumRow(app, find(host, ".sum"), { open: (k) => this.openTerm(k), go: () => this.go("both") });
    this.counts = this.buildCounts(find(host, ".row"));
    find(host, ".ways").hidden = this.ways.length < 2;
    this.comparison = this.ways.length < 2 ? null : new WayComparison(app, find(host, ".ways"), (way) => this.go(way));
    this.examples = new ExamplePicker(app, find(host, ".picker"), {
      title: (k) => this.termName(k),
      changed: () => this.update(),
      drawAll: (seeds, count) => this.drawAll(seeds, count),
      drawTerm: (k, seed, count) => this.drawTerm(k, seed, count),
    });
    this.success = new SuccessPanel(app, find(host, ".rate"), this.finder, () => this);
  }

  /**
   * Build the button that goes to the result, and the choice of how many examples make up a term.
   * @param {HTMLElement} host
   */
  buildCounts(host) {
    const { app } = this;
    const go = button("", app.t("arithmetic.go"), undefined, "primary");
    go.addEventListener("click", () => this.go("both"));
    const group = element("span", { className: "pair" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", app.t("arithmetic.each"));
    const counts = EACH.map((count) => {
      const created = button("", app.t("arithmetic.count", { n: count }));
      created.addEventListener("click", () => this.chooseCount(count));
      group.append(created);
      return created;
    });
    host.append(go, group);
    return counts;
  }

  // ---- the address

  readAddress() {
    /** @param {string} name */
    const parameter = (name) => this.app.params.get("arithmetic", name);
    this.formula = parse(parameter("f"), this.attributes) ?? this.formulas.presets[0] ?? null;
    const each = Number(parameter("n"));
    this.each = EACH.includes(each) ? each : DEFAULT_EACH;
    const seeds = parameter("s").split(".").map(Number);
    this.seeds = seeds.length === 4 && seeds.every(Number.isInteger) ? seeds : [1, 0, 0, 0];
  }

  writeAddress() {
    const { masks, own, seeds } = this.examples.written();
    const texts = [write(this.formula, this.attributes), String(this.each), `${this.seeds[0]}.${seeds}`, masks, own];
    PARAMETERS.forEach((name, k) => {
      this.app.params.set("arithmetic", texts[k], name);
    });
    this.#address = this.address;
  }

  get address() {
    return PARAMETERS.map((name) => this.app.params.get("arithmetic", name)).join();
  }

  // ---- what can be chosen

  /** @param {Formula} formula */
  choose(formula) {
    this.formula = formula;
    this.seeds = [this.app.newSeed() % FORMULA_SEEDS, 0, 0, 0];
    this.drawExamples({ masks: "", own: "" });
  }

  /** @param {number} count */
  chooseCount(count) {
    this.each = count;
    this.examples.chooseFirst(count);
    this.success.clear();
    this.showNames();
  }

  /** @param {number} k */
  openTerm(k) {
    this.examples.show(k);
    this.showNames();
  }

  /**
   * Return the name of the k-th term, or of the result.
   * @param {number} k
   */
  termName(k) {
    const kind = Object.values(kindsOf(this.formula))[k];
    return inWords(this.app, this.attributes, kind) || this.app.t(`arithmetic.slot.${k}`);
  }

  /** Show the names of all terms, and what is pressed. */
  showNames() {
    const names = [0, 1, 2, 3].map((k) => this.termName(k));
    this.row.label(names, this.examples.open);
    this.counts.forEach((each, k) => {
      each.setAttribute("aria-pressed", String(EACH[k] === this.each));
    });
    const [a, b, c, result] = names;
    this.line.textContent = this.formula ? this.app.t("arithmetic.formula", { a, b, c, result }) : "";
  }

  // ---- samples

  /**
   * Draw samples for all terms, with the same labels where the formula leaves them open.
   * @param {number[]} seeds
   * @param {number} count
   */
  drawAll(seeds, count) {
    return this.finder.tryLabelSeeds(this.seeds[0], (labelSeed) => {
      this.labelSeed = labelSeed;
      return Promise.all(seeds.map((seed, k) => this.drawTerm(k, seed, count)));
    });
  }

  /**
   * @param {number} k
   * @param {number} seed
   * @param {number} count
   */
  async drawTerm(k, seed, count) {
    const kind = Object.values(kindsOf(this.formula))[k];
    const chance = this.app.rng((this.seeds[0] * 7919 + 31 * k + seed) >>> 0);
    const wanted = [{ kind, count, free: !this.formula }];
    const [samples] = await this.finder.find(wanted, chance, { pool: [], labelSeed: this.labelSeed });
    return samples.map((sample) => sample.state);
  }

  /**
   * Draw the samples of the current formula and add them up.
   * @param {{ masks: string, own: string }} address which of them are chosen
   */
  async drawExamples(address) {
    this.formulas.set(this.formula);
    this.showNames();
    this.success.clear();
    this.host.dataset.drawn = ""; // the pictures on show are of another formula
    this.sums.clear();
    try {
      await this.finder.measureThirds(Object.values(kindsOf(this.formula)));
      if (await this.examples.fill(this.seeds.slice(1), this.each, address)) this.update();
    } catch (error) {
      if (error instanceof TooRare) this.line.textContent = this.app.t("arithmetic.scarce");
      else this.app.drawingFailed(error);
    }
  }

  // ---- the sum

  /** Add up the chosen examples, and show what comes out. */
  async update() {
    this.writeAddress();
    this.showNames();
    const turn = ++this.#turn;
    const { picked } = this.examples;
    const [a, b, c] = picked;
    this.sums = new Map(this.ways.map((way) => [way, sum(a, b, c, this.app.space.labels, way)]));
    const states = [...picked.map(average), ...this.sums.values()];
    try {
      const samples = await this.finder.read(states);
      const x = await this.app.samples(states);
      if (turn !== this.#turn || this.app.destroyed) return;
      const counts = picked.map((term) => term.length);
      this.paint(x, samples, counts);
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  /**
   * @param {Float32Array} x samples of the terms, then of the result of each way
   * @param {ReadSample[]} samples what is read of them
   * @param {number[]} counts examples of each term
   */
  paint(x, samples, counts) {
    const { app, attributes, finder } = this;
    const { wanted } = kindsOf(this.formula);
    const pictures = samples.map((_, k) => app.pixels(x, k));
    this.row.paint(pictures, counts);
    const results = [[this.row.result], this.comparison?.buttons ?? []].flatMap((buttons) =>
      buttons.map((each, k) => /** @type {const} */ ([each, counts.length + k])),
    );
    for (const [each, k] of results) {
      each.paint(pictures[k]);
      each.mark(attributes, wanted, finder.judge(samples[k], wanted));
    }
    this.host.dataset.drawn = "1";
  }

  /** @param {Way} way */
  go(way) {
    const result = this.sums.get(this.ways.length > 1 ? way : "z");
    if (!result) return;
    this.app.go(result);
    this.app.announce(this.app.t("arithmetic.went"));
  }

  // ---- the tab

  show() {
    if (!this.#opened) this.openLink();
  }

  /** Show what the address says; also when it is changed in the address bar. */
  openLink() {
    this.#opened = true;
    this.#address = this.address;
    this.readAddress();
    const { params } = this.app;
    this.drawExamples({ masks: params.get("arithmetic", "m"), own: params.get("arithmetic", "o") });
  }

  changed() {
    if (this.#opened && this.#address !== this.address) this.openLink();
  }

  hide() {
    this.success.stop();
  }

  destroy() {
    this.success.stop();
  }
}
