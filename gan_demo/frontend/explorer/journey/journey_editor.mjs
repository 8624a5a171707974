// @ts-check
// The journey of the tool: its keyframes and the selected one, changes with undo, and the part of the address that
// holds it.

import {
  createJourney,
  firstJourney,
  keyframesFromText,
  keyframesToText,
  LEG_SECONDS,
  MAX_KEYFRAMES,
  randomJourney,
  withKeyframe,
  withMovedKeyframe,
  withoutKeyframe,
} from "./journey.mjs";

/** @import { App, LatentState } from "../types" */
/** @import { Journey } from "./types" */

const MAX_UNDO = 50;

export class JourneyEditor {
  /**
   * @param {Pick<App, "space" | "state" | "params" | "t" | "announce">} app
   * @param {() => void} onChange
   */
  constructor(app, onChange) {
    this.app = app;
    this.onChange = onChange;
    this.selected = 0;
    /** @type {Journey[]} */
    this.past = [];
    this.addressText = "";
    this.journey = this.readAddress() ?? firstJourney(app.space, app.state);
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get isFull() {
    return this.journey.keys.length >= MAX_KEYFRAMES;
  }

  // ---- changes

  /**
   * Insert a keyframe and select it.
   *
   * @param {number} index
   * @param {LatentState} state
   */
  insert(index, state) {
    if (this.isFull) return;
    this.selected = index;
    this.change(withKeyframe(this.journey, index, state));
    this.app.announce(this.app.t("journey.added", { n: index + 1 }));
  }

  /** @param {LatentState} state */
  append(state) {
    this.insert(this.journey.keys.length, state);
  }

  duplicateSelected() {
    this.insert(this.selected + 1, this.journey.keys[this.selected]);
  }

  /** @param {LatentState} state */
  replaceSelected(state) {
    this.change(withoutKeyframe(withKeyframe(this.journey, this.selected, state), this.selected + 1));
  }

  /** @param {number} index */
  remove(index) {
    const count = this.journey.keys.length;
    if (count < 2) return;
    const selected = this.selected > index ? this.selected - 1 : this.selected;
    this.selected = Math.max(0, Math.min(selected, count - 2));
    this.change(withoutKeyframe(this.journey, index));
    this.app.announce(this.app.t("journey.removed", { n: index + 1 }));
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  move(from, to) {
    const { keys } = this.journey;
    if (to < 0 || to >= keys.length) return;
    const selectedKey = keys[this.selected];
    const next = withMovedKeyframe(this.journey, from, to);
    this.selected = next.keys.indexOf(selectedKey);
    this.change(next);
    this.app.announce(this.app.t("journey.key", { n: to + 1, count: keys.length }));
  }

  /** @param {number} seed */
  randomise(seed) {
    this.selected = 0;
    this.change(randomJourney(this.app.space, this.journey, seed));
  }

  /** @param {Partial<Journey>} options */
  setOptions(options) {
    this.change({ ...this.journey, ...options });
  }

  /**
   * Make another journey the current one. A change of the seconds alone is not undone: the slider is put back by hand.
   *
   * @param {Journey} next
   */
  change(next) {
    if (this.journey.seconds === next.seconds) this.past = [...this.past, this.journey].slice(-MAX_UNDO);
    this.apply(next);
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.selected = Math.min(this.selected, before.keys.length - 1);
    this.apply({ ...before, seconds: this.journey.seconds });
  }

  /** @param {Journey} journey */
  apply(journey) {
    this.journey = journey;
    this.writeAddress();
    this.onChange();
  }

  // ---- the address

  writeAddress() {
    const { params, space } = this.app;
    const { spherical, loop, seconds } = this.journey;
    this.addressText = keyframesToText(this.journey, space);
    params.set("journey", this.addressText, "keys");
    params.set("journey", spherical ? "" : "line", "way");
    params.set("journey", loop ? "" : "0", "loop");
    params.set("journey", seconds === LEG_SECONDS.home ? "" : String(seconds), "s");
  }

  /** Return the journey of the address, or null if it has none. */
  readAddress() {
    const { params, space } = this.app;
    this.addressText = params.get("journey", "keys");
    const keys = this.addressText ? keyframesFromText(this.addressText, space) : null;
    if (!keys) return null;
    const { low, high, home } = LEG_SECONDS;
    const seconds = Number(params.get("journey", "s")) || home;
    return createJourney(keys, {
      spherical: params.get("journey", "way") !== "line",
      loop: params.get("journey", "loop") !== "0",
      seconds: Math.min(high, Math.max(low, seconds)),
    });
  }

  /** Take the journey of another link that was put into the address bar. */
  followAddress() {
    if (this.app.params.get("journey", "keys") === this.addressText) return;
    this.journey = this.readAddress() ?? this.journey;
    this.selected = 0;
    this.onChange();
  }
}
