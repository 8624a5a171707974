// @ts-check
/**
 * What the tools share: the current state and how it came about, its samples, its address, and words. It is the App of
 * types.d.ts, and what the stage, the toolbar and the tabs need besides.
 * @import { Engine } from "./engine/engine.mjs"
 * @import { ExplorerData, ExplorerUrls, Space, TilesOptions } from "./types.js"
 * @import { GoOptions, LatentState, Params, Pixels, SampleOptions } from "./types.js"
 */
import { saveFile } from "../shared/dom.mjs";
import { BackButton } from "./controls/back_button.mjs";
import { LabelControls } from "./controls/labels.mjs";
import { Toolbar } from "./controls/toolbar.mjs";
import { undoKey } from "./controls/undo_keys.mjs";
import { Superseded, toPixels } from "./engine/engine.mjs";
import { samplesOf } from "./engine/sampling.mjs";
import { chosenInputs } from "./engine/styles.mjs";
import { StateHistory } from "./history.mjs";
import { latentState, newSeed, randomState, rng } from "./latent.mjs";
import { createLayout } from "./layout.mjs";
import { NeighbourControls } from "./stage/neighbours.mjs";
import { Stage } from "./stage/stage.mjs";
import { Tabs } from "./tabs.mjs";
import { ExplorerTexts } from "./texts.mjs";
import { Tiles } from "./tiles.mjs";
import { pageLink, readHash, UrlState, writeHash } from "./url_state.mjs";

const NOTICE_MS = 5000; // that a notice is on show that needs no answer
const START_SEED = 27; // of the first state: fine with each of the shipped models

/**
 * @typedef {object} AppOptions
 * @property {ExplorerData} data
 * @property {Space} space
 * @property {Engine} engine in which the model is loaded as "main"
 * @property {HTMLElement} container
 * @property {string} before the hash when this model was last on show, for a page that has none
 * @property {(error: unknown) => void} failed called where nothing can be drawn any more
 */

export class App extends ExplorerTexts {
  #history;
  #backButton;
  #failed;
  #toolbar;
  #labels;
  #status;
  #params;
  #ending = new AbortController();
  #noticeTimer = 0;

  /** @param {AppOptions} options */
  constructor({ data, space, engine, container, before, failed }) {
    super(data, space.shape.length === 1);
    this.data = data;
    this.space = space;
    this.engine = engine;
    this.container = container;
    this.shape = this.drawsPoints ? [1, 1, 2] : space.shape;
    this.#failed = failed;
    this.destroyed = false;
    this.replaced = false; // by another model in the same engine: the picture stays as it is
    this.isShown = false;
    this.isDragging = false;
    this.changedAt = 0; // ms of performance.now() at the last change of the state
    const link = readHash(location.hash, space);
    this.#params = link.params;
    this.#history = new StateHistory(link.state ?? readHash(before, space).state ?? randomState(space, START_SEED));
    this.address = new UrlState(() => this.hash());
    this.#backButton = new BackButton(this, (hash) => this.#follow(hash), this.#ending.signal);
    /** @type {Params} */
    this.params = {
      get: (tool, name = "") => this.#params.get(`${tool}.${name}`) ?? "",
      set: (tool, text, name = "") => {
        this.#params.set(`${tool}.${name}`, text);
        this.address.changed();
      },
    };

    const { root, stage, actions, near, mixer, right, status } = createLayout(this, Boolean(space.cloud?.length));
    this.root = root;
    this.#status = status;
    container.append(root);
    this.stage = new Stage(this, stage);
    this.neighbours = this.drawsPoints ? null : new NeighbourControls(this, near);
    this.#toolbar = new Toolbar(this, actions);
    this.#labels = new LabelControls(this, mixer);
    this.tabs = new Tabs(this, right, link.tool);
    document.addEventListener("keydown", (event) => this.#key(event), { signal: this.#ending.signal });
    /** Resolves when the first picture is drawn and the first tool is built. */
    this.ready = this.stage.draw().then(() => this.tabs.ready);
  }

  /** Show what was built, in place of an earlier model. */
  reveal() {
    for (const other of this.container.querySelectorAll(".explorer")) if (other !== this.root) other.remove();
    this.root.classList.remove("building");
    this.container.style.minHeight = "";
    this.stage.fit();
    this.address.now();
    this.isShown = true;
    this.root.dataset.ready = "1";
    performance.mark("explorer:first-picture");
  }

  /**
   * Take in what space.json lacked at first; `failed`: it will not come.
   * @param {Partial<Space>} rest
   */
  directionsArrived(rest) {
    Object.assign(this.space, rest, { pending: false });
    this.stage.plane.directionsArrived();
    this.tabs.directionsArrived();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = undoKey(event);
    if (!step) return;
    event.preventDefault();
    this[step]();
  }

  /**
   * Follow a link that somebody put into the address bar; the address may have been written since.
   * @param {string} hash
   */
  #follow(hash) {
    const link = readHash(hash, this.space);
    this.#params = link.params;
    if (link.tool) this.tabs.open(link.tool);
    if (link.state && this.#history.go(link.state)) this.#changed(); // not go(): the tab has an entry for it
    this.tabs.changed(); // the tool's own parameters may be others
  }

  // ---- the state

  get state() {
    return this.#history.state;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  /**
   * @param {LatentState} next
   * @param {GoOptions} [options]
   */
  go(next, { drag = false } = {}) {
    this.isDragging = drag;
    if (this.#history.go(next, drag)) {
      this.#backButton.changed();
      this.#changed();
    } else if (!drag) this.address.changed();
  }

  settle() {
    this.#history.settle();
    this.address.changed();
    if (this.isDragging && this.space.styles?.preview) this.stage.draw(); // in full, after the previews
    this.isDragging = false;
  }

  undo() {
    if (this.#history.undo()) this.#changed();
  }

  redo() {
    if (this.#history.redo()) this.#changed();
  }

  /** Go to a random z; labels and truncation stay. */
  goToRandom() {
    const z = this.rng(this.newSeed()).normals(this.space.z_dim);
    this.go(latentState(z, this.state.y, this.state.psi));
  }

  goToCentre() {
    this.go(latentState(new Float32Array(this.space.z_dim), this.state.y, 1));
  }

  #changed() {
    this.changedAt = performance.now();
    this.stage.draw();
    this.#toolbar.changed();
    this.#labels.changed();
    this.tabs.changed();
    this.address.changed();
  }

  // ---- samples and pictures

  /**
   * @param {readonly LatentState[]} states
   * @param {SampleOptions} [options]
   */
  samples(states, options = {}) {
    return samplesOf(this.engine, states, options, (batch) => chosenInputs(this, batch, options));
  }

  /**
   * @param {Float32Array} x
   * @param {number} [n]
   */
  pixels(x, n = 0) {
    return toPixels(x, this.shape, n * this.shape.reduce((a, b) => a * b, 1));
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Pixels} pixels
   * @param {number} [width]
   * @param {number} [height]
   */
  paint(canvas, pixels, width = this.shape[2], height = this.shape[1]) {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  /**
   * @param {HTMLElement} host
   * @param {TilesOptions} options
   */
  tiles(host, options) {
    return new Tiles(this, host, options);
  }

  /** @param {unknown} error */
  drawingFailed(error) {
    if (error instanceof Superseded || this.destroyed || this.replaced) return;
    if (!this.isShown || this.engine.closedReason) return this.#failed(error);
    console.warn("explorer:", error);
    this.showNotice(this.t("trouble", { reason: this.errorText(error) }));
  }

  // ---- addresses

  hash() {
    return writeHash(this.state, this.tabs.name, this.#params);
  }

  link() {
    return pageLink(this.hash(), this.data.query);
  }

  /** @param {keyof ExplorerUrls} name */
  url(name) {
    const url = this.data.urls[name];
    return url ? new URL(url, document.baseURI).href : "";
  }

  // ---- messages and files

  /** @param {string} text */
  announce(text) {
    this.#status.textContent = text;
  }

  /**
   * @param {string} text
   * @param {boolean} [brief]
   */
  showNotice(text, brief = false) {
    clearTimeout(this.#noticeTimer);
    this.stage.noticeLine.textContent = text;
    if (brief) this.#noticeTimer = window.setTimeout(() => this.showNotice(""), NOTICE_MS);
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  saveFile(blob, name) {
    saveFile(blob, name);
  }

  /** @param {number} seed */
  rng(seed) {
    return rng(seed);
  }

  newSeed() {
    return newSeed();
  }

  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#ending.abort();
    this.address.close();
    this.tabs.destroy();
    this.stage.destroy();
    this.root.remove();
  }
}
