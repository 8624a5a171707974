// @ts-check
/**
 * What the stage shows while the engine is on its way: a shipped moment of the training, and how much has come.
 * @import { LabData, LabState } from "../types.js"
 * @import { Snapshot } from "../snapshots.mjs"
 * @import { Stage } from "./stage.mjs"
 */
import { fill, number } from "../../shared/format.mjs";
import { snapshotFrame, snapshotOf } from "../snapshots.mjs";

export class Waiting {
  #data;
  #stage;
  #isBusy = false;
  #loaded = 0; // share of the engine that has come
  /** @type {Snapshot | null} the moment that is drawn */
  #snapshot = null;
  #hasFrame = false; // has the engine shown anything?

  /**
   * @param {LabData} data
   * @param {Stage} stage
   */
  constructor(data, stage) {
    this.#data = data;
    this.#stage = stage;
  }

  /**
   * Draw the shipped moment of the current settings, once it is here.
   * @param {Promise<Snapshot[]>} snapshots
   * @param {() => LabState} currentState
   */
  async preview(snapshots, currentState) {
    const snapshot = snapshotOf(await snapshots, currentState());
    if (!snapshot || this.#hasFrame) return;
    this.#snapshot = snapshot;
    this.#stage.setFrame(snapshotFrame(snapshot), false);
    performance.mark("lab-preview");
    this.#say();
  }

  /**
   * Take the moment off the stage if the settings are others now.
   * @param {LabState} state
   */
  check(state) {
    if (!this.#snapshot || snapshotOf([this.#snapshot], state)) return;
    this.#stage.setFrame(null);
    this.#forget();
  }

  /** The engine has a frame, which replaces the moment. */
  arrived() {
    if (this.#hasFrame) return;
    this.#hasFrame = true;
    performance.mark("lab-first-frame");
    this.#forget();
  }

  /** @param {boolean} isBusy */
  busy(isBusy) {
    this.#isBusy = isBusy;
    this.#say();
  }

  /** @param {number} share of the engine that has come */
  loading(share) {
    this.#loaded = share;
    this.#say();
  }

  #forget() {
    this.#snapshot = null;
    this.#say();
  }

  #say() {
    const { texts, language } = this.#data;
    const loading = fill(texts.loading, { percent: Math.round(100 * this.#loaded) });
    const progress = this.#isBusy ? (this.#loaded < 1 ? loading : texts.preparing) : "";
    const moment = this.#snapshot && fill(texts.preview, { n: number(language, this.#snapshot.iteration) });
    this.#stage.say([moment, progress].filter(Boolean).join("\n"));
  }
}
