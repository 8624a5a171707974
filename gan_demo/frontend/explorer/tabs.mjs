// The tools as tabs, in one row that is scrolled where it is too long. A tool's module is fetched when its tab is first opened; its element is then kept.
import { loadStylesheet } from "../shared/stylesheet.mjs";
import { TOOLS } from "./tool_list.mjs";

export class Tabs {
  constructor(app, host, wanted) {
    Object.assign(this, { app, views: new Map(), name: "" });
    host.innerHTML = `<div class="tabs" role="tablist"></div><div class="panels"></div>`;
    [this.bar, this.panels] = host.children;
    this.names = Object.keys(TOOLS).filter((name) => app.data.tools.includes(name) && TOOLS[name](app.space, app.data));
    for (const name of this.names) this.add(name);
    this.bar.hidden = this.names.length < 2;
    this.bar.addEventListener("keydown", (event) => this.key(event));
    this.bar.addEventListener("scroll", () => this.edges(), { passive: true });
    this.observer = new ResizeObserver(() => this.bring("instant"));
    this.observer.observe(this.bar);
    this.ready = this.open(this.names.includes(wanted) ? wanted : this.names[0]);
  }

  add(name) {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", textContent: this.app.t(`tab.${name}`), id: `explorer-tab-${name}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `explorer-panel-${name}`);
    tab.dataset.tool = name;
    tab.addEventListener("click", () => this.open(name));
    const panel = document.createElement("div");
    Object.assign(panel, { className: `panel ${name}`, id: `explorer-panel-${name}`, hidden: true });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    this.bar.append(tab);
    this.panels.append(panel);
  }

  key(event) {
    const at = this.names.indexOf(this.name);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = this.names.at(to % this.names.length);
    this.open(next);
    this.tab(next).focus();
  }

  // The open one into the middle, as far as that goes.
  bring(behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth") {
    const tab = this.tab(this.name);
    if (tab) this.bar.scrollTo({ left: tab.offsetLeft - (this.bar.clientWidth - tab.offsetWidth) / 2, behavior });
    this.edges();
  }

  // Where there is more of them, the row fades.
  edges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.bar;
    this.bar.classList.toggle("before", scrollLeft > 1);
    this.bar.classList.toggle("after", scrollLeft + clientWidth < scrollWidth - 1);
  }

  tab(name) {
    return this.bar.querySelector(`[data-tool="${name}"]`);
  }

  panel(name) {
    return this.panels.querySelector(`.${name}`);
  }

  async open(name) {
    if (name === this.name || !this.names.includes(name)) return;
    this.views.get(this.name)?.hide?.();
    this.name = name;
    for (const one of this.names) {
      const chosen = one === name;
      this.tab(one).setAttribute("aria-selected", String(chosen));
      this.tab(one).tabIndex = chosen ? 0 : -1;
      this.panel(one).hidden = !chosen;
    }
    this.bring();
    this.app.address.changed();
    if (!this.views.has(name)) await this.fetch(name);
    else this.present();
  }

  async fetch(name) {
    const panel = this.panel(name);
    panel.classList.add("waiting");
    try {
      const { tool } = await import(`./tools/${name}.mjs`);
      if (tool.css) await loadStylesheet(this.app.container, new URL(`./tools/${name}.css`, import.meta.url).href);
      if (this.app.destroyed || this.views.has(name)) return;
      const host = document.createElement("div");
      panel.replaceChildren(host);
      this.views.set(name, tool.build(host, this.app));
      if (this.name === name) this.present();
    } catch (error) {
      console.error(error);
      panel.textContent = this.app.t("tool_failed");
    }
    panel.classList.remove("waiting");
  }

  present() {
    const view = this.views.get(this.name);
    view.show?.();
    view.changed?.();
  }

  changed() {
    this.views.get(this.name)?.changed?.();
  }

  // The directions are there.
  directionsArrived() {
    for (const view of this.views.values()) view.directionsArrived?.();
    this.changed();
  }

  destroy() {
    this.observer.disconnect();
    for (const view of this.views.values()) view.destroy?.();
  }
}
