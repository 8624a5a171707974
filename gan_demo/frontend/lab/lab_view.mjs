// @ts-check
/**
 * A lab on a page: its parts, and what passes between them.
 * @import { LabData, LabSettings, Measures, Engine, EngineFrame, ServerRun, StageFrame } from "./types.js"
 * @import { Lesson } from "./lessons/lessons.mjs"
 * @import { Scene } from "./slow/steps.mjs"
 * @import { Snapshot } from "./snapshots.mjs"
 */
import { element } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";
import { HASH_WRITTEN } from "../shared/hash_event.mjs";
import { reason } from "../shared/http.mjs";
import { readState } from "../trainer/state_file.mjs";
import { readAddress, writeAddress } from "./address.mjs";
import { Charts } from "./charts.mjs";
import { OwnData } from "./controls/own_data.mjs";
import { SettingsPanel } from "./controls/settings_panel.mjs";
import { FileMenu } from "./files/menu.mjs";
import { saveLabRun } from "./files/run.mjs";
import { listenToKeys } from "./keys.mjs";
import { arrange } from "./layout.mjs";
import { LessonPanel } from "./lessons/panel.mjs";
import { NetworksPanel } from "./networks/panel.mjs";
import { Numbers } from "./numbers.mjs";
import { Presenter } from "./presenter.mjs";
import { RunOrigin } from "./run_origin.mjs";
import { Session } from "./session.mjs";
import { DEFAULTS, shippedChange, withChange } from "./settings.mjs";
import { SlowMotion } from "./slow/panel.mjs";
import { LayerBar } from "./stage/layer_bar.mjs";
import { EXTENT, Stage } from "./stage/stage.mjs";
import { Waiting } from "./stage/waiting.mjs";
import { Transport } from "./transport.mjs";
import { TroubleLine } from "./trouble_line.mjs";

/** @typedef {import("./session.mjs").MeterLike} MeterLike */

/**
 * @typedef {object} LabParts
 * @property {Engine} engine
 * @property {MeterLike & { close: () => void }} meter
 * @property {(name: string, count: number) => Float32Array} sample points of a set
 * @property {{ uniform: () => number, normal: () => number }} random for drawing points
 * @property {(settings: LabSettings) => void} [requestScript]
 */

export class LabView {
  root = element("div", { className: "lab with-controls" });
  #data;
  #parts;
  /** @type {{ frame: StageFrame, follows: boolean } | null} the newest of the training */
  #newest = null;
  #written = "";

  /**
   * @param {LabData} data
   * @param {LabParts} parts
   * @param {string} hash
   */
  constructor(data, parts, hash) {
    this.#data = data;
    this.#parts = parts;
    const { wrong, ...state } = readAddress(hash);
    this.session = new Session(parts.engine, parts.meter, state, this.#events(), EXTENT);
    const { session } = this;
    this.stage = new Stage(data.texts);
    this.waiting = new Waiting(data, this.stage);
    this.layers = new LayerBar(data.texts, (layers) => session.setLayers(layers));
    this.transport = new Transport(data, session);
    this.own = new OwnData(data, this.stage, parts, (name, points) => session.change({ data: name }, points));
    this.settings = new SettingsPanel(
      data,
      (change) => this.#change(change),
      (control) => (control.key === "data" ? this.own.picker : null),
    );
    this.charts = new Charts(data, (iteration) => session.seek(iteration));
    this.numbers = new Numbers(data);
    this.networks = new NetworksPanel(data, session, (map) => this.stage.setOverride(map));
    this.slow = new SlowMotion(data, session, { onScene: (scene) => this.#showScene(scene) });
    this.trouble = new TroubleLine(data, session);
    this.lessons = new LessonPanel(data, {
      onOpen: (lesson) => this.#openLesson(lesson),
      onTry: (change) => this.#change(change).then(() => session.play()),
    });
    this.files = new FileMenu(data, this.#labFiles());
    this.origin = new RunOrigin(data);
    this.presenter = new Presenter(data.texts, this.root);
    arrange(this.root, this, state.hidden);
    this.presenter.start();
    listenToKeys(this.root, session, this.transport, this.slow);
    this.#complain(wrong);
  }

  /** @param {Promise<Snapshot[]>} snapshots of which one may be drawn until the engine has its first frame */
  preview(snapshots) {
    this.waiting.preview(snapshots, () => this.session.state);
  }

  /** Begin, and train to the iteration that the link names. */
  async start() {
    const { session } = this;
    await session.restart();
    if (session.state.at) await session.seek(session.state.at);
    session.state.at = 0;
  }

  /**
   * Go on where a run on the server is; begin anew where its training can't be had.
   * @param {ServerRun} run
   */
  async goOn(run) {
    const { texts } = this.#data;
    this.waiting.busy(true);
    try {
      await this.origin.goOn(run, this.session);
    } catch (error) {
      await this.start();
      this.trouble.say(fill(texts["run.failed"], { reason: reason(texts, error) }));
    }
  }

  close() {
    this.session.close();
    this.#parts.meter.close();
    this.stage.close();
    this.charts.close();
    this.networks.close();
    this.presenter.close();
    this.root.remove();
  }

  get hash() {
    const { session } = this;
    const at = session.isChanged ? 0 : Math.max(session.iteration, session.state.at); // it may not be there yet
    return writeAddress({ ...session.state, at });
  }

  /** Write the settings into the page's address, without how far the training is. */
  writeAddress() {
    const hash = writeAddress({ ...this.session.state, at: 0 });
    if (hash === this.#written) return;
    this.#written = hash;
    history.replaceState(history.state, "", location.pathname + location.search + hash);
    window.dispatchEvent(new Event(HASH_WRITTEN));
  }

  /** @returns {import("./session.mjs").SessionEvents} */
  #events() {
    return {
      onFrame: (frame, stage, follows) => this.#showFrame(frame, stage, follows),
      onMeasures: (measures) => this.#showMeasures(measures),
      onState: () => this.#showState(),
      onBroken: (suspect, back) => this.trouble.broken(suspect, back),
      onBusy: (isBusy) => this.waiting.busy(isBusy),
      onError: (error) => this.trouble.failed(error),
    };
  }

  /** @returns {import("./files/menu.mjs").LabFiles} */
  #labFiles() {
    const { session } = this;
    const { runs, page } = this.#data.urls;
    const { requestScript } = this.#parts;
    return {
      canvas: this.stage.canvas,
      link: () => location.href.replace(/#.*$/, "") + this.hash,
      copied: () => (this.origin.current ? "file.copied_run" : session.isChanged ? "file.copied_anew" : "file.copied"),
      hash: () => this.hash,
      exportState: () => session.engine.exportState(),
      open: (hash, state) => this.open(hash, state),
      play: () => session.play(),
      saveRun: runs && page ? () => saveLabRun(session, { runs, page }) : null,
      requestScript: requestScript ? () => requestScript(session.settings) : null,
    };
  }

  /**
   * Open another lab in place of this one.
   * @param {string} hash
   * @param {Uint8Array | null} state a StateFileError is thrown if it is none
   */
  async open(hash, state) {
    const { wrong, ...next } = readAddress(hash);
    const saved = state && readState(state); // throws before anything is changed
    this.origin.leave();
    this.slow.close();
    this.session.state = next;
    if (state && saved) {
      Object.assign(next, { points: saved.points, at: 0 }); // a link has fewer points
      await this.session.goOn(state, saved.rows);
    } else await this.start();
    this.#complain(wrong);
  }

  /** @param {string[]} wrong names in a link that were not understood */
  #complain(wrong) {
    if (wrong.length) this.trouble.say(fill(this.#data.texts["address.wrong"], { names: wrong.join(", ") }));
  }

  /**
   * @param {EngineFrame} frame
   * @param {StageFrame} stage
   * @param {boolean} follows
   */
  #showFrame(frame, stage, follows) {
    this.#newest = { frame: stage, follows };
    this.waiting.arrived();
    if (!this.slow.isOpen) this.stage.setFrame(stage, follows);
    this.transport.show();
    this.networks.frame(frame);
    this.#drawCharts();
  }

  /** @param {Measures} measures */
  #showMeasures(measures) {
    const modes = this.session.engine.modes();
    this.numbers.show(measures, this.session.measuring.floor, modes ? modes.centres.length / 2 : 0);
    this.#drawCharts();
  }

  #drawCharts() {
    const { session } = this;
    this.charts.draw(session.history, {
      floor: session.measuring.floor,
      hasModes: this.session.engine.modes() !== null,
      at: session.isPlaying ? null : session.iteration,
    });
  }

  #showState() {
    const { session } = this;
    const { state } = session;
    if (!this.slow.isOpen) {
      this.stage.setReal(session.real);
      this.stage.setLayers(state.layers);
    }
    if (!session.isRestored) this.origin.leave();
    this.waiting.check(state);
    this.layers.show(state.layers);
    this.settings.show(state.settings, state.hidden);
    this.transport.show();
    this.lessons.show(state.hidden.includes("lessons") ? "" : state.lesson);
    this.slow.follow();
    if (session.isPlaying) this.trouble.clear();
    this.#drawCharts();
    this.writeAddress();
  }

  /** @param {Scene | null} scene of the slow motion; null: the training again */
  #showScene(scene) {
    this.stage.setReal(scene ? scene.real : this.session.real);
    this.stage.setLayers(scene ? scene.layers : this.session.state.layers);
    this.stage.setFrame(scene ? scene.frame : (this.#newest?.frame ?? null), false);
  }

  /** @param {Partial<LabSettings>} change */
  #change(change) {
    return this.session.change(shippedChange(this.session.settings, change, this.#data.parts ?? null));
  }

  /** @param {Lesson | null} lesson */
  async #openLesson(lesson) {
    const { session } = this;
    this.slow.close();
    this.trouble.clear();
    if (!lesson) {
      session.state.lesson = "";
      return this.#showState();
    }
    session.state = {
      ...session.state,
      settings: withChange(DEFAULTS, lesson.settings),
      points: null,
      layers: lesson.layers,
      speed: lesson.speed ?? Infinity,
      lesson: lesson.id,
      at: lesson.at ?? 0,
    };
    await this.start();
  }
}
