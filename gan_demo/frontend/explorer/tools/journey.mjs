// @ts-check
// Journeys: keyframes on a strip, played on the stage, and saved as a GIF, a video or a strip of pictures.

import { button, element } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { DownloadMenu } from "../journey/download_menu.mjs";
import { KeyframeButtons, LegButtons } from "../journey/edit_buttons.mjs";
import { LEG_SECONDS, legCount } from "../journey/journey.mjs";
import { JourneyEditor } from "../journey/journey_editor.mjs";
import { KeyframeStrip } from "../journey/keyframe_strip.mjs";
import { PathOverlay } from "../journey/path_overlay.mjs";
import { Player } from "../journey/player.mjs";
import { clockText, Timeline } from "../journey/timeline.mjs";
import { SamplePainter } from "../stage/sample_painter.mjs";

/** @import { App, LatentState, Tool } from "../types" */

const POINTS_SIDE = 112; // pixels of the picture of a keyframe among points

/** @type {Tool} */
export const tool = { name: "journey", css: true, build: (host, app) => new JourneyTool(host, app) };

class JourneyTool {
  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.app = app;
    this.shown = false;
    this.painter = new SamplePainter(app, { maxSide: app.drawsPoints ? POINTS_SIDE : 1 });
    this.path = app.drawsPoints ? new PathOverlay(app) : null;
    this.editor = new JourneyEditor(app, () => this.redraw());
    const journey = () => this.editor.journey;
    this.player = new Player(app, journey, () => this.showPosition());
    this.keyframeButtons = new KeyframeButtons(app, this.editor);
    this.legButtons = new LegButtons(app, this.editor);
    this.play = button("play", app.t("journey.play"), app.t("journey.play"), "primary play");
    this.pause = button("pause", app.t("journey.pause"), app.t("journey.pause"), "primary play");
    this.clock = element("span", { className: "clock" });
    this.clock.setAttribute("aria-hidden", "true"); // the timeline says the same
    this.random = button("dice", app.t("journey.chance"));
    this.seconds = this.createSecondsSlider();
    const { line, keys, downloads } = this.addSections(host);
    this.timeline = new Timeline(app, line, {
      seek: (position) => this.player.seek(position),
      released: () => this.editor.writeAddress(),
    });
    this.strip = this.createStrip(keys);
    this.downloads = new DownloadMenu(app, downloads, journey);
    this.listen();
    this.redraw();
  }

  /**
   * Add the parts of the tool; return those that other classes fill.
   *
   * @param {HTMLElement} host
   */
  addSections(host) {
    const help = element("p", { className: "help", textContent: this.app.t("journey.help") });
    const top = element("div", { className: "row top" }, this.play, this.pause, this.clock, this.random);
    const pace = element("div", { className: "pace" }, this.seconds.root);
    const line = element("div", { className: "line" });
    const keys = element("div", { className: "keys" });
    const downloads = element("div", { className: "take" });
    host.append(help, top, line, keys, this.keyframeButtons.root, this.legButtons.root, pace, downloads);
    return { line, keys, downloads };
  }

  createSecondsSlider() {
    const { app } = this;
    return new Slider(app, {
      name: app.t("journey.seconds"),
      ...LEG_SECONDS,
      step: 0.1,
      text: (/** @type {number} */ value) => app.t("journey.s", { n: app.formatNumber(value, 1) }),
      drag: (/** @type {number} */ seconds) => this.editor.setOptions({ seconds }),
    });
  }

  /** @param {HTMLElement} host */
  createStrip(host) {
    return new KeyframeStrip(this.app, host, {
      select: (index) => this.select(index),
      move: (from, to) => this.editor.move(from, to),
      remove: (index) => this.editor.remove(index),
      add: () => this.editor.append(this.app.state),
      paint: (canvases, keys) => this.paintKeyframes(canvases, keys),
    });
  }

  listen() {
    this.play.addEventListener("click", () => {
      this.editor.writeAddress();
      this.player.play();
      this.pause.focus();
    });
    this.pause.addEventListener("click", () => {
      this.player.pause();
      this.play.focus();
    });
    this.random.addEventListener("click", () => this.randomise());
  }

  // ---- what a viewer does

  /** @param {number} index */
  select(index) {
    this.editor.selected = index;
    this.player.seek(index);
    this.app.settle();
    this.redraw();
  }

  randomise() {
    const { playing } = this.player;
    this.player.stop();
    this.editor.randomise(this.app.newSeed());
    this.player.seek(0);
    if (playing) this.player.play();
    else this.app.settle();
  }

  // ---- what a viewer sees

  redraw() {
    const { journey, selected, isFull } = this.editor;
    this.player.position = Math.min(this.player.position, legCount(journey));
    this.strip.draw(journey.keys, selected, isFull);
    this.keyframeButtons.update();
    this.legButtons.update();
    this.seconds.set(journey.seconds);
    this.timeline.draw(journey, (canvas, x, k) => this.painter.onto(canvas, x, k));
    if (this.shown) this.path?.draw(journey);
    this.showPosition();
  }

  showPosition() {
    const { playing, position } = this.player;
    const { journey } = this.editor;
    this.play.hidden = playing;
    this.pause.hidden = !playing;
    this.play.disabled = !legCount(journey);
    this.timeline.setPosition(position);
    this.clock.textContent = clockText(this.app, journey, position);
  }

  /**
   * @param {HTMLCanvasElement[]} canvases
   * @param {LatentState[]} keys
   */
  async paintKeyframes(canvases, keys) {
    try {
      const x = await this.app.samples(keys);
      canvases.forEach((canvas, k) => {
        this.painter.onto(canvas, x, k);
      });
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  // ---- as a tool

  show() {
    this.shown = true;
    this.path?.draw(this.editor.journey);
  }

  hide() {
    this.shown = false;
    this.path?.clear();
  }

  changed() {
    this.editor.followAddress();
  }

  destroy() {
    this.player.destroy();
    this.downloads.destroy();
    this.path?.clear();
  }
}
