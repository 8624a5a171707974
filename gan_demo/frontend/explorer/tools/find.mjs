// @ts-check
// Find yourself: a picture of one's own, and the search for the latent state that draws it (GAN inversion), step by
// step.

/** @import { Tool } from "../types.js" */
import { element } from "../../shared/dom.mjs";
import { SearchPanel } from "../find/search_panel.mjs";
import { TargetPicker } from "../find/target_picker.mjs";

/** @type {Tool} */
export const tool = {
  name: "find",
  css: true,

  build(host, app) {
    const sources = element("div", { className: "sources" });
    const search = element("div", { className: "search" });
    host.append(element("p", { className: "lead", textContent: app.t("find.lead") }), sources, search);
    const panel = new SearchPanel(app, search);
    const picker = new TargetPicker(app, sources, (target) => panel.setTarget(target));
    return {
      show() {
        panel.isShown = true;
        picker.open();
      },
      hide() {
        panel.isShown = false;
      },
      changed() {
        panel.showButtons();
      },
      destroy() {
        picker.destroy();
        panel.stop();
      },
    };
  },
};
