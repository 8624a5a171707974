// @ts-check
// Through time: the current state drawn by several checkpoints of the training, side by side, and by all of them one
// after the other on the stage; also by other runs that take the same numbers.

import { button, element } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { GeneratorCache } from "../engine/generator_cache.mjs";
import { CheckpointPlayer } from "../time/checkpoint_player.mjs";
import { otherCheckpoints, ownCheckpoints, spreadSteps } from "../time/checkpoints.mjs";
import { Columns } from "../time/columns.mjs";

/** @import { Checkpoint } from "../time/types" */
/** @import { App, Tool, ToolInstance } from "../types" */

const COLUMNS = 6;
const BYTES_SHOWN = 160_000_000; // of generators while the tool is shown
const BYTES_HIDDEN = 32_000_000; // and afterwards

/** @type {Tool} */
export const tool = { name: "time", css: true, build: (host, app) => new TimeTool(host, app) };

/** @implements {ToolInstance} */
class TimeTool {
  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    const { id, models = [], urls } = app.data;
    const step = app.space.step ?? null;
    this.app = app;
    this.generators = new GeneratorCache(app.engine);
    const own = ownCheckpoints(models, id);
    this.own = own.length ? own : [{ id, title: "", step, source: urls.generator }]; // uploaded weights are no run
    this.others = otherCheckpoints(models, id, app.space);
    this.steps = this.readSteps();
    this.addedIds = this.readAddedIds();
    this.player = this.createPlayer();
    this.play = button("play", "", app.t("time.play"), "primary");
    this.pause = button("pause", "", app.t("time.pause"), "primary");
    this.slider = this.createSlider();
    this.chips = this.own.map((checkpoint) => this.createChip(checkpoint));
    this.otherModels = this.createModelList();
    this.columns = this.createColumns(this.addSections(host));
    this.listen();
    this.redraw();
  }

  createPlayer() {
    const step = this.app.space.step ?? null;
    const home = this.own.findIndex((checkpoint) => checkpoint.step === step);
    return new CheckpointPlayer(this.app, {
      checkpoints: this.own,
      home: Math.max(0, home),
      load: (checkpoint) => this.load(checkpoint),
      nameOf: (checkpoint) => this.nameOf(checkpoint),
      onChange: () => this.showPlayer(),
    });
  }

  /** @param {HTMLElement} host */
  createColumns(host) {
    return new Columns(this.app, host, {
      load: (checkpoint) => this.load(checkpoint),
      select: (checkpoint) => this.player.show(checkpoint),
      remove: (checkpoint) => this.removeModel(checkpoint.id),
      nameOf: (checkpoint) => this.nameOf(checkpoint),
    });
  }

  /**
   * Add the parts of the tool; return that of the columns.
   *
   * @param {HTMLElement} host
   */
  addSections(host) {
    const help = element("p", { className: "help", textContent: this.app.t("time.help") });
    const through = element("div", { className: "through" }, this.play, this.pause, this.slider.root);
    through.hidden = this.own.length < 2;
    const columns = element("div", { className: "place" });
    const choice = element("div", { className: "choice" }, this.createStepChoice(), this.otherModels);
    host.append(help, through, columns, choice);
    return columns;
  }

  // ---- controls

  createSlider() {
    return new Slider(this.app, {
      name: this.app.t("time.moment"),
      low: 0,
      high: Math.max(1, this.own.length - 1),
      step: 1,
      text: (/** @type {number} */ index) => this.nameOf(this.own[index]),
      drag: (/** @type {number} */ index) => {
        this.player.stop();
        this.player.goTo(index);
      },
    });
  }

  /** @param {Checkpoint} checkpoint */
  createChip({ step }) {
    const chip = button("", this.app.formatNumber(step ?? 0));
    chip.addEventListener("click", () => this.toggleStep(step ?? 0));
    return chip;
  }

  createStepChoice() {
    const title = this.app.t("time.which");
    const chips = element("div", { className: "chips" }, ...this.chips);
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", title);
    const details = element("details", {}, element("summary", { textContent: title }), chips);
    details.hidden = this.own.length < 2;
    return details;
  }

  createModelList() {
    const select = element("select");
    select.setAttribute("aria-label", this.app.t("time.other"));
    select.addEventListener("change", () => this.choose(this.steps, [...this.addedIds, select.value]));
    return select;
  }

  listen() {
    this.play.addEventListener("click", () => {
      this.player.play();
      this.pause.focus();
    });
    this.pause.addEventListener("click", () => {
      this.player.stop();
      this.play.focus();
    });
  }

  // ---- what is chosen, also in the address

  readSteps() {
    const steps = this.own.flatMap(({ step }) => (step === null ? [] : [step]));
    const named = this.app.params.get("time", "steps").split(".").map(Number);
    const known = named.filter((step) => steps.includes(step));
    return known.length ? known : spreadSteps(steps, COLUMNS);
  }

  readAddedIds() {
    const ids = this.app.params.get("time", "models").split("~");
    return ids.filter((id) => this.others.some((each) => each.id === id));
  }

  /**
   * @param {number[]} steps of the run on show
   * @param {string[]} addedIds other runs
   */
  choose(steps, addedIds) {
    this.steps = steps;
    this.addedIds = addedIds;
    this.app.params.set("time", steps.join("."), "steps");
    this.app.params.set("time", addedIds.join("~"), "models");
    this.redraw();
  }

  /** @param {number} step */
  toggleStep(step) {
    const isChosen = this.steps.includes(step);
    if (isChosen && this.steps.length === 1) return;
    const steps = isChosen ? this.steps.filter((each) => each !== step) : [...this.steps, step].sort((a, b) => a - b);
    this.choose(steps, this.addedIds);
  }

  /** @param {string} id */
  removeModel(id) {
    this.choose(
      this.steps,
      this.addedIds.filter((each) => each !== id),
    );
  }

  // ---- what a viewer sees

  redraw() {
    const isChosen = (/** @type {Checkpoint} */ { step }) => step === null || this.steps.includes(step);
    const added = this.addedIds.flatMap((id) => this.others.filter((each) => each.id === id));
    this.columns.setCheckpoints([...this.own.filter(isChosen), ...added]);
    this.chips.forEach((chip, k) => {
      chip.setAttribute("aria-pressed", String(isChosen(this.own[k])));
    });
    const free = this.others.filter(({ id }) => !this.addedIds.includes(id));
    this.otherModels.hidden = !free.length;
    this.otherModels.replaceChildren(
      new Option(this.app.t("time.other"), ""),
      ...free.map(({ id, title }) => new Option(title, id)),
    );
    this.columns.mark(this.player.current);
  }

  showPlayer() {
    const { playing, index, current } = this.player;
    const pauseHasFocus = this.pause.matches(":focus");
    this.play.hidden = playing;
    this.pause.hidden = !playing;
    if (pauseHasFocus && !playing) this.play.focus();
    this.slider.set(index);
    this.columns.mark(current);
  }

  /** @param {Checkpoint} checkpoint */
  nameOf({ title, step }) {
    if (step === null) return this.app.t("time.this");
    const stepText = this.app.t("time.step", { step: this.app.formatNumber(step) });
    return title ? `${title} · ${stepText}` : stepText;
  }

  /**
   * Load a checkpoint's generator; resolves to its name in the engine.
   *
   * @param {Checkpoint} checkpoint
   */
  async load({ title, step, source }) {
    if (!title && step === (this.app.space.step ?? null)) return "main";
    const name = await this.generators.load(source);
    this.generators.trim(BYTES_SHOWN, [...this.columns.sources, source]);
    return name;
  }

  // ---- as a tool

  show() {
    this.player.enable();
    this.showPlayer();
    this.columns.show();
  }

  /** Other tools are about the model of the page. */
  hide() {
    this.player.disable();
    this.columns.hide();
    this.generators.trim(BYTES_HIDDEN);
  }

  changed() {
    this.columns.draw();
  }

  destroy() {
    this.player.stop();
    this.player.enabled = false;
    this.columns.hide(); // another step of the run has a tool of its own, which may want the same networks at once
  }
}
