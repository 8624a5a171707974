// @ts-check
// Map: latent space as a picture to fly over. Two axes span a plane through the current state; a click goes there.

import { element } from "../../shared/dom.mjs";
import { allAxes } from "../map/axes.mjs";
import { MapView } from "../map/map_view.mjs";

/** @import { App, Tool, ToolInstance } from "../types" */

/** @type {Tool} */
export const tool = { name: "map", css: true, build: (host, app) => new MapTool(host, app) };

/** @implements {ToolInstance} */
class MapTool {
  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    this.host = host;
    this.app = app;
    /** @type {MapView | null} null while a model has no two axes */
    this.view = null;
    this.build();
  }

  build() {
    const { app, host } = this;
    const axes = app.drawsPoints ? [] : allAxes(app.space);
    if (app.drawsPoints || axes.length > 1) {
      this.view = new MapView(host, app, axes);
      return;
    }
    const text = app.t(app.space.pending ? "sliders.measuring" : "map.none");
    host.replaceChildren(element("p", { className: "map-hint", textContent: text }));
  }

  show() {
    this.view?.map.setShown(true);
  }

  hide() {
    this.view?.hide();
  }

  changed() {
    this.view?.changed();
  }

  /** There are more axes now, and what D's verdict is measured by. */
  directionsArrived() {
    if (this.app.drawsPoints) return;
    this.destroy();
    this.build();
    if (this.app.tabs.name === "map") this.show();
  }

  destroy() {
    this.view?.destroy();
    this.view = null;
  }
}
