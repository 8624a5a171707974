// @ts-check
/**
 * The tools as tabs, in one row that scrolls where it is too long. A tool's module is fetched when its tab is first
 * opened; its element is then kept.
 * @import { Tool, ToolInstance } from "./types.js"
 * @import { App } from "./app.mjs"
 */
import { element, find } from "../shared/dom.mjs";
import { loadStylesheet } from "../shared/stylesheet.mjs";
import { TOOLS } from "./tool_list.mjs";
import { currentTool } from "./url_state.mjs";

export class Tabs {
  /** @type {Map<string, ToolInstance>} tools that have been built */
  #instances = new Map();
  #observer;
  #app;
  #bar;
  #panels;
  #names;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {string} wanted name of the tool to open first
   */
  constructor(app, host, wanted) {
    this.#app = app;
    this.name = ""; // of the open tool
    host.innerHTML = `<div class="tabs" role="tablist"></div><div class="panels"></div>`;
    this.#bar = find(host, ".tabs");
    this.#panels = find(host, ".panels");
    const available = app.data.tools.map(currentTool);
    this.#names = Object.keys(TOOLS).filter((name) => available.includes(name) && TOOLS[name](app.space, app.data));
    for (const name of this.#names) this.#add(name);
    this.#bar.hidden = this.#names.length < 2;
    this.#bar.addEventListener("keydown", (event) => this.#key(event));
    this.#bar.addEventListener("scroll", () => this.#fadeEdges(), { passive: true });
    this.#observer = new ResizeObserver(() => this.#centreOpen("instant"));
    this.#observer.observe(this.#bar);
    this.ready = this.open(this.#names.includes(wanted) ? wanted : this.#names[0]);
  }

  /** @param {string} name */
  #add(name) {
    const tab = element("button", {
      type: "button",
      textContent: this.#app.t(`tab.${name}`),
      id: `explorer-tab-${name}`,
      onclick: () => {
        this.open(name);
        this.#bringUp();
      },
    });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `explorer-panel-${name}`);
    tab.dataset.tool = name;
    const panel = element("div", { className: `panel ${name}`, id: `explorer-panel-${name}`, hidden: true });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    this.#bar.append(tab);
    this.#panels.append(panel);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { length } = this.#names;
    const index = this.#names.indexOf(this.name);
    const targets = new Map([
      ["ArrowLeft", index - 1],
      ["ArrowRight", index + 1],
      ["Home", 0],
      ["End", length - 1],
    ]);
    const target = targets.get(event.key);
    if (target === undefined) return;
    event.preventDefault();
    const name = this.#names[(target + length) % length];
    this.open(name);
    this.#tab(name).focus();
  }

  /**
   * Scroll the open tab into the middle, as far as that goes.
   * @param {ScrollBehavior} [behavior]
   */
  #centreOpen(behavior = this.#scrollBehavior()) {
    if (this.name) {
      const tab = this.#tab(this.name);
      this.#bar.scrollTo({ left: tab.offsetLeft - (this.#bar.clientWidth - tab.offsetWidth) / 2, behavior });
    }
    this.#fadeEdges();
  }

  /** Where the tools lie below a picture that stays in sight, as on a phone, bring the open one up to the picture. */
  #bringUp() {
    const stage = find(this.#app.root, ".stage-place");
    const { position, top } = getComputedStyle(stage);
    if (position !== "sticky") return;
    this.#bar.style.scrollMarginTop = `${Number.parseFloat(top) + stage.offsetHeight}px`;
    this.#bar.scrollIntoView({ block: "start", behavior: this.#scrollBehavior() });
  }

  /** @returns {ScrollBehavior} */
  #scrollBehavior() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  }

  /** Fade the row where it goes on. */
  #fadeEdges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.#bar;
    this.#bar.classList.toggle("before", scrollLeft > 1);
    this.#bar.classList.toggle("after", scrollLeft + clientWidth < scrollWidth - 1);
  }

  /** @param {string} name */
  #tab(name) {
    return find(this.#bar, `[data-tool="${name}"]`);
  }

  /** @param {string} name */
  #panel(name) {
    return find(this.#panels, `#explorer-panel-${name}`);
  }

  /** @param {string} name */
  async open(name) {
    if (name === this.name || !this.#names.includes(name)) return;
    this.#instances.get(this.name)?.hide?.();
    this.name = name;
    for (const other of this.#names) {
      const isOpen = other === name;
      this.#tab(other).setAttribute("aria-selected", String(isOpen));
      this.#tab(other).tabIndex = isOpen ? 0 : -1;
      this.#panel(other).hidden = !isOpen;
    }
    this.#centreOpen();
    this.#app.address.changed();
    const instance = this.#instances.get(name);
    if (instance) present(instance);
    else await this.#build(name);
  }

  /** @param {string} name */
  async #build(name) {
    const panel = this.#panel(name);
    panel.classList.add("waiting");
    try {
      /** @type {{ tool: Tool }} */
      const { tool } = await import(`./tools/${name}.mjs`);
      if (tool.css) await loadStylesheet(this.#app.container, new URL(`./tools/${name}.css`, import.meta.url).href);
      if (this.#app.destroyed || this.#instances.has(name)) return;
      const host = element("div");
      panel.replaceChildren(host);
      const instance = tool.build(host, this.#app);
      this.#instances.set(name, instance);
      if (this.name === name) present(instance);
    } catch (error) {
      console.error(error);
      panel.textContent = this.#app.t("tool_failed");
    }
    panel.classList.remove("waiting");
  }

  /** Tell the open tool that the state or the parameters changed. */
  changed() {
    this.#instances.get(this.name)?.changed?.();
  }

  /** Tell all tools that the directions have arrived. */
  directionsArrived() {
    for (const instance of this.#instances.values()) instance.directionsArrived?.();
    this.changed();
  }

  destroy() {
    this.#observer.disconnect();
    for (const instance of this.#instances.values()) instance.destroy?.();
  }
}

/** @param {ToolInstance} instance */
function present(instance) {
  instance.show?.();
  instance.changed?.();
}
