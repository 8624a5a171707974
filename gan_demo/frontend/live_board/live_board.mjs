// @ts-check
// The board of a run: progress, film, findings, charts. It follows the run's updates and is drawn without the page's
// script.

import { ClassStrip } from "../classroom/class_strip.mjs";
import { ChangeList } from "../curves/change_list.mjs";
import * as film from "../film/film.mjs";
import { nearestIndex } from "../film/moments.mjs";
import { aspectRatio } from "../film/sheet_geometry.mjs";
import { element, find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { RunFeed } from "../shared/run_feed.mjs";
import { controlOf, isAlive } from "../shared/run_status.mjs";
import { RunStore } from "../shared/run_store.mjs";
import { Findings } from "./findings.mjs";
import { ForkOffer, forkStep } from "./fork_offer.mjs";
import { settingMarks } from "./marks.mjs";
import { PageSync } from "./page_sync.mjs";
import { ProgressLine } from "./progress_line.mjs";
import { RunCharts } from "./run_charts.mjs";
import { SettingsInSight } from "./settings_in_sight.mjs";
import { effectText } from "./update_effect.mjs";

/** @import { ComponentArguments, ConnectionState, RunUpdate } from "../shared/types.js" */
/** @import { LiveBoardData } from "./types.js" */

/** @typedef {ComponentArguments<LiveBoardData>["parentElement"]} Parent */

/** @type {Mounts<Parent, LiveBoard>} */
const boards = new Mounts();

/** @param {ComponentArguments<LiveBoardData>} component */
export function draw({ data, parentElement, setTriggerValue }) {
  if (boards.get(parentElement)?.data.run !== data.run) clear(parentElement);
  boards.at(parentElement, () => new LiveBoard(parentElement, data, setTriggerValue)).update(data, setTriggerValue);
}

/** @param {Parent} parentElement */
export function clear(parentElement) {
  boards.clear(parentElement);
}

const HTML = `<div class="class-place"></div><p class="connection" role="status" hidden></p>
  <div class="progress">
    <div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div><span></span></div>
  <div class="main"><div class="left"><div class="film-place"></div>
    <p class="fork" hidden><button type="button"></button><span></span></p><p class="effect" role="status" hidden></p>
    <p class="findings-now" hidden></p>
    <div class="findings" aria-live="polite"></div><section class="changes-place"></section></div>
  <div class="right"></div></div>
  <details class="more"><summary></summary><div class="rest"></div><p class="cost"></p></details>`;

class LiveBoard {
  #store = new RunStore();
  /** @type {number | null} the step on show; null for the newest */
  #shownStep = null;
  /** @type {number | null} the step in the page's address, until it was shown */
  #linkedStep;
  /** @type {number | null} the sample that the teacher points at */
  #highlight = null;
  #awaitsSummary = false;
  #animationFrame = 0;

  /**
   * @param {Parent} parent
   * @param {LiveBoardData} data
   * @param {ComponentArguments<LiveBoardData>["setTriggerValue"]} trigger
   */
  constructor(parent, data, trigger) {
    this.data = data;
    this.trigger = trigger;
    this.#linkedStep = data.step;
    this.root = element("div", { className: "live-board", innerHTML: HTML });
    parent.querySelector(".live-board")?.remove();
    parent.append(this.root);
    this.connection = find(this.root, ".connection");
    this.film = find(this.root, ".film-place");
    this.effect = find(this.root, ".effect");
    this.charts = new RunCharts(this.root, {
      onChange: () => this.#draw(),
      onSeek: (step) => this.#seek(step),
      onMarks: (numbers) => this.#point(numbers),
    });
    this.changes = new ChangeList(
      find(this.root, ".changes-place"),
      (step) => this.#seek(step),
      (numbers) => this.#point(numbers),
    );
    this.pageSync = new PageSync((name, value) => this.trigger(name, value));
    this.progress = new ProgressLine(this.root);
    this.forkOffer = new ForkOffer(find(this.root, ".fork"), (step) => this.#ask("fork", step));
    this.findings = new Findings(find(this.root, ".findings"), (key) => this.#ask("remedy", key));
    this.classStrip = this.#buildClassStrip();
    this.settingsInSight = new SettingsInSight(() => this.film.querySelector(".picture"));
    this.feed = new RunFeed(data.run, {
      onUpdate: (update) => this.#take(update),
      onState: (state) => this.#drawConnection(state),
    });
  }

  /**
   * @param {LiveBoardData} data
   * @param {ComponentArguments<LiveBoardData>["setTriggerValue"]} trigger
   */
  update(data, trigger) {
    this.data = data;
    this.trigger = trigger;
    this.pageSync.pageDrawn(data);
    this.root.classList.toggle("points", !data.film.pixelated);
    this.progress.setName(data.texts); // before the first update of the run, too
    this.charts.setName(data.texts);
    this.#draw();
  }

  close() {
    this.feed.close();
    this.pageSync.close();
    this.settingsInSight.close();
    cancelAnimationFrame(this.#animationFrame);
    this.classStrip.close();
    film.clear(this.film);
    this.charts.close();
  }

  #buildClassStrip() {
    return new ClassStrip(find(this.root, ".class-place"), {
      goTo: (step) => {
        if (!this.#store.grids.length) return false;
        film.goTo(this.film, step);
        return true;
      },
      highlight: (index) => {
        this.#highlight = index;
        if (this.#store.update) this.#drawFilm(this.#store.update);
      },
      trigger: (name, value) => this.#ask(name, value),
      control: (control) => this.pageSync.ask("control", control),
      onResize: () => this.#draw(),
    });
  }

  /**
   * Ask the page for something on behalf of the viewer.
   * @param {string} name
   * @param {unknown} value
   */
  #ask(name, value) {
    this.classStrip.presenter.leave(); // the presenter view would hide the page's answer
    this.pageSync.ask(name, value);
  }

  /** @param {RunUpdate} update */
  #take(update) {
    if (update.reset) this.#awaitsSummary = false;
    const hasTooManyRows = this.#store.apply(update);
    if (hasTooManyRows && !this.#awaitsSummary) {
      this.#awaitsSummary = true;
      this.feed.restart();
    }
    this.root.dataset.step = String(update.progress.step);
    this.#animationFrame ||= requestAnimationFrame(() => {
      this.#animationFrame = 0;
      this.#draw();
    });
    this.pageSync.runChanged({ ...update, crowded: update.crowded && this.data.mine });
  }

  /** @param {ConnectionState} state */
  #drawConnection(state) {
    const { texts } = this.data;
    this.root.dataset.connection = state;
    const text = { waiting: texts.reconnecting, gone: texts.gone, live: "", polling: "" }[state];
    this.connection.textContent = text;
    this.connection.hidden = !text;
    this.connection.classList.toggle("gone", state === "gone");
  }

  #draw() {
    const { update } = this.#store;
    if (!update || !this.root.isConnected) return;
    const { data } = this;
    this.progress.draw(update.progress, update.status, data.texts, data.language, update.sharing);
    const effect = effectText(update.progress.effect, update.status, data.texts, data.language);
    if (this.effect.textContent !== effect) this.effect.textContent = effect;
    this.effect.hidden = !effect;
    this.#drawFilm(update);
    if (this.#linkedStep !== null && this.#store.grids.length) this.#seek(this.#linkedStep);
    this.#drawForkOffer(update);
    this.findings.draw(update.findings, data, this.#mayFork(update));
    this.#drawMoment(update);
    this.changes.draw(settingMarks(update, data.texts, data.language), {
      title: data.texts.changes,
      step: (step) => fill(data.film.texts.step, { step: number(data.language, step) }),
      goTo: data.texts.go_to,
    });
    this.#drawCharts(update);
    this.classStrip.update({
      ...data.classroom,
      offered: update.class,
      control: data.mine ? controlOf(update.status) : null,
      canApply: true,
    });
  }

  /** @param {RunUpdate} update */
  #drawFilm(update) {
    const { data } = this;
    const { presenter } = this.classStrip;
    film.draw({
      parentElement: this.film,
      data: {
        ...data.film,
        run: data.run,
        steps: this.#store.grids,
        live: isAlive(update.status),
        language: data.language,
        most: presenter.isOn ? presenter.pictureWidth(aspectRatio(data.film.sheet)) : data.film.most,
        highlight: this.#highlight,
        marks: settingMarks(update, data.texts, data.language).map(({ number: mark, step, text }) => ({
          step,
          text: `${mark}. ${text}`,
        })),
        onGo: (step, isNewest, byHand) => {
          this.#show(isNewest ? null : step);
          this.classStrip.moved(step, isNewest, byHand);
        },
        onPick: (_step, index) => this.classStrip.picked(index),
      },
    });
  }

  /**
   * The film shows another step; null is the newest.
   * @param {number | null} step
   */
  #show(step) {
    if (this.#shownStep === step) return;
    this.#shownStep = step;
    if (this.#store.update) {
      this.#drawForkOffer(this.#store.update);
      this.#drawMoment(this.#store.update);
    }
    this.charts.show(step);
  }

  /**
   * Light up changes in the list and on the charts.
   * @param {number[]} numbers
   */
  #point(numbers) {
    this.changes.highlight(numbers);
    this.charts.highlight(numbers);
  }

  /**
   * While an earlier step is on show, say that the findings are about the newest.
   * @param {RunUpdate} update
   */
  #drawMoment({ findings, progress }) {
    const { texts, language } = this.data;
    const note = find(this.root, ".findings-now");
    note.hidden = this.#shownStep === null || !findings.length;
    note.textContent = fill(texts.now, { step: number(language, progress.step) });
  }

  /** @param {RunUpdate} update */
  #drawForkOffer(update) {
    const step = this.#mayFork(update) ? forkStep(update.states, this.#shownStep) : null;
    this.forkOffer.draw(step, this.#shownStep, update.progress.step, this.data.texts, this.data.language);
  }

  /**
   * Whether this viewer may fork the run. In a class the teacher decides: thirty forks at once would only queue.
   * @param {RunUpdate} update
   */
  #mayFork(update) {
    return this.data.mayFork && (this.data.mine || !(update.class || this.classStrip.isInClass));
  }

  /** @param {RunUpdate} update */
  #drawCharts(update) {
    this.charts.draw(this.#store, update, this.data, {
      shownStep: this.#shownStep,
      scale: this.classStrip.presenter.scale,
    });
  }

  /**
   * A chart was clicked at `step`.
   * @param {number} step
   */
  #seek(step) {
    this.#linkedStep = null;
    const { grids } = this.#store;
    const nearest = grids[nearestIndex(grids, step)] ?? 0;
    film.goTo(this.film, nearest);
    this.classStrip.moved(nearest, nearest === grids.at(-1), true);
  }
}
