// @ts-check
// The film of a training: its sheets of samples by step, with a scrubber. Sheets come by URL and stay in the browser's
// cache, so that dragging never fetches one twice; elements stay in the page, so that nothing flickers.

import { element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { Frames } from "../shared/frames.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { CompareWipe } from "./compare_wipe.mjs";
import { Controls, canExplain } from "./controls.mjs";
import { FilmPicture } from "./film_picture.mjs";
import { nearestIndex } from "./moments.mjs";
import { Player } from "./player.mjs";
import { SamplePanel } from "./sample_panel.mjs";
import { SampleSelection } from "./sample_selection.mjs";

/** @import { FilmData } from "./types.js" */

/** @type {Mounts<Element, Film>} */
const films = new Mounts();

/**
 * Draw the film in `parentElement`, or update the one that is there.
 * @param {{ data: FilmData, parentElement: Element }} props
 */
export function draw({ data, parentElement }) {
  films.at(parentElement, () => new Film(parentElement, data)).update(data);
}

/**
 * Remove the film from `parentElement`.
 * @param {Element} parentElement
 */
export function clear(parentElement) {
  films.clear(parentElement);
}

/**
 * Show the kept step nearest to `step`; null goes back to the newest and follows it.
 * @param {Element} parentElement
 * @param {number | null} step
 */
export function goTo(parentElement, step) {
  films.get(parentElement)?.goTo(step);
}

const HTML = `<div class="stage"><span class="wait"></span>
    <div class="picture" hidden><div class="held" hidden></div><div class="now"></div></div></div>
  <p class="names" hidden><b></b><b></b></p><p class="hint" hidden></p>
  <div class="bar"><button class="play" type="button"></button>
    <span class="track"><input type="range" min="0" value="0" step="1"><span class="marks"></span></span>
    <output></output><button class="compare" type="button"><i></i><span></span></button>
    <button class="live" type="button"></button></div>`;

class Film {
  player = new Player();
  /** @type {Frames | null} the sheets of the present run */
  #frames = null;
  #run = "";
  #version = "";
  #hasAutoplayed = false;
  #hasSelected = false;
  #isFrameRequested = false;
  #isClosed = false;
  /** The step and state that onGo was called with last. */
  #reported = "";

  /**
   * @param {Element} parent
   * @param {FilmData} data
   */
  constructor(parent, data) {
    this.data = data;
    this.root = element("div", { className: "film", innerHTML: HTML });
    parent.querySelector(".film")?.remove();
    parent.append(this.root);
    this.controls = new Controls(this.root);
    this.picture = new FilmPicture(this.root, data);
    this.wipe = new CompareWipe(this.root);
    this.selection = new SampleSelection(this.picture.picture, (index, x) => this.#select(index, x));
    this.samplePanel = new SamplePanel(this.root, () => this.#select(null));
    this.#listen();
  }

  /** @param {FilmData} data */
  update(data) {
    this.data = data;
    this.picture.data = data;
    if (this.#run !== data.run || this.#version !== (data.version ?? "")) this.#begin();
    const index = this.player.setSteps(data.steps);
    this.player.loops = Boolean(data.autoplay);
    this.root.classList.toggle("compact", Boolean(data.compact));
    this.controls.setRange(data);
    const isSelectable = Boolean(data.onPick) || canExplain(data);
    this.selection.update(data.sheet ?? null, data.highlight ?? null, data.texts, isSelectable);
    if (data.steps.length) this.#show(index, false);
    else this.#drawControls();
    if (data.autoplay && !this.#hasAutoplayed && data.steps.length > 1) {
      this.#hasAutoplayed = true;
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.#play();
    }
  }

  /** @param {number | null} step */
  goTo(step) {
    const { steps, lastIndex } = this.player;
    if (!steps.length) return;
    this.#stop();
    this.#show(step === null ? lastIndex : nearestIndex(steps, step), false);
  }

  close() {
    this.#isClosed = true;
    this.player.stop();
    this.picture.close();
    this.samplePanel.close();
    this.root.remove();
  }

  #listen() {
    const { slider, play, live, compare } = this.controls;
    const loadAll = () => this.#frames?.look(this.player.steps, this.player.index, true);
    slider.addEventListener("pointerenter", loadAll); // most likely about to be dragged
    slider.addEventListener("focus", loadAll);
    slider.addEventListener("input", () => {
      this.#stop();
      this.#show(Number(slider.value), true);
    });
    slider.addEventListener("change", () => this.#explainCurrentStep());
    slider.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.#togglePlaying();
    });
    play.addEventListener("click", () => this.#togglePlaying());
    live.addEventListener("click", () => {
      this.#stop();
      this.#show(this.player.lastIndex, true);
    });
    compare.addEventListener("click", () => this.#toggleComparison());
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.selection.index === null) return;
      event.preventDefault(); // closes the explanation, and not the presenter view as well
      this.#select(null);
    });
  }

  /** Start over with another run, or with the same run trained anew. */
  #begin() {
    const { run, version = "" } = this.data;
    const query = version ? `?v=${encodeURIComponent(version)}` : "";
    /** @param {number} step */
    const address = (step) =>
      new URL(`api/runs/${encodeURIComponent(run)}/grids/${step}.png${query}`, document.baseURI).href;
    const frames = new Frames(address, () => {
      if (this.#frames === frames) this.#requestFrame();
    });
    this.#frames = frames;
    this.#run = run;
    this.#version = version;
    this.#hasAutoplayed = false;
    this.#reported = "";
    this.player.reset();
    this.wipe.leave();
    this.selection.select(null);
    this.samplePanel.close();
  }

  /**
   * Show the step at `index`.
   * @param {number} index
   * @param {boolean} byHand
   */
  #show(index, byHand) {
    const { player } = this;
    player.moveTo(index);
    this.controls.slider.value = String(index);
    this.#frames?.look(player.steps, index, byHand || player.isPlaying);
    this.#drawControls();
    this.#requestFrame();
    const state = `${player.step} ${player.isFollowing}`;
    if (state === this.#reported || player.step === undefined) return;
    this.#reported = state;
    this.data.onGo?.(player.step, player.isFollowing, byHand);
  }

  #requestFrame() {
    if (this.#isFrameRequested || this.#isClosed) return;
    this.#isFrameRequested = true;
    requestAnimationFrame((time) => {
      this.#isFrameRequested = false;
      if (this.#isClosed) return;
      if (this.player.isPlaying) this.#advance(time);
      this.#paint();
    });
  }

  #paint() {
    if (!this.#frames) return;
    const { texts, language } = this.data;
    const hasNewSize = this.picture.paint(this.#frames, this.player, (step) =>
      fill(texts.alt, { step: number(language, step) }),
    );
    if (hasNewSize) this.#drawControls();
  }

  #drawControls() {
    const { data, player, wipe } = this;
    this.controls.draw(data, player, {
      isComparing: wipe.isOn,
      offersExplanation: canExplain(data) && this.picture.image !== null && !this.#hasSelected,
    });
    if (!wipe.isOn) return;
    const current = player.step === undefined ? "" : number(data.language, player.step);
    wipe.label(data.texts, number(data.language, wipe.heldStep), current);
  }

  #togglePlaying() {
    if (this.player.isPlaying) this.#stop();
    else this.#play();
  }

  #play() {
    const { player } = this;
    if (!player.play()) return;
    if (player.isAtEnd) this.#show(0, !this.data.autoplay);
    this.#frames?.look(player.steps, player.index, true);
    this.#drawControls();
    this.#requestFrame();
  }

  /** @param {number} time ms */
  #advance(time) {
    const { player } = this;
    const next = player.next(time, (step) => this.root.isConnected && this.#isLoaded(step));
    if (next !== null) this.#show(next, !this.data.autoplay);
    if (player.isPlaying) this.#requestFrame();
    else this.#drawControls();
  }

  /** @param {number} step */
  #isLoaded(step) {
    return Boolean(this.#frames?.image(step)) || Boolean(this.#frames?.failed(step));
  }

  #stop() {
    if (this.player.stop()) this.#drawControls();
  }

  #toggleComparison() {
    this.#stop();
    if (this.wipe.isOn) this.wipe.leave();
    else if (this.picture.image) this.wipe.hold(this.picture.image);
    else return;
    this.#drawControls();
  }

  /**
   * Select a sample, or none; a second click on the selected sample lets go of it.
   * @param {number | null} index
   * @param {number} [x] where the picture was clicked, 0 to 1 of its width
   */
  #select(index, x) {
    const { data, wipe } = this;
    const selected = index === this.selection.index ? null : index;
    const isHeldSide = wipe.isOn && x !== undefined && x < wipe.share;
    const step = isHeldSide ? wipe.heldStep : this.picture.step;
    this.#hasSelected = true;
    this.selection.select(selected);
    data.onPick?.(step, selected);
    this.#drawControls();
    if (selected === null) this.samplePanel.close();
    else if (canExplain(data)) {
      this.#stop();
      this.samplePanel.open(this.#run, step, selected, data);
    }
  }

  /** Explain the selected sample at the step at which the scrubber came to rest. */
  #explainCurrentStep() {
    const { player, selection, samplePanel } = this;
    if (!samplePanel.isOpen || player.step === undefined || selection.index === null) return;
    samplePanel.open(this.#run, player.step, selection.index, this.data);
  }
}
