// The same place drawn by several networks, side by side, each as soon as it is there; they follow whatever moves.

import { button } from "../../shared/dom.mjs";
import { PointCloud } from "../stage/point_cloud.mjs";
import { nextFrame } from "../stage/stage.mjs";

const WIDE = 96; // CSS pixels of a picture, about
const POINTS = 600; // samples behind the dot of each, among points

export class Columns {
  // moment -> name in the engine, by load(moment); pick(moment), remove(moment), name(moment): its caption.
  constructor(app, host, { load, pick, remove, name }) {
    Object.assign(this, { app, load, pick, remove, name, items: new Map(), shown: false, busy: false, again: false });
    this.root = document.createElement("div");
    this.root.className = "columns";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", app.t("time.columns"));
    this.side = app.drawsPoints ? WIDE : app.shape[2] * Math.max(1, Math.floor(WIDE / app.shape[2]));
    this.root.style.setProperty("--side", `${this.side}px`);
    host.append(this.root);
  }

  // Which moments there are, in their order; elements stay with their moments.
  set(moments) {
    for (const [source, item] of this.items) {
      if (moments.some((one) => one.source === source)) continue;
      item.root.remove();
      this.items.delete(source);
    }
    moments.forEach((one, k) => {
      if (!this.items.has(one.source)) this.items.set(one.source, this.item(one));
      const { root } = this.items.get(one.source);
      if (this.root.children[k] !== root) this.root.insertBefore(root, this.root.children[k] ?? null);
    });
    this.fill();
  }

  item(moment) {
    const root = document.createElement("div");
    root.className = "column waiting";
    root.innerHTML = `<button type="button" class="tile"><canvas class="pixelated"></canvas></button><span></span>`;
    const [tile, caption] = root.children;
    caption.textContent = this.name(moment);
    tile.setAttribute("aria-label", this.app.t("time.show", { moment: this.name(moment) }));
    tile.addEventListener("click", () => this.pick(moment));
    if (moment.title) {
      const away = button("close", "", this.app.t("time.remove", { moment: this.name(moment) }), "away");
      away.addEventListener("click", () => this.remove(moment));
      root.append(away);
    }
    return { root, tile, moment, canvas: tile.firstElementChild, network: "", cloud: null, failed: false };
  }

  mark(moment) {
    for (const { tile, moment: one } of this.items.values())
      tile.setAttribute("aria-pressed", String(one.source === moment?.source));
  }

  // Fetches what is missing, one after the other.
  async fill() {
    if (this.filling || !this.shown) return;
    this.filling = true;
    for (let item; this.shown && (item = this.next()); ) {
      try {
        item.network = await this.load(item.moment);
        if (this.app.destroyed) return;
        this.draw();
      } catch (error) {
        item.failed = true;
        item.root.classList.replace("waiting", "broken");
        item.tile.title = this.app.t("time.failed", { reason: this.app.errorText(error) });
      }
    }
    this.filling = false;
  }

  // The one on stage is there already.
  next() {
    const missing = [...this.items.values()].filter((one) => !one.network && !one.failed);
    return missing.find(({ moment }) => !moment.title && moment.step === this.app.space.step) ?? missing[0];
  }

  // What the stage is asked for goes first; then these, as fast as they come.
  async draw() {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    while (this.again && this.shown && !this.app.destroyed) {
      this.again = false;
      const { state } = this.app;
      await Promise.all([...this.items.values()].filter((one) => one.network).map((one) => this.paint(one, state)));
      this.root.dataset.drawn = 1 + Number(this.root.dataset.drawn ?? 0);
      await nextFrame();
    }
    this.busy = false;
  }

  async paint(item, state) {
    try {
      const x = await this.app.samples([state], { model: item.network });
      if (this.app.drawsPoints) this.cloud(item).paint(item.canvas, x);
      else this.app.paint(item.canvas, this.app.pixels(x));
      item.root.classList.remove("waiting");
    } catch (error) {
      if (this.shown) this.app.drawingFailed(error);
    }
  }

  cloud(item) {
    if (!item.cloud) {
      item.cloud = new PointCloud(this.app, { model: item.network, many: POINTS, ready: () => this.draw() });
      item.cloud.size(item.canvas, 2 * this.side);
    }
    return item.cloud;
  }

  show() {
    this.shown = true;
    this.fill();
    this.draw();
  }

  // What was dropped in the meantime is fetched again.
  hide() {
    this.shown = false;
    for (const item of this.items.values()) Object.assign(item, { network: "", cloud: null });
  }
}
