// The picture of the current state, or sixteen around it. One draw at a time, the newest wins; dragging moves through a plane.
import { neighbours } from "../latent.mjs";
import { DragPlane } from "./drag_plane.mjs";
import { PointCloud } from "./point_cloud.mjs";

const MOST = 560; // CSS pixels a side
const NARROW = 736; // CSS pixels, 46 rem: as in explorer.css
const SIDE = 4; // neighbours a row
const GAP = 1; // pixels of a sample between them

let stages = 0;

export class Stage {
  constructor(app, host) {
    Object.assign(this, {
      app,
      host,
      locked: null,
      previewed: null,
      busy: false,
      again: false,
      count: 1,
      seed: 1,
      spread: 0.3,
      drawn: 0,
      model: "main",
    });
    this.channel = `stage ${++stages}`; // the stage of the model before may still be drawn with the same engine
    host.innerHTML = `<div class="stage"><canvas class="pixelated" tabindex="0" role="application"></canvas><div class="overlay"><p class="moment" hidden></p>
      <p class="notice" role="status"></p></div></div>`;
    this.box = host.firstElementChild;
    this.canvas = host.querySelector("canvas");
    this.overlay = host.querySelector(".overlay");
    this.canvas.setAttribute("aria-label", app.t("stage.alt"));
    this.canvas.setAttribute("aria-roledescription", app.t("stage.role")); // a picture that takes keys
    this.said = host.querySelector(".notice");
    this.said.addEventListener("click", () => getSelection()?.isCollapsed !== false && app.showNotice(""));
    this.cloud = app.drawsPoints ? new PointCloud(app) : null;
    if (!app.drawsPoints && app.params.get("stage", "count") === "16") this.count = 16;
    this.plane = new DragPlane(app, this);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(host.parentElement);
  }

  // ---- what to draw

  preview(state) {
    this.previewed = state;
    return this.draw();
  }

  lock(fn) {
    this.locked = fn;
    if (fn) fn(this.canvas);
    else this.draw();
  }

  // Another network of the engine draws, and a caption says which; null: the model itself does.
  useNetwork(model, caption = "") {
    const said = this.overlay.querySelector(".moment");
    Object.assign(said, { textContent: caption, hidden: !caption });
    this.model = model ?? "main";
    this.cloud?.use(this.model);
    return this.draw();
  }

  // 1, or 16 with its neighbours.
  setCount(count) {
    this.count = count;
    this.fit();
    return this.draw();
  }

  shuffle(seed) {
    this.seed = seed;
    return this.draw();
  }

  // The states on show, in the order of the picture; the first is the current one.
  states() {
    const here = this.previewed ?? this.app.state;
    return this.count === 1 ? [here] : [here, ...neighbours(here, SIDE * SIDE - 1, this.seed, this.spread)];
  }

  // Resolves when what is current now, or something newer, is on the canvas.
  draw() {
    if (this.locked || this.app.replaced) return Promise.resolve();
    if (this.busy) {
      this.again = true;
      return this.busy;
    }
    this.busy = this.drawing().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  async drawing() {
    try {
      do {
        this.again = false;
        const started = performance.now();
        const asked = this.app.changedAt ?? started;
        const states = this.states();
        const x = await this.app.samples(states, { urgent: true, channel: this.channel, model: this.model });
        if (this.app.destroyed) return;
        if (!this.locked) this.paint(x, states.length);
        this.measure(asked);
        if (this.again && performance.now() - started < 14) await nextFrame(); // not more than the screen shows
      } while (this.again && !this.locked);
    } catch (error) {
      this.app.drawingFailed(error);
      if (!this.app.root.dataset.ready) throw error;
    }
  }

  paint(x, count) {
    this.x = x;
    if (this.cloud) this.cloud.paint(this.canvas, x);
    else if (count === 1) this.app.paint(this.canvas, this.app.pixels(x));
    else this.sheet(x, count);
    this.canvas.dataset.drawn = ++this.drawn;
  }

  sheet(x, count) {
    const [, h, w] = this.app.shape;
    const side = (one) => SIDE * one + (SIDE - 1) * GAP;
    if (this.canvas.width !== side(w) || this.canvas.height !== side(h))
      Object.assign(this.canvas, { width: side(w), height: side(h) });
    const pen = this.canvas.getContext("2d");
    for (let k = 0; k < count; k++) {
      pen.putImageData(
        new ImageData(this.app.pixels(x, k), w, h),
        (k % SIDE) * (w + GAP),
        Math.floor(k / SIDE) * (h + GAP),
      );
    }
  }

  // For benchmarks: from the change to the canvas.
  measure(start) {
    performance.measure("explorer:draw", { start, end: performance.now() });
    if (this.drawn % 500 === 0) performance.clearMeasures("explorer:draw");
  }

  // ---- its size: each pixel of a sample a square of whole device pixels

  fit() {
    const wide = this.host.clientWidth;
    if (!wide) return;
    const narrow = this.app.container.clientWidth < NARROW; // there it stays in sight above the controls
    const most = Math.min(wide, MOST, Math.max(196, (narrow ? 0.32 : 0.62) * window.innerHeight));
    const ratio = window.devicePixelRatio || 1;
    const { wide: side, high, pixel } = this.sized(most * ratio, ratio, this.count);
    Object.assign(this.box.style, { width: `${side}px`, height: `${high}px` });
    this.box.style.setProperty("--gap", `${GAP * pixel}px`);
    const other = this.cloud ? high : this.sized(most * ratio, ratio, this.count === 1 ? SIDE * SIDE : 1).high;
    this.host.style.minHeight = `${Math.max(high, other)}px`; // what is below stays, one or sixteen
    if (this.cloud?.size(this.canvas, Math.round(side * ratio))) this.draw();
    this.locked?.(this.canvas);
    const left = this.host.parentElement; // it stays in sight beside a long tool, if all of it can
    left.classList.toggle("sticks", left.offsetHeight < window.innerHeight - 80);
  }

  // CSS pixels: of the picture, and of one pixel of a sample; `most`: device pixels that there are across.
  sized(most, ratio, count) {
    const [across, down] = this.cloud ? [1, 1] : this.natural(count);
    const pixel = Math.max(1, Math.floor(most / across)) / ratio;
    return { wide: across * pixel, high: down * pixel, pixel };
  }

  natural(count) {
    const [, h, w] = this.app.shape;
    return count === 1 ? [w, h] : [SIDE * w + (SIDE - 1) * GAP, SIDE * h + (SIDE - 1) * GAP];
  }

  destroy() {
    this.observer.disconnect();
  }
}

export function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
