// Plays a journey on the stage, at the display's rate. What is on stage is where one is: whoever pauses stays there, one undo
// leads back to before. Whatever else moves the state ends the playing.

import { button } from "../../shared/dom.mjs";
import { sameState } from "../latent.mjs";
import * as journeys from "./journey.mjs";

const LONGEST = 0.1; // seconds that one frame may take: after a hidden tab it goes on where it was

export class Player {
  // journey() is the one to play; changed() is called after every move and at the start and end of playing.
  constructor(app, journey, changed) {
    Object.assign(this, { app, journey, changed, position: 0, playing: false, sent: null });
    this.button = button("pause", "", app.t("journey.pause"), "playing");
    this.button.hidden = true;
    this.button.addEventListener("click", () => this.pause());
    app.stage.overlay.append(this.button);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    const count = journeys.legs(this.journey());
    if (!count || this.playing) return;
    if (!this.journey().loop && this.position >= count) this.position = 0;
    this.playing = true;
    this.button.hidden = false;
    this.show();
    this.last = performance.now();
    this.request = requestAnimationFrame((now) => this.frame(now));
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.stop();
    this.app.settle();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.button.hidden = true;
    this.changed();
  }

  frame(now) {
    if (!this.playing) return;
    if (!sameState(this.app.state, this.sent)) return this.stop(); // somebody went elsewhere
    const { loop, seconds } = this.journey();
    const count = journeys.legs(this.journey());
    const next = this.position + Math.min(LONGEST, Math.max(0, now - this.last) / 1000) / seconds;
    this.last = now;
    this.position = loop ? next % count : Math.min(count, next);
    this.show();
    if (!loop && this.position >= count) return this.pause();
    this.request = requestAnimationFrame((later) => this.frame(later));
  }

  show() {
    this.sent = journeys.at(this.journey(), this.position);
    this.app.go(this.sent, { drag: true });
    this.changed();
  }

  // To a position, in a move that ends with app.settle().
  seek(position) {
    this.stop();
    this.position = position;
    this.show();
  }

  // Is what is on stage the place of the position?
  get here() {
    return this.sent !== null && sameState(this.app.state, this.sent);
  }

  destroy() {
    this.stop();
    this.button.remove();
  }
}
