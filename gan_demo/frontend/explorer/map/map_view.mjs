// @ts-check
// The map of a model that can have one, with what there is to choose; choices are kept in the address.

import { button, element } from "../../shared/dom.mjs";
import { SampleReader } from "../engine/classifiers.mjs";
import { createPlane, defaultAxes, isSamePlane } from "./axes.mjs";
import { MapCanvas } from "./canvas.mjs";
import { AxisChoice, axisName, ColourChoice, colourGroups } from "./choices.mjs";
import { ImageLayer } from "./image_layer.mjs";
import { drawLegend, legendContent, mapPage } from "./legend.mjs";
import { PointLayer } from "./point_layer.mjs";

/** @import { IconName } from "../../shared/icons.mjs" */
/** @import { App } from "../types" */
/** @import { Axis, Colouring, LegendContent, Plane } from "./types" */

const QUIET = 150; // milliseconds without a change before a map that the viewer has left is drawn again
const ADDRESS_NAMES = ["x", "y", "colour", "view"];

export class MapView {
  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {Axis[]} axes empty for a model of points
   */
  constructor(host, app, axes) {
    this.app = app;
    this.axes = axes;
    this.reader = new SampleReader(app);
    this.colouring = this.readColouring();
    const [across, up] = this.readAxes();
    this.across = across;
    this.up = up;
    /** @type {Plane | null} */
    this.plane = null;
    /** @type {PointLayer | null} */
    this.points = null;
    /** @type {LegendContent | null} */
    this.legendContent = null;
    this.redrawTimer = 0;
    this.address = this.readAddress();
    this.legend = element("div", { className: "map-legend" });
    this.axisChoice = axes.length ? new AxisChoice(app, axes, (name, axis) => this.chooseAxis(name, axis)) : null;
    const colours = app.drawsPoints ? [] : colourGroups(app, this.reader);
    this.colourChoice = colours.length ? new ColourChoice(app, colours, (by) => this.chooseColouring(by)) : null;
    const canvasHost = element("div", { className: "map-place" });
    this.map = new MapCanvas(app, canvasHost, {
      linkedView: app.params.get("map", "view"),
      onMove: (text, isWhole) => this.writeAddress("view", isWhole ? "" : text),
    });
    host.replaceChildren(this.createChoices(), canvasHost, this.createBar(), this.legend, this.createHint());
    this.showChoices();
    this.draw({ keepView: true });
  }

  createChoices() {
    const parts = [...(this.axisChoice?.parts ?? []), ...(this.colourChoice?.parts ?? [])];
    return element("div", { className: "map-choice" }, ...parts);
  }

  createHint() {
    const { app } = this;
    const textContent = app.t(app.drawsPoints ? "map.hint_points" : "map.hint");
    return element("p", { className: "map-hint", textContent });
  }

  createBar() {
    const { app, map } = this;
    /** @type {(icon: IconName, key: string, act: () => void) => HTMLButtonElement} */
    const createButton = (icon, key, act) => {
      const created = button(icon, "", app.t(`map.${key}`));
      created.addEventListener("click", act);
      return created;
    };
    const zoom = element(
      "span",
      { className: "pair zoom" },
      createButton("plus", "in", () => map.zoom(2)),
      createButton("minus", "out", () => map.zoom(0.5)),
      createButton("all", "whole", () => map.showAll()),
      createButton("centre", "find", () => map.centreMarker()),
    );
    const save = button("save", app.t("map.save"));
    save.addEventListener("click", () => this.save());
    return element("div", { className: "map-bar" }, zoom, save);
  }

  // ---- what is chosen, also in the address

  /** @returns {Axis[]} across and up */
  readAxes() {
    const named = (/** @type {string} */ name) => {
      const key = this.app.params.get("map", name);
      return this.axes.find((axis) => axis.key === key);
    };
    const [firstAcross, firstUp] = defaultAxes(this.axes);
    const across = named("x") ?? firstAcross;
    const up = named("y") ?? firstUp;
    if (across !== up) return [across, up];
    return [across, this.axes.find((axis) => axis !== across) ?? up];
  }

  /** @returns {Colouring} */
  readColouring() {
    const name = this.app.params.get("map", "colour");
    if (name === "verdict" && this.reader.hasDiscriminator) return name;
    const field = this.reader.fields.findIndex((each) => each.name === name);
    return field < 0 ? "" : field;
  }

  readAddress() {
    return ADDRESS_NAMES.map((name) => this.app.params.get("map", name)).join();
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  writeAddress(name, text) {
    this.app.params.set("map", text, name);
    this.address = this.readAddress();
  }

  /**
   * Choose an axis; if the other one has it already, they change places.
   *
   * @param {"across" | "up"} name
   * @param {Axis} axis
   */
  chooseAxis(name, axis) {
    const other = name === "across" ? "up" : "across";
    if (axis === this[other]) this[other] = this[name];
    this[name] = axis;
    this.writeAddress("x", this.across.key);
    this.writeAddress("y", this.up.key);
    this.writeAddress("view", "");
    this.showChoices();
    this.draw({ keepView: false });
  }

  /** @param {Colouring} colouring */
  chooseColouring(colouring) {
    this.colouring = colouring;
    this.writeAddress("colour", typeof colouring === "number" ? this.reader.fields[colouring].name : colouring);
    this.explainColours();
    this.map.redraw();
  }

  /** Show another link that was put into the address bar. */
  followAddress() {
    this.address = this.readAddress();
    [this.across, this.up] = this.readAxes();
    this.colouring = this.readColouring();
    this.showChoices();
    this.map.linkedView = this.app.params.get("map", "view");
    this.plane = null;
    this.draw({ keepView: false });
  }

  showChoices() {
    this.axisChoice?.show(this.across, this.up);
    this.colourChoice?.show(this.colouring);
    this.explainColours();
  }

  explainColours() {
    const { app, reader } = this;
    const colouring = app.drawsPoints && reader.hasDiscriminator ? "verdict" : this.colouring;
    this.legendContent = legendContent(app, reader, colouring);
    drawLegend(this.legend, this.legendContent);
    if (app.drawsPoints && !reader.hasDiscriminator) {
      this.legend.hidden = false;
      this.legend.textContent = app.t("map.no_d");
    }
  }

  // ---- the map

  /** @param {{ keepView: boolean }} options */
  draw({ keepView }) {
    const { app, reader, map } = this;
    if (app.drawsPoints) {
      this.points ??= new PointLayer(app, { reader, onChange: () => map.redraw() });
      if (!map.layer) map.showLayer(this.points);
      this.points.refresh();
      return;
    }
    const plane = createPlane(app.state, this.across, this.up);
    if (isSamePlane(plane, this.plane, app.space.labels)) return;
    this.plane = plane;
    map.showLayer(new ImageLayer(app, { plane, reader, colouring: () => this.colouring }), { keepView });
    map.fit();
  }

  save() {
    const { app } = this;
    const axes = { across: this.across, up: this.up };
    const lines = app.drawsPoints
      ? []
      : [app.t("map.axes", { across: axisName(app, axes.across), up: axisName(app, axes.up) })];
    mapPage(this.map.toPicture(), lines, this.legendContent).toBlob((blob) => {
      if (blob) app.saveFile(blob, `${app.data.stem}-map.png`);
    }, "image/png");
  }

  changed() {
    const { app, map } = this;
    if (!app.drawsPoints && this.address !== this.readAddress()) return this.followAddress();
    clearTimeout(this.redrawTimer);
    map.placeMarker();
    if (!app.drawsPoints && !map.layer?.position()?.off) return;
    this.redrawTimer = window.setTimeout(() => this.draw({ keepView: true }), app.drawsPoints ? 0 : QUIET);
  }

  hide() {
    clearTimeout(this.redrawTimer);
    this.map.setShown(false);
  }

  destroy() {
    clearTimeout(this.redrawTimer);
    this.map.destroy();
  }
}
