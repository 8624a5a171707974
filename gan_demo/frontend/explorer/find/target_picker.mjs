// Where the picture to be found comes from: drawn, painted, a file, a sample, a real one.

import { button } from "../../shared/dom.mjs";
import { newSeed, randomState } from "../latent.mjs";
import { fromPixels, realImages } from "../training_images.mjs";
import { Pad } from "./drawing_pad.mjs";
import { fromFile, palette } from "./image_input.mjs";
import { Painter } from "./pixel_editor.mjs";

const COLOURS = 22;
const DIGITS = ["digits", "mnist", "emnist"]; // data whose pictures are centred by mass, light on dark
const PLAIN = [
  "#000000",
  "#ffffff",
  "#e03131",
  "#f08c00",
  "#ffd43b",
  "#2f9e44",
  "#1c7ed6",
  "#7048e8",
  "#8d5524",
  "#f1c27d",
];

export class Sources {
  // aimed(x | null): the picture (C·H·W) in [-1, 1] that is to be found.
  constructor(app, host, aimed) {
    Object.assign(this, { app, aimed, host, real: null, started: false, turn: 0, dropped: new AbortController() });
    this.grey = app.shape[0] === 1;
    this.digits = this.grey && DIGITS.includes(app.space.data);
    host.innerHTML = `<div class="from" role="group"></div><p class="said-here" role="status"></p>
      <div class="surface"><div class="place"></div><div class="tools"></div></div>
      <input type="file" accept="image/*" hidden>`;
    [this.bar, this.line, this.surface, this.chooser] = host.children;
    this.bar.setAttribute("aria-label", app.t("find.from"));
    this.own();
    this.bar.append(
      this.offer("upload", "upload", () => this.chooser.click()),
      this.offer("sample", "dice", () => this.sample()),
    );
    if (app.url("real")) this.bar.append(this.offer("real", "picture", () => this.someReal()));
    this.chooser.addEventListener("change", () => this.upload());
    this.drops();
  }

  // Grey ones are drawn with a pen, others painted by the pixel.
  own() {
    const [place, tools] = this.surface.children;
    const changed = () => this.drawn();
    if (this.grey) {
      this.pad = new Pad(this.app, place, { fitted: this.digits, changed });
      this.eraser = this.tool(tools, "eraser", () => this.erase(!this.pad.erasing));
      this.eraser.setAttribute("aria-pressed", "false");
      this.tool(tools, "unstroke", () => this.pad.undo());
      this.tool(tools, "clear", () => this.clear());
      return;
    }
    this.painter = new Painter(this.app, place, { changed });
    this.tool(tools, "from_here", () => this.fromStage());
    this.tool(tools, "unstroke", () => this.painter.undo());
  }

  tool(host, name, act) {
    const made = button("", this.app.t(`find.${name}`));
    made.dataset.act = name;
    made.addEventListener("click", act);
    host.append(made);
    return made;
  }

  offer(name, icon, act) {
    const made = button(icon, this.app.t(`find.${name}`));
    made.dataset.from = name;
    made.addEventListener("click", () => {
      this.say("");
      act();
    });
    return made;
  }

  // When the tool is first seen: colours and a face to paint on.
  async start() {
    if (this.started || !this.painter) return;
    this.started = true;
    this.painter.offer(PLAIN);
    await this.fromStage();
    const pictures = await this.pictures();
    if (pictures.length && !this.app.destroyed) this.painter.offer(palette(pictures, COLOURS));
  }

  async pictures() {
    const real = await this.reals().catch(() => null);
    if (real) return Array.from({ length: real.count }, (_, k) => real.pixels(k));
    const some = Array.from({ length: 16 }, (_, k) => randomState(this.app.space, k + 1));
    const x = await this.app.samples(some).catch(() => null);
    return x ? some.map((_, k) => this.app.pixels(x, k)) : [];
  }

  reals() {
    this.real ??= realImages(this.app, newSeed()).catch((error) => {
      this.real = null;
      throw error;
    });
    return this.real;
  }

  drawn() {
    this.turn++;
    if (this.painter) return this.aimed(fromPixels(this.painter.pixels, this.app.shape));
    const x = this.pad.picture();
    if (x) this.say("");
    this.aimed(x);
  }

  erase(on) {
    this.pad.erasing = on;
    this.eraser.setAttribute("aria-pressed", String(on));
  }

  clear() {
    this.erase(false);
    this.pad.clear();
  }

  // A picture that was not drawn here: to be painted on, or found as it is.
  bring(x) {
    if (this.painter) return this.painter.set(this.app.pixels(x));
    this.erase(false);
    this.pad.strokes = [];
    this.pad.draw();
    this.aimed(x);
  }

  // What takes a while counts only if nothing else was chosen, drawn or painted meanwhile.
  async latest(picture) {
    const turn = ++this.turn;
    const x = await picture;
    if (turn === this.turn && !this.app.destroyed) this.bring(x);
  }

  fromStage() {
    return this.latest(this.app.samples([this.app.state])).catch((error) => this.app.drawingFailed(error));
  }

  sample() {
    return this.latest(this.app.samples([randomState(this.app.space, newSeed())])).catch((error) =>
      this.app.drawingFailed(error),
    );
  }

  someReal() {
    const one = (real) => real.x(this.app.rng(newSeed()).integer(real.count));
    return this.latest(this.reals().then(one)).catch(() => this.say(this.app.t("find.no_real")));
  }

  async upload(file = this.chooser.files[0]) {
    this.chooser.value = "";
    if (!file) return;
    try {
      let note = "";
      await this.latest(
        fromFile(file, this.app.shape, this.digits).then(({ x, turned }) => {
          note = turned ? this.app.t("find.turned") : "";
          return x;
        }),
      );
      this.say(note);
    } catch (error) {
      this.say(this.app.t(String(error.message).startsWith("find.") ? error.message : "find.no_picture"));
    }
  }

  // A file may be dropped on the tool.
  drops() {
    const { signal } = this.dropped;
    const place = this.host.parentElement;
    place.addEventListener("dragover", (event) => event.preventDefault(), { signal });
    place.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        this.upload(event.dataTransfer.files[0]);
      },
      { signal },
    );
  }

  say(text) {
    this.line.textContent = text;
  }

  destroy() {
    this.dropped.abort();
  }
}
