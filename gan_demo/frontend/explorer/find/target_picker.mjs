// @ts-check
// Where the picture to be found comes from: drawn, painted, a file, a sample, a training image.

/** @import { App, Pixels } from "../types.js" */
import { button, element, find } from "../../shared/dom.mjs";
import { newSeed, randomState } from "../latent.mjs";
import { fromPixels, realImages } from "../training_images.mjs";
import { palette } from "./colours.mjs";
import { DrawingPad } from "./drawing_pad.mjs";
import { readImageFile, UnusableImage } from "./image_input.mjs";
import { PixelEditor } from "./pixel_editor.mjs";

const COLOURS = 22; // of the palette taken from pictures
const PALETTE_SAMPLES = 16; // for the palette where there are no training images
const DIGITS = ["digits", "mnist", "emnist"]; // data whose pictures are centred by mass, light on dark
const PLAIN_COLOURS = [
  "#000000",
  "#ffffff",
  "#e03131",
  "#f08c00",
  "#ffd43b",
  "#2f9e44",
  "#1c7ed6",
  "#7048e8",
  "#8d5524",
  "#f1c27d",
];

/** @typedef {Awaited<ReturnType<typeof realImages>>} RealImages */

export class TargetPicker {
  #opened = false;
  #turn = 0; // rises with every other picture; what arrives for an older one is dropped
  #ended = new AbortController();
  /** @type {Promise<RealImages> | null} */
  #realImages = null;
  /** Grey images are drawn with a pen. @type {DrawingPad | null} */
  pad = null;
  /** Others are painted by the pixel. @type {PixelEditor | null} */
  editor = null;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {(x: Float32Array | null) => void} picked gets the picture (C·H·W) in [-1, 1], or null for none
   */
  constructor(app, host, picked) {
    this.app = app;
    this.picked = picked;
    const isGrey = app.shape[0] === 1;
    this.isDigit = isGrey && DIGITS.includes(app.space.data);
    this.bar = element("div", { className: "from" });
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", app.t("find.from"));
    this.line = element("p", { className: "source-note" });
    this.line.setAttribute("role", "status");
    this.surface = element("div", { className: "surface" });
    this.surface.innerHTML = `<div class="place"></div><div class="tools"></div>`;
    this.files = element("input", { type: "file", accept: "image/*", hidden: true });
    this.files.addEventListener("change", () => this.upload());
    host.append(this.bar, this.line, this.surface, this.files);
    this.eraser = button("", app.t("find.eraser"));
    if (isGrey) this.buildPad();
    else this.buildEditor();
    this.buildSources();
    this.takeDrops(host.parentElement ?? host);
  }

  // ---- building

  buildPad() {
    const { surface } = this;
    const undo = this.toolButton("unstroke", () => pad.undo());
    const pad = new DrawingPad(this.app, find(surface, ".place"), {
      isDigit: this.isDigit,
      changed: () => this.pickDrawing(),
      undoable: (can) => setEnabled(undo, can),
    });
    this.pad = pad;
    this.eraser.dataset.act = "eraser";
    this.eraser.setAttribute("aria-pressed", "false");
    this.eraser.addEventListener("click", () => this.setErasing(!pad.isErasing));
    find(surface, ".tools").append(
      this.eraser,
      undo,
      this.toolButton("clear", () => this.clear()),
    );
  }

  buildEditor() {
    const { surface } = this;
    const undo = this.toolButton("unstroke", () => editor.undo());
    const editor = new PixelEditor(this.app, find(surface, ".place"), {
      changed: () => this.pickDrawing(),
      undoable: (can) => setEnabled(undo, can),
    });
    this.editor = editor;
    find(surface, ".tools").append(
      this.toolButton("from_here", () => this.pickCurrent()),
      undo,
    );
  }

  buildSources() {
    this.bar.append(
      this.sourceButton("upload", "upload", () => this.files.click()),
      this.sourceButton("sample", "dice", () => this.pickSample()),
    );
    if (this.app.url("real")) this.bar.append(this.sourceButton("real", "picture", () => this.pickReal()));
  }

  /**
   * @param {"unstroke" | "clear" | "from_here"} name
   * @param {() => void} press
   */
  toolButton(name, press) {
    const created = button("", this.app.t(`find.${name}`));
    created.dataset.act = name;
    created.addEventListener("click", press);
    return created;
  }

  /**
   * @param {"upload" | "sample" | "real"} name
   * @param {"upload" | "dice" | "picture"} icon
   * @param {() => void} press
   */
  sourceButton(name, icon, press) {
    const created = button(icon, this.app.t(`find.${name}`));
    created.dataset.from = name;
    created.addEventListener("click", () => {
      this.say("");
      press();
    });
    return created;
  }

  // ---- colours

  /** When the tool is first seen: offer colours, and the current sample to paint on. */
  async open() {
    if (this.#opened || !this.editor) return;
    this.#opened = true;
    this.editor.offer(PLAIN_COLOURS);
    await this.pickCurrent();
    const pictures = await this.examplePictures();
    if (pictures.length && !this.app.destroyed) this.editor.offer(palette(pictures, COLOURS));
  }

  /**
   * Return training images, or samples where there are none; an empty list if neither can be had.
   * @returns {Promise<Pixels[]>}
   */
  async examplePictures() {
    const { app } = this;
    const images = await this.loadRealImages().catch(() => null);
    if (images) return Array.from({ length: images.count }, (_, k) => images.pixels(k));
    const states = Array.from({ length: PALETTE_SAMPLES }, (_, k) => randomState(app.space, k + 1));
    const x = await app.samples(states).catch(() => null);
    return x ? states.map((_, k) => app.pixels(x, k)) : [];
  }

  /** Load training images; after a failure, the next call tries again. */
  loadRealImages() {
    this.#realImages ??= realImages(this.app, newSeed()).catch((error) => {
      this.#realImages = null;
      throw error;
    });
    return this.#realImages;
  }

  // ---- drawn or painted here

  pickDrawing() {
    this.#turn++;
    if (this.editor) {
      this.picked(fromPixels(this.editor.pixels, this.app.shape));
      return;
    }
    const x = this.pad?.sample() ?? null;
    if (x) this.say("");
    this.picked(x);
  }

  /** @param {boolean} isErasing */
  setErasing(isErasing) {
    if (this.pad) this.pad.isErasing = isErasing;
    this.eraser.setAttribute("aria-pressed", String(isErasing));
  }

  clear() {
    this.setErasing(false);
    this.pad?.wipe();
    this.pickDrawing();
  }

  // ---- from elsewhere

  /**
   * Pick a picture that was not drawn here: to be painted on, or found as it is.
   * @param {Float32Array} x
   */
  pick(x) {
    if (this.editor) {
      this.editor.set(this.app.pixels(x));
      return;
    }
    this.setErasing(false);
    this.pad?.wipe();
    this.picked(x);
  }

  /**
   * Pick a picture when it arrives, unless another one was picked or drawn meanwhile.
   * @param {Promise<Float32Array>} picture
   */
  async pickLatest(picture) {
    const turn = ++this.#turn;
    const x = await picture;
    if (turn === this.#turn && !this.app.destroyed) this.pick(x);
  }

  pickCurrent() {
    return this.pickState(this.app.state);
  }

  pickSample() {
    return this.pickState(randomState(this.app.space, newSeed()));
  }

  /** @param {App["state"]} state */
  async pickState(state) {
    try {
      await this.pickLatest(this.app.samples([state]));
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  async pickReal() {
    try {
      await this.pickLatest(
        this.loadRealImages().then((images) => images.x(this.app.rng(newSeed()).integer(images.count))),
      );
    } catch {
      this.say(this.app.t("find.no_real"));
    }
  }

  // ---- files

  async upload(file = this.files.files?.[0]) {
    this.files.value = "";
    if (!file) return;
    try {
      const reading = readImageFile(file, this.app.shape, this.isDigit);
      await this.pickLatest(reading.then(({ x }) => x));
      const { inverted } = await reading;
      this.say(inverted ? this.app.t("find.turned") : "");
    } catch (error) {
      this.say(this.app.t(error instanceof UnusableImage ? error.key : "find.no_picture"));
    }
  }

  /**
   * Take files that are dropped on the tool.
   * @param {HTMLElement} area
   */
  takeDrops(area) {
    const { signal } = this.#ended;
    area.addEventListener("dragover", (event) => event.preventDefault(), { signal });
    area.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        this.upload(event.dataTransfer?.files[0]);
      },
      { signal },
    );
  }

  /** @param {string} text */
  say(text) {
    this.line.textContent = text;
  }

  destroy() {
    this.#ended.abort();
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {boolean} isEnabled
 */
function setEnabled(button, isEnabled) {
  button.disabled = !isEnabled;
}
