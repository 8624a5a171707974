// Arithmetic: with glasses − without + long hair = both? Three picks, the result, in words, and how often it works.

import { button } from "../../shared/dom.mjs";
import { Slots } from "../arithmetic/example_picker.mjs";
import { attributes, average, kinds, parse, sum, WAYS, write } from "../arithmetic/formula.mjs";
import { Choice } from "../arithmetic/formula_picker.mjs";
import { inWords, phrase } from "../arithmetic/phrases.mjs";
import { Scarce, Supply } from "../arithmetic/sample_finder.mjs";
import { Measuring } from "../arithmetic/success_panel.mjs";
import { SampleReader } from "../engine/classifiers.mjs";

const EACH = [1, 3, 5];
const USUAL = 3; // as in the paper

export const tool = {
  name: "arithmetic",
  css: true,
  build: (host, app) => new Arithmetic(host, app),
};

class Arithmetic {
  constructor(host, app) {
    const reader = new SampleReader(app);
    const all = attributes(app.space, reader.fields);
    Object.assign(this, { app, host, all, supply: new Supply(app, reader, all), started: false });
    host.innerHTML = `<div class="presets" role="group"></div><details class="own-formula"><summary></summary><div></div></details>
      <div class="sum"></div><p class="formula"></p><div class="row"></div><section class="picker"></section>
      <section class="ways"><h4></h4><p></p><div></div></section><section class="rate"></section>`;
    this.part = (name) => host.querySelector(`.${name}`);
    this.choice = new Choice(app, all, { presets: this.part("presets"), own: this.part("own-formula") }, (formula) =>
      this.choose(formula),
    );
    this.read();
    this.draft();
    const { ways } = this;
    if (ways.length > 1) {
      this.part("ways").firstElementChild.textContent = app.t("arithmetic.what_works");
      this.part("ways").children[1].textContent = app.t("arithmetic.what_works_text");
      this.compared = this.results(this.part("ways").lastElementChild);
    }
    this.part("ways").hidden = ways.length < 2;
    this.slots = new Slots(app, this.part("picker"), {
      title: (k) => this.name(k),
      changed: () => this.sumUp(),
      all: (seeds, count) => this.drawAll(seeds, count),
      one: (k, seed, count) => this.draw(k, seed, count),
    });
    this.measuring = new Measuring(app, this.part("rate"), () => ({
      formula: this.formula,
      each: this.each,
      supply: this.supply,
    }));
  }

  get ways() {
    return this.app.space.labels.length ? WAYS : ["z"];
  }

  // ---- the address

  read() {
    const get = (name) => this.app.params.get("arithmetic", name);
    this.formula = parse(get("f"), this.all) ?? this.choice.offered[0] ?? null;
    this.each = EACH.includes(Number(get("n"))) ? Number(get("n")) : USUAL;
    const seeds = get("s").split(".").map(Number);
    this.seeds = seeds.length === 4 && seeds.every(Number.isInteger) ? seeds : [1, 0, 0, 0];
  }

  keep() {
    const { masks, own, seeds } = this.slots.written();
    const told = {
      f: write(this.formula, this.all),
      n: String(this.each),
      s: `${this.seeds[0]}.${seeds}`,
      m: masks,
      o: own,
    };
    for (const [name, text] of Object.entries(told)) this.app.params.set("arithmetic", text, name);
    this.kept = this.told();
  }

  told() {
    return ["f", "n", "s", "m", "o"].map((name) => this.app.params.get("arithmetic", name)).join();
  }

  // ---- what there is to choose

  choose(formula) {
    this.formula = formula;
    this.seeds = [this.app.newSeed() % 100_000, 0, 0, 0];
    this.fill();
  }

  // ---- the sum

  draft() {
    const { app } = this;
    const host = this.part("sum");
    host.innerHTML =
      ["−", "+", "="].map((sign) => `<button type="button" class="term"></button><b>${sign}</b>`).join("") +
      `<button type="button" class="term result"></button>`;
    this.terms = [...host.querySelectorAll(".term")];
    for (const [k, one] of this.terms.entries()) {
      one.innerHTML = `<canvas class="pixelated"></canvas><span></span><small></small>`;
      one.addEventListener("click", () => (k === 3 ? this.go("both") : this.open(k)));
    }
    const each = Object.assign(document.createElement("span"), { className: "pair" });
    each.setAttribute("role", "group");
    each.setAttribute("aria-label", app.t("arithmetic.each"));
    this.counts = EACH.map((count) => {
      const one = button("", app.t("arithmetic.count", { n: count }));
      one.addEventListener("click", () => {
        this.each = count;
        this.slots.each(count);
        this.measuring.clear();
        this.pressed();
      });
      each.append(one);
      return one;
    });
    const go = button("", app.t("arithmetic.go"), undefined, "primary");
    go.addEventListener("click", () => this.go("both"));
    this.part("row").append(go, each);
  }

  results(host) {
    return WAYS.map((way) => {
      const one = document.createElement("button");
      Object.assign(one, { type: "button", className: "term" });
      one.innerHTML = `<canvas class="pixelated"></canvas><span></span><small></small>`;
      one.children[1].textContent = this.app.t(`arithmetic.way.${way}`);
      one.addEventListener("click", () => this.go(way));
      host.append(one);
      return one;
    });
  }

  name(k) {
    const kind = Object.values(kinds(this.formula))[k];
    return inWords(this.app, this.all, kind) || this.app.t(`arithmetic.slot.${k}`);
  }

  open(k) {
    this.slots.show(k);
    this.pressed();
  }

  pressed() {
    this.terms.slice(0, 3).forEach((one, n) => one.setAttribute("aria-pressed", String(n === this.slots.open)));
    this.counts.forEach((one, n) => one.setAttribute("aria-pressed", String(EACH[n] === this.each)));
    this.terms.forEach((one, n) => {
      one.children[1].textContent = this.name(n);
      one.title = n < 3 ? this.app.t("arithmetic.choose") : this.app.t("arithmetic.go");
    });
    this.part("formula").textContent = this.formula
      ? this.app.t(
          "arithmetic.formula",
          Object.fromEntries(["a", "b", "c", "result"].map((name, k) => [name, this.name(k)])),
        )
      : "";
  }

  // ---- samples

  // Labels that the formula leaves open are the same for all three.
  drawAll(seeds, count) {
    return this.supply.casting(this.seeds[0], (cast) => {
      this.cast = cast;
      return Promise.all(seeds.map((seed, k) => this.draw(k, seed, count)));
    });
  }

  async draw(k, seed, count) {
    const kind = Object.values(kinds(this.formula))[k];
    const chance = this.app.rng((this.seeds[0] * 7919 + 31 * k + seed) >>> 0);
    const [found] = await this.supply.draw([{ kind, count, free: !this.formula }], chance, {
      pool: [],
      cast: this.cast,
    });
    return found.map((one) => one.state);
  }

  async fill(kept = "", own = "") {
    this.choice.set(this.formula);
    this.pressed();
    this.measuring.clear();
    this.host.dataset.drawn = ""; // what is there is of another formula
    this.sums = null;
    try {
      await this.supply.prepare(Object.values(kinds(this.formula)));
      if (await this.slots.fill(this.seeds.slice(1), this.each, kept, own)) this.sumUp();
    } catch (error) {
      if (error instanceof Scarce) this.part("formula").textContent = this.app.t("arithmetic.scarce");
      else this.app.drawingFailed(error);
    }
  }

  async sumUp() {
    this.keep();
    this.pressed();
    const picked = this.slots.picked;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const fields = this.app.space.labels;
    this.sums = Object.fromEntries(this.ways.map((way) => [way, sum(...picked, fields, way)]));
    const shown = [...picked.map(average), ...Object.values(this.sums)];
    try {
      const seen = await this.supply.look(shown);
      const x = await this.app.samples(shown);
      if (turn !== this.turn || this.app.destroyed) return;
      this.paint(x, seen, picked);
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  paint(x, seen, picked) {
    const { app } = this;
    this.terms.forEach((one, k) => {
      app.paint(one.firstElementChild, app.pixels(x, k));
      one.lastElementChild.textContent =
        k < 3 && picked[k].length > 1 ? app.t("arithmetic.mean_of", { n: picked[k].length }) : "";
    });
    this.marks(this.terms[3], seen[3]);
    this.compared?.forEach((one, k) => {
      app.paint(one.firstElementChild, app.pixels(x, 3 + k));
      this.marks(one, seen[3 + k]);
    });
    this.host.dataset.drawn = "1";
  }

  // What is read of a result: ✓ or ✗ for each of what is wanted.
  marks(one, seen) {
    const { wanted } = kinds(this.formula);
    const judged = this.supply.judge(seen, wanted);
    one.lastElementChild.replaceChildren(
      ...Object.entries(judged).map(([name, right]) => {
        const mark = document.createElement("em");
        mark.className = right ? "works" : "fails";
        mark.textContent = `${right ? "✓" : "✗"} ${phrase(this.app, this.all, name, wanted[name])}`;
        return mark;
      }),
    );
  }

  go(way) {
    const found = this.sums?.[this.ways.length > 1 ? way : "z"];
    if (!found) return;
    this.app.go(found);
    this.app.announce(this.app.t("arithmetic.went"));
  }

  show() {
    if (!this.started) this.openLink();
  }

  // What the address says; also when somebody puts another link into the address bar.
  openLink() {
    this.started = true;
    this.kept = this.told();
    this.read();
    this.fill(this.app.params.get("arithmetic", "m"), this.app.params.get("arithmetic", "o"));
  }

  changed() {
    if (this.started && this.kept !== this.told()) this.openLink();
  }

  hide() {
    this.measuring.stop();
  }

  destroy() {
    this.measuring.stop();
  }
}
