// The map on its canvas: what of it is on show, drawn from the cells there are, and where one is.
// `source` says what the map is of: {box, coarsest, cell: [w, h], smooth, make(cells), ready(cell), colour(cell), strength,
// over(pen, board), where() -> {s, t, off} | null, go(s, t, drag), settle(), tell(cell), length(units)}.
import { nextFrame } from "../stage/stage.mjs";
import { Gestures } from "./gestures.mjs";
import { Pyramid } from "./tile_cache.mjs";
import * as view from "./viewport.mjs";

const BELOW = 3; // coarser levels that are looked for before the one that is wanted
const MOST = 0.66; // of the window's height

export class Board {
  constructor(app, host, { kept, moved }) {
    Object.assign(this, {
      app,
      moved,
      kept,
      source: null,
      pyramid: null,
      old: null,
      view: null,
      shown: false,
      due: false,
      width: 0,
    });
    host.innerHTML = `<div class="map-board"><canvas tabindex="0" role="application"></canvas><i class="cross"></i>
      <i class="here"></i><p class="told"></p><div class="ruler"><span></span></div></div>`;
    this.box = host.firstElementChild;
    const find = (name) => this.box.querySelector(name);
    [this.canvas, this.here, this.told, this.ruler] = ["canvas", ".here", ".told", ".ruler"].map(find);
    this.canvas.setAttribute("aria-label", app.t("map.alt"));
    this.gestures = new Gestures(this);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(host);
  }

  // Another map; what was on show stays until the new one covers it.
  show(source, { keepView = false } = {}) {
    const box = source.box;
    if (this.pyramid?.cells.size && !this.old) this.old = { pyramid: this.pyramid, source: this.source };
    this.pyramid?.close();
    this.source = source;
    this.pyramid = new Pyramid({
      width: source.cell[0],
      height: source.cell[1],
      make: (cells) => source.make(cells),
      made: () => this.changed(),
      failed: (error) => this.app.drawingFailed(error),
    });
    if (!this.width) return;
    const linked = view.read(this.kept, this.width, this.height);
    if (linked || !keepView || !this.view) this.view = linked ?? view.fit(box, this.width, this.height);
    this.kept = "";
    this.move(this.view);
  }

  fit() {
    const { clientWidth: width } = this.box;
    if (!width || !this.source) return;
    const { left, right, bottom, top } = this.source.box;
    const height = Math.round(
      Math.min((width * (top - bottom)) / (right - left), Math.max(280, MOST * window.innerHeight), width),
    );
    if (width === this.width && height === this.height) return;
    const before = this.view ? view.write(this.view, this.width, this.height) : "";
    Object.assign(this, { width, height, ratio: window.devicePixelRatio || 1 });
    this.canvas.style.height = `${height}px`;
    Object.assign(this.canvas, { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) });
    const linked = view.read(this.kept || before, width, height);
    this.kept = "";
    this.move(linked ?? view.fit(this.source.box, width, height));
  }

  // ---- the view

  move(wanted) {
    this.view = view.allowed(wanted, this.source.box, this.width, this.height);
    this.changed();
    this.moved(view.write(this.view, this.width, this.height), this.whole());
  }

  // Is all of the map on show?
  whole() {
    return this.view.scale <= view.fit(this.source.box, this.width, this.height).scale * 1.001;
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const before = this.view.scale;
    this.move(view.zoomed(this.view, factor, px, py, this.width, this.height));
    return this.view.scale !== before;
  }

  pan(dx, dy) {
    this.move({ ...this.view, x: this.view.x - dx / this.view.scale, y: this.view.y + dy / this.view.scale });
  }

  all() {
    this.move(view.fit(this.source.box, this.width, this.height));
  }

  find() {
    const found = this.source.where();
    if (found) this.move({ ...this.view, x: found.s, y: found.t });
  }

  world(px, py) {
    const [x, y] = view.toWorld(this.view, px, py, this.width, this.height);
    const { left, right, bottom, top } = this.source.box;
    return [Math.min(right, Math.max(left, x)), Math.min(top, Math.max(bottom, y))];
  }

  screen(x, y) {
    return view.toScreen(this.view, x, y, this.width, this.height);
  }

  get level() {
    return view.level(this.view, this.source.coarsest);
  }

  visible(at, margin = 0) {
    return view.cells(this.view, this.source.box, this.width, this.height, at, margin);
  }

  // The cell at a place of the screen, if it is there.
  cellAt(px, py) {
    const [x, y] = this.world(px, py);
    const times = 2 ** this.level;
    return this.pyramid.cells.get(`${this.level}/${Math.floor(x * times)}/${Math.floor(y * times)}`);
  }

  // ---- drawing

  // Something is other than it was: draw at the next frame, and ask for what is missing.
  async changed() {
    if (!this.view || this.due || !this.shown) return;
    this.due = true;
    this.box.dataset.complete = "";
    await nextFrame();
    this.due = false;
    if (this.app.destroyed || !this.shown) return;
    const missing = this.draw();
    this.pyramid.want(missing);
    this.box.dataset.complete = missing.some((cell) => cell.level === this.level && !cell.margin) ? "" : "1";
  }

  missing(at, margin = 0) {
    const lacks = ({ key }) => {
      const cell = this.pyramid.cells.get(key);
      return !cell || !this.source.ready(cell);
    };
    return this.visible(at, margin)
      .filter(lacks)
      .map((cell) => ({ ...cell, margin }));
  }

  draw() {
    const at = this.level;
    const missing = [];
    for (let k = Math.max(this.source.coarsest, at - BELOW); k <= at; k++) missing.push(...this.missing(k));
    this.render(this.canvas.getContext("2d"), this.ratio);
    this.place();
    if (missing.length) return missing;
    return [...this.missing(at, 1), ...(at > this.source.coarsest ? this.missing(at - 1, 2) : [])];
  }

  render(pen, ratio) {
    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
    const covered = this.visible(this.source.coarsest).every(({ key }) => this.pyramid.cells.has(key));
    if (covered) this.old = null;
    if (this.old) this.paint(pen, ratio, this.old);
    this.paint(pen, ratio, this);
    this.source.over?.(pen, this, ratio);
  }

  // The level that is wanted; under it finer and coarser ones, where it has gaps.
  paint(pen, ratio, { pyramid, source }) {
    pen.imageSmoothingEnabled = source.smooth;
    const at = this.level;
    const levels = [at];
    if (this.visible(at).some(({ key }) => !pyramid.cells.has(key))) {
      levels.unshift(at + 1);
      for (let k = at - 1; k >= Math.max(source.coarsest, at - 5); k--) levels.unshift(k);
    }
    for (const one of levels) for (const cell of this.visible(one)) this.cell(pen, ratio, cell, pyramid, source);
  }

  cell(pen, ratio, { level: at, i, j, key }, pyramid, source) {
    const found = pyramid.get(key);
    if (!found) return;
    const size = 2 ** -at;
    const [left, top] = this.screen(i * size, (j + 1) * size).map((value) => Math.round(value * ratio));
    const [right, bottom] = this.screen((i + 1) * size, j * size).map((value) => Math.round(value * ratio));
    const [w, h] = source.cell;
    pen.drawImage(found.sheet, found.x, found.y, w, h, left, top, right - left, bottom - top);
    const ink = source.colour(found);
    if (ink) tint(pen, ink, left, top, right - left, bottom - top, source.strength, ratio);
  }

  // Where one is.
  place() {
    if (!this.view || !this.source) return;
    const found = this.source.where();
    this.here.hidden = !found;
    if (found) {
      const [x, y] = this.screen(found.s, found.t);
      const inside = x >= 0 && y >= 0 && x <= this.width && y <= this.height;
      this.here.classList.toggle("outside", !inside);
      this.here.classList.toggle("off", found.off);
      this.here.style.transform = `translate(${Math.min(this.width, Math.max(0, x))}px, ${Math.min(this.height, Math.max(0, y))}px)`;
    }
    const { units, pixels } = view.ruler(this.view.scale, 120);
    this.ruler.style.width = `${pixels}px`;
    this.ruler.firstElementChild.textContent = this.source.length(units);
  }

  // What is on show as a picture, twice as fine at least.
  picture() {
    const ratio = Math.max(2, this.ratio);
    const made = Object.assign(document.createElement("canvas"), {
      width: this.width * ratio,
      height: this.height * ratio,
    });
    this.render(made.getContext("2d"), ratio);
    return made;
  }

  present(shown) {
    this.shown = shown;
    if (!shown) return this.pyramid?.want([]);
    this.fit();
    this.changed();
  }

  destroy() {
    this.observer.disconnect();
    this.gestures.close();
    this.pyramid?.close();
    this.old?.pyramid.close();
  }
}

function tint(pen, ink, x, y, w, h, strength, ratio) {
  const edge = Math.max(1, Math.round(strength ? Math.min(2.5 * ratio, w / 14) : w / 11));
  pen.fillStyle = ink;
  pen.globalAlpha = strength;
  pen.fillRect(x, y, w, h);
  pen.globalAlpha = 1;
  pen.lineWidth = edge;
  pen.strokeStyle = ink;
  pen.strokeRect(x + edge / 2, y + edge / 2, w - edge, h - edge);
}
