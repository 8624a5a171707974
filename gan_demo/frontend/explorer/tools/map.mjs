// Map: latent space as a picture to fly over. Two axes span a plane through the current place; a click goes there.

import { button } from "../../shared/dom.mjs";
import { SampleReader } from "../engine/classifiers.mjs";
import { alike, axes, plane, usual } from "../map/axes.mjs";
import { Board } from "../map/canvas.mjs";
import { Images } from "../map/image_layer.mjs";
import { drawLegend, meaning, page } from "../map/legend.mjs";
import { Points } from "../map/point_layer.mjs";

const QUIET = 150; // ms without a change, after which a map that one has left is drawn anew

export const tool = {
  name: "map",
  css: true,
  build: (host, app) => new MapTool(host, app),
};

class MapTool {
  constructor(host, app) {
    Object.assign(this, { app, host });
    this.begin();
  }

  begin() {
    const { app, host } = this;
    Object.assign(this, { all: app.drawsPoints ? [] : axes(app.space), plane: null, timer: 0, board: null });
    this.reader = new SampleReader(app);
    this.colouring = { by: this.read("colour") };
    host.innerHTML = `<div class="map-choice"></div><div class="map-place"></div><div class="map-bar"></div><div class="map-legend"></div><p class="map-hint"></p>`;
    const [choice, place, bar, legend, hint] = host.children;
    Object.assign(this, { choice, bar, legend });
    if (!app.drawsPoints && this.all.length < 2) {
      hint.textContent = app.t(app.space.pending ? "hold.measuring" : "map.none");
      return;
    }
    this.kept = this.linked();
    this.pick();
    this.controls();
    hint.textContent = app.t(app.drawsPoints ? "map.hint_points" : "map.hint");
    const kept = app.params.get("map", "view");
    this.board = new Board(app, place, { kept, moved: (text, whole) => this.keep("view", whole ? "" : text) });
    this.buttons();
    this.draw();
  }

  // ---- what is chosen, also in the address

  read(name) {
    const told = this.app.params.get("map", name);
    if (name !== "colour") return this.all.find((one) => one.key === told);
    const field = this.reader.fields.findIndex((one) => one.name === told);
    return told === "verdict" && this.reader.hasDiscriminator ? told : field < 0 ? "" : field;
  }

  pick() {
    const [across, up] = this.app.drawsPoints ? [] : usual(this.all);
    this.across = this.read("x") ?? across;
    this.up = this.read("y") ?? up;
    if (this.across === this.up) this.up = this.all.find((one) => one !== this.across);
  }

  choose(name, axis) {
    const other = name === "across" ? "up" : "across";
    if (axis === this[other]) this[other] = this[name];
    this[name] = axis;
    this.keep("x", this.across.key);
    this.keep("y", this.up.key);
    this.keep("view", "");
    this.selects();
    this.draw(false);
  }

  colour(by) {
    this.colouring.by = by;
    const name = typeof by === "number" ? this.reader.fields[by].name : by;
    this.keep("colour", name);
    this.explain();
    this.board.changed();
  }

  // ---- what there is to press

  controls() {
    const { app } = this;
    if (!app.drawsPoints) {
      this.x = this.select("map.across", this.axisGroups(), (key) =>
        this.choose(
          "across",
          this.all.find((one) => one.key === key),
        ),
      );
      this.y = this.select("map.up", this.axisGroups(), (key) =>
        this.choose(
          "up",
          this.all.find((one) => one.key === key),
        ),
      );
      const swap = button("swap", "", app.t("map.swap"), "swap");
      swap.addEventListener("click", () => this.choose("across", this.up));
      this.x.closest("label").after(swap);
      this.selects();
    }
    const colours = app.drawsPoints ? [] : this.colourGroups();
    if (colours.length) {
      this.c = this.select("map.colour", [["", [["", app.t("map.plain")]]], ...colours], (key) =>
        this.colour(Number.isInteger(Number(key || "x")) ? Number(key) : key),
      );
      this.c.value = String(this.colouring.by);
    }
    this.explain();
  }

  select(key, groups, chosen) {
    const made = document.createElement("label");
    made.innerHTML = "<span></span><select></select>";
    made.firstChild.textContent = this.app.t(key);
    const select = made.lastChild;
    select.setAttribute("aria-label", this.app.t(key).replace(/ [→↑]$/, ""));
    for (const [title, options] of groups) {
      const group = title ? Object.assign(document.createElement("optgroup"), { label: title }) : select;
      group.append(...options.map(([value, text]) => new Option(text, value)));
      if (title) select.append(group);
    }
    select.addEventListener("change", () => chosen(select.value));
    this.choice.append(made);
    return select;
  }

  axisGroups() {
    const { app } = this;
    const groups = new Map();
    for (const one of this.all) {
      const title = app.t(one.direction ? `family.${one.direction.family}` : "map.labels");
      groups.set(title, [...(groups.get(title) ?? []), [one.key, this.title(one)]]);
    }
    return [...groups];
  }

  colourGroups() {
    const { app, reader } = this;
    const fields = reader.fields.map((one, k) => [String(k), app.fieldName(one.name)]);
    const judged = reader.hasDiscriminator ? [["verdict", app.t("map.by_verdict")]] : [];
    return [fields.length && [app.t("map.by_class"), fields], judged.length && [app.t("map.by_d"), judged]].filter(
      Boolean,
    );
  }

  title(axis) {
    return axis.direction
      ? this.app.directionName(axis.direction)
      : this.app.fieldName(this.app.space.labels[axis.field].name);
  }

  selects() {
    this.x.value = this.across.key;
    this.y.value = this.up.key;
  }

  buttons() {
    const { app, board } = this;
    const offer = (icon, key, act) => {
      const one = button(icon, "", app.t(`map.${key}`));
      one.addEventListener("click", act);
      return one;
    };
    const zoom = Object.assign(document.createElement("span"), { className: "pair zoom" });
    zoom.append(
      offer("plus", "in", () => board.zoom(2)),
      offer("minus", "out", () => board.zoom(0.5)),
      offer("all", "whole", () => board.all()),
      offer("centre", "find", () => board.find()),
    );
    const save = button("save", app.t("map.save"));
    save.addEventListener("click", () => this.save());
    this.bar.append(zoom, save);
  }

  explain() {
    const by = this.app.drawsPoints && this.reader.hasDiscriminator ? "verdict" : this.colouring.by;
    this.told = meaning(this.app, this.reader, by);
    drawLegend(this.legend, this.told);
    if (this.app.drawsPoints && !this.reader.hasDiscriminator) {
      this.legend.hidden = false;
      this.legend.textContent = this.app.t("map.no_d");
    }
  }

  // ---- the map

  draw(keepView = true) {
    const { app, reader, colouring } = this;
    if (app.drawsPoints) {
      this.points ??= new Points(app, { reader, changed: () => this.board.changed() });
      if (!this.board.source) this.board.show(this.points);
      this.points.refresh();
      return;
    }
    const next = plane(app.state, this.across, this.up);
    if (alike(next, this.plane, app.space.labels)) return;
    this.plane = next;
    this.board.show(new Images(app, { plane: next, reader, colouring }), { keepView });
    this.board.fit();
  }

  save() {
    const { app } = this;
    const lines = app.drawsPoints
      ? []
      : [app.t("map.axes", { across: this.title(this.across), up: this.title(this.up) })];
    page(this.board.picture(), lines, this.told).toBlob(
      (blob) => app.saveFile(blob, `${app.data.stem}-map.png`),
      "image/png",
    );
  }

  show() {
    this.board?.present(true);
  }

  // There are more axes now, and what D's verdict is measured by.
  directionsArrived() {
    if (this.app.drawsPoints) return;
    this.destroy();
    this.begin();
    if (this.app.tabs.name === "map") this.show();
  }

  hide() {
    clearTimeout(this.timer);
    this.board?.present(false);
  }

  // Somebody put another link into the address bar.
  follow() {
    this.kept = this.linked();
    this.pick();
    this.selects();
    this.colouring.by = this.read("colour");
    if (this.c) this.c.value = String(this.colouring.by);
    this.explain();
    this.board.kept = this.app.params.get("map", "view");
    this.plane = null;
    this.draw(false);
  }

  linked() {
    return ["x", "y", "colour", "view"].map((name) => this.app.params.get("map", name)).join();
  }

  keep(name, text) {
    this.app.params.set("map", text, name);
    this.kept = this.linked();
  }

  changed() {
    if (!this.board) return;
    if (!this.app.drawsPoints && this.kept !== this.linked()) return this.follow();
    clearTimeout(this.timer);
    this.board.place();
    if (this.app.drawsPoints || this.board.source.where().off)
      this.timer = setTimeout(() => this.draw(), this.app.drawsPoints ? 0 : QUIET);
  }

  destroy() {
    clearTimeout(this.timer);
    this.board?.destroy();
  }
}
