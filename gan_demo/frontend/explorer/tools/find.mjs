// Find yourself: a picture of one's own, and the search for the place in latent space that draws it, step by step.
import { Hunt } from "../find/search_panel.mjs";
import { Sources } from "../find/target_picker.mjs";

export const tool = {
  name: "find",
  css: true,

  build(host, app) {
    host.innerHTML = `<p class="lead"></p><div class="sources"></div><div class="hunt"></div>`;
    const [lead, above, below] = host.children;
    lead.textContent = app.t("find.lead");
    const hunt = new Hunt(app, below);
    const sources = new Sources(app, above, (target) => hunt.aim(target));
    return {
      show() {
        hunt.shown = true;
        sources.start();
      },
      hide() {
        hunt.shown = false;
      },
      changed() {
        hunt.changed();
      },
      destroy() {
        sources.destroy();
        hunt.stop();
      },
    };
  },
};
