// Journeys: keyframes on a strip, played on the stage, and taken along as a GIF, a film or a strip of pictures.

import { button } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { Takeaway } from "../journey/download_menu.mjs";
import * as journeys from "../journey/journey.mjs";
import { Strip } from "../journey/keyframe_strip.mjs";
import { Path } from "../journey/path_overlay.mjs";
import { Player } from "../journey/player.mjs";
import { Scrub } from "../journey/timeline.mjs";
import { SamplePainter } from "../stage/sample_painter.mjs";

const REMEMBERED = 50; // changes of a journey that can be undone

export const tool = { name: "journey", css: true, build: (host, app) => new Journey(host, app) };

class Journey {
  constructor(host, app) {
    Object.assign(this, { app, selected: 0, shown: false, past: [] });
    this.painter = new SamplePainter(app, { most: app.drawsPoints ? 112 : 1 });
    this.now = this.told() ?? journeys.begin(app.space, app.state);
    this.player = new Player(
      app,
      () => this.now,
      () => this.moved(),
    );
    this.path = app.drawsPoints ? new Path(app) : null;
    this.build(host);
    this.redraw();
  }

  build(host) {
    const { app } = this;
    const t = (key) => app.t(`journey.${key}`);
    host.innerHTML = `<p class="help"></p><div class="row top"></div><div class="line"></div><div class="keys"></div>
      <div class="row edit"></div><div class="row ways"></div><div class="pace"></div><div class="take"></div>`;
    const find = (name) => host.querySelector(`.${name}`);
    find("help").textContent = t("help");
    this.play = button("play", t("play"), t("play"), "primary play");
    this.pause = button("pause", t("pause"), t("pause"), "primary play");
    this.clock = Object.assign(document.createElement("span"), { className: "clock", ariaHidden: "true" }); // the line says it
    this.chance = button("dice", t("chance"));
    find("top").append(this.play, this.pause, this.clock, this.chance);
    this.scrub = new Scrub(
      app,
      find("line"),
      (position) => this.player.seek(position),
      () => this.keep(),
    );
    this.strip = new Strip(app, find("keys"), {
      pick: (k) => this.pick(k),
      move: (from, to) => this.move(from, to),
      remove: (k) => this.remove(k),
      add: () => this.add(),
      paint: (canvases, keys) => this.paint(canvases, keys),
    });
    this.edits(find("edit"), t);
    this.ways(find("ways"), t);
    this.seconds = new Slider(app, {
      name: t("seconds"),
      ...journeys.SECONDS,
      step: 0.1,
      text: (v) => app.t("journey.s", { n: app.formatNumber(v, 1) }),
      drag: (value) => this.change({ ...this.now, seconds: value }),
    });
    find("pace").append(this.seconds.root);
    this.takeaway = new Takeaway(app, find("take"), () => this.now);
    this.play.addEventListener("click", () => {
      this.keep();
      this.player.play();
      this.pause.focus();
    });
    this.pause.addEventListener("click", () => {
      this.player.pause();
      this.play.focus();
    });
    this.chance.addEventListener("click", () => this.anew());
  }

  // What is done with the chosen keyframe.
  edits(host, t) {
    const offer = (icon, key, act) => {
      const one = button(icon, "", t(key));
      one.addEventListener("click", act);
      return one;
    };
    this.back = offer("undo", "back", () => this.undo());
    this.left = offer("left", "left", () => this.move(this.selected, this.selected - 1));
    this.right = offer("right", "right", () => this.move(this.selected, this.selected + 1));
    this.replace = offer("pin", "replace", () => this.swap(this.app.state));
    this.copy = offer("copy", "copy", () => this.insert(this.selected + 1, this.now.keys[this.selected]));
    this.bin = offer("bin", "remove", () => this.remove(this.selected));
    const pair = Object.assign(document.createElement("span"), { className: "pair" });
    pair.append(this.left, this.right);
    this.which = document.createElement("span");
    host.append(this.which, this.back, pair, this.replace, this.copy, this.bin);
  }

  ways(host, t) {
    const pair = Object.assign(document.createElement("span"), { className: "pair" });
    this.arc = button("arc", t("arc"));
    this.line = button("line", t("line"));
    this.loop = button("loop", t("loop"));
    this.arc.addEventListener("click", () => this.change({ ...this.now, spherical: true }));
    this.line.addEventListener("click", () => this.change({ ...this.now, spherical: false }));
    this.loop.addEventListener("click", () => this.change({ ...this.now, loop: !this.now.loop }));
    this.arc.title = t("arc_help");
    this.line.title = t("line_help");
    pair.append(this.arc, this.line);
    pair.setAttribute("role", "group");
    pair.setAttribute("aria-label", t("way"));
    host.append(pair, this.loop);
  }

  // ---- what one does

  pick(k) {
    this.selected = k;
    this.player.seek(k);
    this.app.settle();
    this.redraw();
  }

  add() {
    this.insert(this.now.keys.length, this.app.state);
  }

  insert(index, one) {
    if (this.now.keys.length >= journeys.MOST) return;
    this.selected = index;
    this.change(journeys.inserted(this.now, index, one));
    this.app.announce(this.app.t("journey.added", { n: index + 1 }));
  }

  swap(one) {
    this.change(journeys.removed(journeys.inserted(this.now, this.selected, one), this.selected + 1));
  }

  remove(k) {
    if (this.now.keys.length < 2) return;
    this.selected = Math.max(
      0,
      Math.min(this.selected > k ? this.selected - 1 : this.selected, this.now.keys.length - 2),
    );
    this.change(journeys.removed(this.now, k));
    this.app.announce(this.app.t("journey.removed", { n: k + 1 }));
  }

  move(from, to) {
    if (to < 0 || to >= this.now.keys.length) return;
    const chosen = this.now.keys[this.selected];
    const next = journeys.reordered(this.now, from, to);
    this.selected = next.keys.indexOf(chosen);
    this.change(next);
    this.app.announce(this.app.t("journey.key", { n: to + 1, count: next.keys.length }));
  }

  anew() {
    const { playing } = this.player;
    this.player.stop();
    this.selected = 0;
    this.change(journeys.chance(this.app.space, this.now, crypto.getRandomValues(new Uint32Array(1))[0]));
    this.player.seek(0);
    if (playing) this.player.play();
    else this.app.settle();
  }

  change(next) {
    const moved = this.now.seconds === next.seconds; // that slider is put back by hand
    if (moved) this.past = [...this.past, this.now].slice(-REMEMBERED);
    this.become(next);
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.selected = Math.min(this.selected, before.keys.length - 1);
    this.become({ ...before, seconds: this.now.seconds });
    if (this.back.disabled) this.left.parentNode.nextElementSibling.focus();
  }

  become(next) {
    this.now = next;
    this.player.position = Math.min(this.player.position, journeys.legs(next));
    this.keep();
    this.redraw();
  }

  // ---- the address

  told() {
    const get = (name) => this.app.params.get("journey", name);
    this.text = get("keys");
    const keys = this.text && journeys.read(this.text, this.app.space);
    if (!keys) return null;
    const { low, high, home } = journeys.SECONDS;
    const seconds = Number(get("s") || home);
    return journeys.journey(keys, {
      spherical: get("way") !== "line",
      loop: get("loop") !== "0",
      seconds: Math.min(high, Math.max(low, seconds || home)),
    });
  }

  keep() {
    const put = (text, name) => this.app.params.set("journey", text, name);
    this.text = journeys.write(this.now, this.app.space);
    put(this.text, "keys");
    put(this.now.spherical ? "" : "line", "way");
    put(this.now.loop ? "" : "0", "loop");
    put(this.now.seconds === journeys.SECONDS.home ? "" : String(this.now.seconds), "s");
  }

  // ---- what one sees

  redraw() {
    const { keys, spherical, loop, seconds } = this.now;
    this.strip.draw(keys, this.selected, keys.length >= journeys.MOST);
    this.which.textContent = this.app.t("journey.key", { n: this.selected + 1, count: keys.length });
    this.back.disabled = !this.past.length;
    this.left.disabled = this.selected === 0;
    this.right.disabled = this.selected >= keys.length - 1;
    this.bin.disabled = keys.length < 2;
    this.copy.disabled = keys.length >= journeys.MOST;
    this.arc.setAttribute("aria-pressed", String(spherical));
    this.line.setAttribute("aria-pressed", String(!spherical));
    this.loop.setAttribute("aria-pressed", String(loop));
    this.seconds.set(seconds);
    this.scrub.draw(this.now, (canvas, x, k) => this.painter.onto(canvas, x, k));
    if (this.shown) this.path?.draw(this.now);
    this.moved();
  }

  moved() {
    const { playing, position } = this.player;
    this.play.hidden = playing;
    this.pause.hidden = !playing;
    this.play.disabled = !journeys.legs(this.now);
    this.scrub.at(position);
    const s = (n) => this.app.formatNumber(n, 1);
    this.clock.textContent = this.app.t("journey.clock", {
      at: s(position * this.now.seconds),
      of: s(journeys.duration(this.now)),
    });
  }

  async paint(canvases, keys) {
    try {
      const x = await this.app.samples(keys);
      canvases.forEach((canvas, k) => this.painter.onto(canvas, x, k));
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  // ---- as a tool

  show() {
    this.shown = true;
    this.path?.draw(this.now);
  }

  hide() {
    this.shown = false;
    this.path?.clear();
  }

  // Another link may have been put into the address bar.
  changed() {
    if (this.app.params.get("journey", "keys") === this.text) return;
    this.now = this.told() ?? this.now;
    this.selected = 0;
    this.redraw();
  }

  destroy() {
    this.player.destroy();
    this.takeaway.destroy();
    this.path?.clear();
  }
}
