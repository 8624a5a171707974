// @ts-check
// Plays a journey on the stage, at the display's rate. Every frame is the current state: pausing keeps it, and one undo
// returns to the state before playing. A change of the state by anything else ends the playing.

import { button } from "../../shared/dom.mjs";
import { sameState } from "../latent.mjs";
import { legCount, stateAt } from "./journey.mjs";

/** @import { App, LatentState } from "../types" */
/** @import { Journey } from "./types" */

const MAX_FRAME_SECONDS = 0.1; // after a hidden tab the journey goes on from where it was

export class Player {
  /**
   * @param {App} app
   * @param {() => Journey} journey returns the journey to play
   * @param {() => void} onChange called after every move, and when playing starts or ends
   */
  constructor(app, journey, onChange) {
    this.app = app;
    this.journey = journey;
    this.onChange = onChange;
    this.position = 0;
    this.playing = false;
    /** @type {LatentState | null} the state that this player made the current one */
    this.sentState = null;
    this.frameRequest = 0;
    this.lastFrameTime = 0; // milliseconds
    this.pauseButton = button("pause", "", app.t("journey.pause"), "playing");
    this.pauseButton.hidden = true;
    this.pauseButton.addEventListener("click", () => this.pause());
    app.stage.overlay.append(this.pauseButton);
  }

  play() {
    const count = legCount(this.journey());
    if (!count || this.playing) return;
    if (!this.journey().loop && this.position >= count) this.position = 0;
    this.playing = true;
    this.pauseButton.hidden = false;
    this.showPosition();
    this.lastFrameTime = performance.now();
    this.requestFrame();
    this.onChange();
  }

  pause() {
    if (!this.playing) return;
    this.stop();
    this.app.settle();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frameRequest);
    this.pauseButton.hidden = true;
    this.onChange();
  }

  requestFrame() {
    this.frameRequest = requestAnimationFrame((time) => this.playFrame(time));
  }

  /** @param {number} time */
  playFrame(time) {
    if (!this.playing) return;
    if (!this.sentState || !sameState(this.app.state, this.sentState)) return this.stop();
    const { loop, seconds } = this.journey();
    const count = legCount(this.journey());
    const elapsed = Math.min(MAX_FRAME_SECONDS, Math.max(0, time - this.lastFrameTime) / 1000);
    const next = this.position + elapsed / seconds;
    this.lastFrameTime = time;
    this.position = loop ? next % count : Math.min(count, next);
    this.showPosition();
    if (!loop && this.position >= count) return this.pause();
    this.requestFrame();
  }

  showPosition() {
    const state = stateAt(this.journey(), this.position);
    this.sentState = state;
    this.app.go(state, { drag: true });
    this.onChange();
  }

  /**
   * Show a position, as a part of a move that ends with app.settle().
   *
   * @param {number} position
   */
  seek(position) {
    this.stop();
    this.position = position;
    this.showPosition();
  }

  destroy() {
    this.stop();
    this.pauseButton.remove();
  }
}
