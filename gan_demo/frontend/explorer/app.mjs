// What the tools share: the current state and how it came about, its samples, its address, words. See App in types.d.ts.

import { fill } from "../shared/format.mjs";
import { reason } from "../shared/http.mjs";
import * as naming from "./controls/direction_names.mjs";
import { LabelControls } from "./controls/labels.mjs";
import { Toolbar } from "./controls/toolbar.mjs";
import { Superseded, toPixels } from "./engine/engine.mjs";
import * as latent from "./latent.mjs";
import { NeighbourControls } from "./stage/neighbours.mjs";
import { Stage } from "./stage/stage.mjs";
import { Tabs } from "./tabs.mjs";
import { Tiles } from "./tiles.mjs";
import { pageLink, readHash, UrlState, writeHash } from "./url_state.mjs";

const REMEMBERED = 200; // moves that can be undone
const BRIEF = 5000; // ms that what needs no answer is on show
const START = 27; // the seed of the first place: fine with each of the shipped models

export class App {
  // `before`: the address when this model was last on show, for a page that has none.
  constructor({ data, space: facts, engine, container, before, failed }) {
    Object.assign(this, { data, space: facts, engine, container, language: data.language, failed });
    this.drawsPoints = facts.shape.length === 1;
    this.shape = this.drawsPoints ? [1, 1, 2] : facts.shape;
    const told = readHash(location.hash, facts);
    Object.assign(this, {
      past: [],
      future: [],
      dragging: false,
      destroyed: false,
      replaced: false,
      given: told.params,
    });
    this.state = told.state ?? readHash(before, facts).state ?? latent.randomState(facts, START);
    this.address = new UrlState(() => this.hash());
    this.params = {
      get: (tool, name = "") => this.given.get(`${tool}.${name}`) ?? "",
      set: (...all) => this.setParam(...all),
    };
    this.build(told.tool);
    this.listen();
    this.ready = this.stage.draw().then(() => this.tabs.ready);
  }

  build(tool) {
    this.root = document.createElement("div");
    this.root.className = "explorer building"; // it has its size, and is not seen yet
    this.root.classList.toggle("points", this.drawsPoints);
    this.root.innerHTML = `<div class="left"><div class="stage-place"></div><p class="caption" hidden></p><div class="actions"></div><div class="near" hidden></div>
      <div class="mixer"></div></div><div class="right"></div><p class="said" aria-live="polite"></p>`;
    this.container.append(this.root);
    const find = (name) => this.root.querySelector(name);
    this.stage = new Stage(this, find(".stage-place"));
    this.neighbours = this.drawsPoints ? null : new NeighbourControls(this, find(".near"));
    this.actions = new Toolbar(this, find(".actions"));
    Object.assign(find(".caption"), {
      textContent: this.t(this.space.cloud?.length ? "stage.points" : "stage.samples"),
      hidden: !this.drawsPoints,
    });
    this.mixer = new LabelControls(this, find(".mixer"));
    this.tabs = new Tabs(this, find(".right"), tool);
  }

  // Shows what was built; the first picture is drawn.
  reveal() {
    for (const old of this.container.querySelectorAll(".explorer")) if (old !== this.root) old.remove();
    this.root.classList.remove("building");
    this.container.style.minHeight = "";
    this.stage.fit();
    this.address.now();
    this.root.dataset.ready = "1";
    performance.mark("explorer:first-picture");
  }

  // What space.json lacked at first; `failed`: it will not come.
  directionsArrived(found) {
    Object.assign(this.space, found, { pending: false });
    this.stage.plane.directionsArrived();
    this.tabs.directionsArrived();
  }

  listen() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    window.addEventListener("hashchange", (event) => this.follow(new URL(event.newURL).hash), { signal });
  }

  key(event) {
    const target = event.composedPath()[0];
    const typing = target.closest?.("textarea, input:not([type=range], [type=checkbox]), [contenteditable=true]");
    if (typing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const redo = event.key.toLowerCase() === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
    if (!redo && event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (redo) this.redo();
    else this.undo();
  }

  // Somebody put another link into the address bar; the address may have been written since.
  follow(hash) {
    const told = readHash(hash, this.space);
    this.given = told.params;
    if (told.tool) this.tabs.open(told.tool);
    if (told.state) this.go(told.state);
    this.tabs.changed(); // the tool's own part may be another one
  }

  // ---- the state

  go(next, { drag = false } = {}) {
    if (latent.sameState(next, this.state)) return drag ? undefined : this.settle();
    if (!this.dragging) {
      this.past = [...this.past, this.state].slice(-REMEMBERED);
      this.future = [];
    }
    this.dragging = drag;
    this.show(next);
  }

  settle() {
    this.dragging = false;
    this.address.changed();
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.state);
    this.dragging = false;
    this.show(from.pop());
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  // Labels and truncation stay.
  goToRandom() {
    this.go(latent.latentState(latent.rng(latent.newSeed()).normals(this.space.z_dim), this.state.y, this.state.psi));
  }

  goToCentre() {
    this.go(latent.latentState(new Float32Array(this.space.z_dim), this.state.y, 1));
  }

  show(next) {
    this.state = next;
    this.changedAt = performance.now();
    this.stage.draw();
    this.actions.changed();
    this.mixer.changed();
    this.tabs.changed();
    this.address.changed();
  }

  // ---- samples and pictures

  // Those of one truncation at a time, as networks take one.
  async samples(states, options = {}) {
    const parts = [];
    for (let start = 0, end; start < states.length; start = end) {
      for (end = start + 1; end < states.length && states[end].psi === states[start].psi; ) end++;
      const some = states.slice(start, end);
      const [zs, ys] = [flat(some, "z"), this.space.labels.length ? flat(some, "y") : null];
      parts.push(await this.engine.samples(zs, ys, some[0].psi, options));
    }
    return parts.length === 1 ? parts[0] : Float32Array.from(parts.flatMap((one) => [...one]));
  }

  pixels(x, n = 0) {
    return toPixels(x, this.shape, n * this.shape.reduce((a, b) => a * b, 1));
  }

  paint(canvas, pixels, w = this.shape[2], h = this.shape[1]) {
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    canvas.getContext("2d").putImageData(new ImageData(pixels, w, h), 0, 0);
  }

  tiles(host, options) {
    return new Tiles(this, host, options);
  }

  // What draws lost its picture to a newer one, or the engine is gone.
  drawingFailed(error) {
    if (error instanceof Superseded || this.destroyed || this.replaced) return;
    if (!this.root.dataset.ready || this.engine.closedReason) return this.failed(error);
    console.warn("explorer:", error);
    this.showNotice(this.t("trouble", { reason: this.errorText(error) }));
  }

  // ---- the address

  setParam(tool, text, name = "") {
    this.given.set(`${tool}.${name}`, text);
    this.address.changed();
  }

  hash() {
    return writeHash(this.state, this.tabs.name, this.given);
  }

  link() {
    return pageLink(this.hash(), this.data.query);
  }

  // ---- words

  t(key, values) {
    return fill(this.data.texts[key] ?? key, values);
  }

  fieldName(name) {
    return this.data.texts[`field.${name}`] ?? name;
  }

  valueName(field, value) {
    return this.data.texts[`value.${field}.${value}`] ?? value;
  }

  // What to call a direction of space.directions; `whole`: by its family too, where that is not said beside it.
  directionName({ key, family, name }, whole = false) {
    return naming.directionName(this, { key, family, name }, whole);
  }

  // What was measured along it, in plain words; "" if nothing was.
  effectText(direction) {
    return naming.effectText(this, direction);
  }

  formatNumber(n, digits = 0) {
    this.formats ??= new Map();
    if (!this.formats.has(digits)) {
      this.formats.set(
        digits,
        new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
      );
    }
    return this.formats
      .get(digits)
      .format(n)
      .replace(/^-(?=[0.,]*$)/, "")
      .replace("-", "−"); // never −0
  }

  announce(text) {
    this.root.querySelector(".said").textContent = text;
  }

  // Over the picture, so that nothing moves, until the state changes or it is clicked away; `brief`: or after a moment.
  showNotice(text, brief = false) {
    clearTimeout(this.noticed);
    this.stage.said.textContent = text;
    if (brief) this.noticed = setTimeout(() => this.showNotice(""), BRIEF);
  }

  errorText(error) {
    return reason(this.data.texts, error);
  }

  url(name) {
    return this.data.urls[name] ? new URL(this.data.urls[name], document.baseURI).href : "";
  }

  saveFile(blob, name) {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(blob);
    a.download = name;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
  }

  rng(seed) {
    return latent.rng(seed);
  }

  newSeed() {
    return latent.newSeed();
  }

  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.ending.abort();
    this.address.close();
    this.tabs.destroy();
    this.stage.destroy();
    this.root.remove();
  }
}

function flat(states, name) {
  const size = states[0][name].length;
  const all = new Float32Array(states.length * size);
  states.forEach((one, k) => all.set(one[name], k * size));
  return all;
}
