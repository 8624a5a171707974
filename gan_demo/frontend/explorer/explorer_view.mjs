// @ts-check
/**
 * One explorer on a page: its engine, the app of the model on show, and what is shown where it cannot run.
 * @import { ExplorerData, Space } from "./types.js"
 */

import { checkSupport, Unsupported } from "../shared/browser_support.mjs";
import { element } from "../shared/dom.mjs";
import { fetchOk, reason } from "../shared/http.mjs";
import { fetchPacked } from "../shared/packed_files.mjs";
import { loadStylesheet } from "../shared/stylesheet.mjs";
import { App } from "./app.mjs";
import { Engine } from "./engine/engine.mjs";
import { keepSpare, takeSpare } from "./engine/spare_engine.mjs";
import { LoadingBar } from "./loading_bar.mjs";

/** @typedef {(name: "failed", value: string) => void} Trigger tells the page; Streamlit's setTriggerValue */

const STYLES = ["explorer", "tools/sliders", "../shared/controls", "../shared/range"]; // the last comes first
/** @type {Map<string, string>} the hash when a model was last on show, by id */
const lastHashes = new Map();

export class ExplorerView {
  #parent;
  /** @type {HTMLElement | null} */
  #container = null;
  /** @type {App | null} */
  #app = null;
  /** @type {Engine | null} */
  #engine = null;
  #runtime = ""; // address of the engine's runtime
  /** @type {Promise<void> | null} */
  #starting = null;
  /** @type {LoadingBar | null} */
  #bar = null;
  #key = ""; // of the data on show
  #turn = 0;
  #isDestroyed = false;

  /** @param {HTMLElement | ShadowRoot} parent */
  constructor(parent) {
    this.#parent = parent;
    /** @type {Trigger} */
    this.trigger = () => {};
  }

  /** @param {ExplorerData} data */
  draw(data) {
    const key = JSON.stringify([data.id, data.urls, data.language, data.tools]);
    if (this.#key === key) return this.#app?.address.now(); // the page may have written its own address
    this.#key = key;
    this.#open(data);
  }

  destroy() {
    this.#isDestroyed = true;
    this.#closeApp();
    this.#container?.remove();
    if (this.#engine && !this.#engine.closedReason) keepSpare(this.#engine, this.#runtime);
  }

  #closeApp() {
    if (!this.#app) return;
    lastHashes.set(this.#app.data.id, this.#app.hash());
    this.#app.destroy();
    this.#app = null;
  }

  /**
   * Open a model. The old one stays on show until the first picture of the new one is there.
   * @param {ExplorerData} data
   */
  async #open(data) {
    const turn = ++this.#turn;
    const isStale = () => this.#isDestroyed || this.#turn !== turn;
    this.#app?.address.now();
    const container = this.#prepareContainer();
    const bar = new LoadingBar(container, data.texts, data.language, this.#app !== null);
    let app = null;
    try {
      const [space, engine] = await Promise.all([
        fetchSpace(data, !data.site),
        this.#readyEngine(data, bar),
        ...STYLES.map((name) => loadStylesheet(container, new URL(`./${name}.css`, import.meta.url).href)),
      ]);
      if (isStale() || !engine) return;
      if (this.#app) this.#app.replaced = true; // it keeps its picture: the network below it is another from now on
      const { samples, generator } = data.urls;
      if (samples) engine.loadRemote("main", samples, space);
      else await engine.load("main", generator);
      if (isStale()) return;
      const before = lastHashes.get(data.id) ?? "";
      app = new App({ data, space, engine, container, before, failed: (error) => this.#fail(data, error) });
      await app.ready;
      if (isStale()) return app.destroy();
      this.#closeApp();
      this.#app = app;
      app.reveal();
      if (space.pending) fetchDirections(data, app);
    } catch (error) {
      app?.destroy();
      if (!isStale()) this.#fail(data, error);
    } finally {
      bar.close();
    }
  }

  #prepareContainer() {
    if (this.#container) return this.#container;
    this.#parent.querySelector(".explorer-place")?.remove();
    this.#container = element("div", { className: "explorer-place" });
    this.#container.style.minHeight = "32rem"; // about what comes: what is below does not jump
    this.#parent.append(this.#container);
    return this.#container;
  }

  /**
   * Start the engine if there is none: one, however often another model is wanted meanwhile. Null if the view is gone.
   * @param {ExplorerData} data
   * @param {LoadingBar} bar
   */
  async #readyEngine(data, bar) {
    this.#bar = bar;
    while (this.#starting) await this.#starting.catch(() => {}); // whoever started it hears why it failed
    if (this.#isDestroyed) return null;
    if (!this.#engine || this.#engine.closedReason) {
      this.#starting = this.#startEngine(data).finally(() => {
        this.#starting = null;
      });
      await this.#starting;
    }
    return this.#engine;
  }

  /**
   * Take the spare engine, or start one. If the view is destroyed meanwhile, the engine is kept for the next.
   * @param {ExplorerData} data
   */
  async #startEngine({ urls: { runtime, generator, samples, wasm } }) {
    checkSupport(Boolean(wasm));
    /** @type {(share: number) => void} */
    const onProgress = (share) => this.#bar?.at(share);
    const engine =
      takeSpare(runtime) ??
      (await Engine.open({
        runtime,
        generator: samples ? null : generator,
        onProgress,
        wasm: wasm ? await fetchPacked(wasm, onProgress) : null,
      }));
    if (this.#isDestroyed) return keepSpare(engine, runtime);
    this.#engine = engine;
    this.#runtime = runtime;
  }

  /**
   * Tell the page, which then shows its own controls; and say the reason here, for a page that has none.
   * @param {ExplorerData} data
   * @param {unknown} error
   */
  #fail(data, error) {
    const message = error instanceof Error ? error.message : String(error);
    console.warn("explorer:", message);
    this.#app?.destroy();
    this.#app = null;
    this.#key = "";
    this.#engine?.close();
    this.#engine = null;
    const line = element("p", { className: "failed", textContent: failureText(data, error, message) });
    line.setAttribute("role", "alert");
    this.#container?.replaceChildren(...this.#container.querySelectorAll("link"), line);
    if (!data.site) this.trigger("failed", error instanceof Unsupported ? error.feature : message);
  }
}

/**
 * @param {ExplorerData} data
 * @param {unknown} error
 * @param {string} message
 */
function failureText({ texts }, error, message) {
  if (error instanceof Unsupported) return `${texts[`unsupported.${error.feature}`]} ${texts["unsupported.site"]}`;
  return texts.failed.replace("{reason}", reason(texts, error, message));
}

/**
 * @param {ExplorerData} data
 * @param {boolean} isFirst without what a server has to measure first, which may take long
 * @returns {Promise<Space>}
 */
async function fetchSpace(data, isFirst) {
  const address = new URL(data.urls.space, document.baseURI);
  if (isFirst) address.searchParams.set("first", "1");
  return (await fetchOk(address)).json();
}

/**
 * Fetch the directions, which no picture waits for.
 * @param {ExplorerData} data
 * @param {App} app
 */
async function fetchDirections(data, app) {
  /** @type {Partial<Space>} */
  const space = await fetchSpace(data, false).catch((error) => {
    console.warn("explorer:", error.message);
    return { failed: true };
  });
  if (!app.destroyed) app.directionsArrived(space);
}
