// Through time: the same place drawn at several moments of the training, side by side, and all of them one after the other
// on the stage; also by other runs that take the same numbers.

import { button } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { GeneratorCache } from "../engine/generator_cache.mjs";
import { others, own, spread } from "../time/checkpoints.mjs";
import { Columns } from "../time/columns.mjs";

const COLUMNS = 6;
const MOST = 160_000_000; // bytes of generators while they are looked at
const IDLE = 32_000_000; // and afterwards
const EACH = 350; // ms that each moment stays while it plays

export const tool = { name: "time", css: true, build: (host, app) => new Time(host, app) };

class Time {
  constructor(host, app) {
    Object.assign(this, { app, shown: false, playing: false, turn: 0, generators: new GeneratorCache(app.engine) });
    const { models = [] } = app.data;
    this.own = own(models, app.data.id);
    if (!this.own.length)
      this.own = [{ id: app.data.id, title: "", step: app.space.step, source: app.data.urls.generator }]; // uploaded
    this.others = others(models, app.data.id, app.space);
    this.home = Math.max(
      0,
      this.own.findIndex((one) => one.step === app.space.step),
    );
    this.at = this.home;
    [this.steps, this.added] = this.told();
    this.build(host);
    this.redraw();
  }

  build(host) {
    const { app } = this;
    const t = (key) => app.t(`time.${key}`);
    host.innerHTML = `<p class="help"></p><div class="through"></div><div class="place"></div><div class="choice"></div>`;
    const find = (name) => host.querySelector(`.${name}`);
    find("help").textContent = t("help");
    this.play = button("play", "", t("play"), "primary");
    this.pause = button("pause", "", t("pause"), "primary");
    this.slider = new Slider(app, {
      name: t("moment"),
      low: 0,
      high: Math.max(1, this.own.length - 1),
      step: 1,
      text: (k) => this.name(this.own[k]),
      drag: (k) => {
        this.stop();
        this.go(k);
      },
    });
    find("through").append(this.play, this.pause, this.slider.root);
    find("through").hidden = this.own.length < 2;
    this.columns = new Columns(app, find("place"), {
      load: (one) => this.load(one),
      pick: (one) => this.pick(one),
      name: (one) => this.name(one),
      remove: (one) =>
        this.change(
          this.steps,
          this.added.filter((id) => id !== one.id),
        ),
    });
    this.choice(find("choice"), t);
    this.play.addEventListener("click", () => {
      this.run();
      this.pause.focus();
    });
    this.pause.addEventListener("click", () => {
      this.stop();
      this.play.focus();
    });
  }

  choice(host, t) {
    const { app } = this;
    const details = document.createElement("details");
    details.innerHTML = `<summary></summary><div class="chips" role="group"></div>`;
    details.firstChild.textContent = t("which");
    details.lastChild.setAttribute("aria-label", t("which"));
    this.chips = this.own.map(({ step }) => {
      const chip = button("", app.formatNumber(step));
      chip.addEventListener("click", () => this.toggle(step));
      return chip;
    });
    details.lastChild.append(...this.chips);
    details.hidden = this.own.length < 2;
    this.select = document.createElement("select");
    this.select.setAttribute("aria-label", t("other"));
    this.select.addEventListener("change", () => this.change(this.steps, [...this.added, this.select.value]));
    host.append(details, this.select);
  }

  // ---- what is chosen

  told() {
    const get = (name) => this.app.params.get("time", name);
    const steps = get("steps")
      .split(".")
      .map(Number)
      .filter((step) => this.own.some((one) => one.step === step));
    const ids = get("models")
      .split("~")
      .filter((id) => this.others.some((one) => one.id === id));
    const usual = () =>
      spread(
        this.own.map((one) => one.step),
        COLUMNS,
      );
    return [steps.length ? steps : usual(), ids];
  }

  change(steps, added) {
    [this.steps, this.added] = [steps, added];
    this.app.params.set("time", steps.join("."), "steps");
    this.app.params.set("time", added.join("~"), "models");
    this.redraw();
  }

  toggle(step) {
    const has = this.steps.includes(step);
    if (has && this.steps.length === 1) return;
    this.change(
      has ? this.steps.filter((one) => one !== step) : [...this.steps, step].sort((a, b) => a - b),
      this.added,
    );
  }

  redraw() {
    const mine = this.own.filter((one) => this.steps.includes(one.step));
    this.columns.set([...mine, ...this.added.map((id) => this.others.find((one) => one.id === id))]);
    this.chips.forEach((chip, k) => chip.setAttribute("aria-pressed", String(this.steps.includes(this.own[k].step))));
    const free = this.others.filter((one) => !this.added.includes(one.id));
    this.select.hidden = !free.length;
    this.select.replaceChildren(
      new Option(this.app.t("time.other"), ""),
      ...free.map((one) => new Option(one.title, one.id)),
    );
    this.marked();
  }

  name({ title, step }) {
    if (step === null) return this.app.t("time.this");
    const at = this.app.t("time.step", { step: this.app.formatNumber(step) });
    return title ? `${title} · ${at}` : at;
  }

  // Its name in the engine.
  async load(moment) {
    if (!moment.title && moment.step === this.app.space.step) return "main";
    const name = await this.generators.load(moment.source);
    this.generators.trim(MOST, [...this.columns.items.keys(), moment.source]);
    return name;
  }

  // ---- on stage

  pick(moment) {
    this.stop();
    const k = this.own.indexOf(moment);
    if (k < 0) this.present(moment);
    else this.go(k);
  }

  go(k) {
    this.at = k;
    this.slider.set(k);
    return this.present(this.own[k]);
  }

  // What is asked for last is what comes on stage, once it is there.
  async present(moment) {
    const turn = ++this.turn;
    try {
      const network = await this.load(moment);
      if (turn !== this.turn || !this.shown || this.app.destroyed) return;
      this.now = moment;
      this.marked();
      await this.app.stage.useNetwork(network, network === "main" ? "" : this.name(moment));
    } catch (error) {
      this.stop();
      this.app.drawingFailed(error);
    }
  }

  marked() {
    this.columns.mark(this.now ?? this.own[this.home]);
  }

  async run() {
    this.playing = true;
    this.buttons();
    const run = (this.running = {});
    for (let k = this.at + 1 < this.own.length ? this.at : 0; k < this.own.length; k++) {
      const ahead = this.own[k + 1] && this.load(this.own[k + 1]).catch(() => null);
      await Promise.all([this.go(k), new Promise((resolve) => setTimeout(resolve, EACH))]);
      await ahead;
      if (this.running !== run || !this.shown) return;
    }
    this.stop();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.running = null;
    const focused = this.pause.matches(":focus");
    this.buttons();
    if (focused) this.play.focus();
  }

  buttons() {
    this.play.hidden = this.playing;
    this.pause.hidden = !this.playing;
  }

  // ---- as a tool

  show() {
    this.shown = true;
    this.buttons();
    this.slider.set(this.at);
    this.columns.show();
  }

  // Other tools are for the model itself.
  hide() {
    this.stop();
    this.shown = false;
    this.turn++;
    [this.at, this.now] = [this.home, null];
    this.app.stage.useNetwork(null);
    this.columns.hide();
    this.generators.trim(IDLE);
  }

  changed() {
    this.columns.draw();
  }

  destroy() {
    this.stop();
    this.shown = false;
    this.columns.hide(); // the same networks may be wanted again at once: another step of the run has a tool of its own
  }
}
