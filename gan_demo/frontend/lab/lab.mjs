// @ts-check
/**
 * The 2-D lab: a GAN of points, trained in the viewer's own browser. What it is given: LabData in types.d.ts.
 * @import { ComponentArguments, Texts } from "../shared/types.js"
 * @import { LabOnPage } from "../shared/page_lab.mjs"
 * @import { LabData, LabSettings } from "./types.js"
 */
import { checkSupport, Unsupported } from "../shared/browser_support.mjs";
import { element, saveFile } from "../shared/dom.mjs";
import { fill } from "../shared/format.mjs";
import { fetchOk, reason } from "../shared/http.mjs";
import { Mounts } from "../shared/mounts.mjs";
import { fetchPacked } from "../shared/packed_files.mjs";
import { pageLab } from "../shared/page_lab.mjs";
import { toCore } from "../trainer/core_settings.mjs";
import { formulaPoints } from "../trainer/data/points.mjs";
import { serverGraphs } from "../trainer/graphs.mjs";
import { Random } from "../trainer/random.mjs";
import { Trainer } from "../trainer/trainer.mjs";
import { readAddress } from "./address.mjs";
import { classGraphs } from "./class/class_graphs.mjs";
import { labOnPage } from "./class/class_lab.mjs";
import { fullName } from "./controls/inputs.mjs";
import { LabEngine } from "./engine.mjs";
import { composeScript } from "./files/script_parts.mjs";
import { LabView } from "./lab_view.mjs";
import { Meter } from "./measure/meter.mjs";
import { shippedGraphs } from "./shipped_graphs.mjs";
import { fetchSnapshots } from "./snapshots.mjs";
import { EXTENT } from "./stage/stage.mjs";

/** Sets that the core has too. */
const CORE_SETS = ["ring", "grid", "gaussians", "blobs", "line", "moons", "spiral"];

const snapshots = fetchSnapshots(); // at once, so that the first paint has them

/** @type {Mounts<Node, LabMount>} */
const mounts = new Mounts();

/** @param {ComponentArguments<LabData>} component */
export function draw({ data, parentElement, setTriggerValue }) {
  mounts.at(parentElement, () => new LabMount(parentElement)).draw(data, setTriggerValue);
}

/** @param {HTMLElement | ShadowRoot} parentElement */
export function clear(parentElement) {
  mounts.clear(parentElement);
}

/** @typedef {(name: string, value: unknown) => void} Trigger */

/** @param {LabView} view */
function startAnew(view) {
  view.preview(snapshots);
  return view.start();
}

/** A lab in an element of the page. */
class LabMount {
  #place = element("div", { className: "lab-place" });
  /** @type {LabView | null} */
  #view = null;
  /** @type {LabOnPage | null} what a class may do with it */
  #onPage = null;
  #key = ""; // of what the view was made for
  #hash = location.hash;
  /** @type {LabData | null} */
  #data = null;
  #listening = new AbortController();
  #request = 0; // number of the last request for a script
  /** @type {Trigger} */
  #trigger = () => {};

  /** @param {HTMLElement | ShadowRoot} parent */
  constructor(parent) {
    parent.querySelector(".lab-place")?.remove();
    parent.append(this.#place);
    window.addEventListener("hashchange", () => this.#follow(), { signal: this.#listening.signal });
  }

  /**
   * @param {LabData} data
   * @param {Trigger} trigger
   */
  draw(data, trigger) {
    this.#trigger = trigger;
    this.#data = data;
    const key = JSON.stringify([data.language, data.urls]);
    if (key !== this.#key) this.#build(data, key);
    else this.#view?.writeAddress(); // the page may have written its own
    this.#takeScript(data);
  }

  close() {
    this.#key = "";
    this.#listening.abort();
    this.#withdraw();
    this.#view?.close();
    this.#place.remove();
  }

  /** Open the lab of a link that was pasted over this one, or that Back leads to: the browser loads no page for it. */
  #follow() {
    if (this.#data && this.#view) this.#open(this.#data, location.hash);
  }

  /**
   * @param {LabData} data
   * @param {string} key
   */
  async #build(data, key) {
    this.#key = key;
    const before = this.#view;
    if (!before) return this.#begin(data, (view) => (data.run ? view.goOn(data.run) : startAnew(view)));
    const file = await before.session.saved(); // another language: the same training goes on
    if (this.#key !== key) return;
    this.#hash = before.hash;
    const { origin } = before;
    const { isPlaying } = before.session;
    this.#begin(data, async (view) => {
      if (!file) return startAnew(view);
      await view.open(this.#hash, file);
      if (origin.current) view.origin.show(origin.current);
      if (isPlaying) view.session.play();
    });
  }

  /**
   * Build the view of the lab of `#hash`, in place of any before.
   * @param {LabData} data
   * @param {(view: LabView) => Promise<void>} start
   */
  #begin(data, start = startAnew) {
    this.#withdraw();
    this.#view?.close();
    this.#view = null;
    try {
      checkSupport(Boolean(data.urls.wasm));
    } catch (error) {
      return this.#refuse(data, error);
    }
    const engine = new LabEngine(EXTENT);
    const view = new LabView(data, this.#parts(data, engine), this.#hash);
    this.#view = view;
    this.#place.replaceChildren(view.root);
    engine.start(startTrainer(data, (share) => view.waiting.loading(share)));
    start(view);
    this.#onPage = labOnPage(view, data, (hash) => this.#open(data, hash));
    pageLab.offer(this.#onPage);
  }

  #withdraw() {
    if (this.#onPage) pageLab.withdraw(this.#onPage);
    this.#onPage = null;
  }

  /**
   * Open another lab; one that hides other parts of the page is built anew.
   * @param {LabData} data
   * @param {string} hash
   */
  #open(data, hash) {
    const before = this.#view?.session.state.hidden.join();
    if (readAddress(hash).hidden.join() === before) {
      this.#view?.open(hash, null);
    } else {
      this.#hash = hash;
      this.#begin(data);
    }
  }

  /**
   * @param {LabData} data
   * @param {LabEngine} engine
   * @returns {import("./lab_view.mjs").LabParts}
   */
  #parts(data, engine) {
    const random = new Random(crypto.getRandomValues(new Uint32Array(1))[0]);
    return {
      engine,
      meter: new Meter(),
      sample: (name, count) => formulaPoints(name, 0, count),
      random: { uniform: () => random.uniform(), normal: () => random.fillNormal(new Float32Array(1))[0] },
      requestScript: (settings) => this.#requestScript(data, settings),
    };
  }

  /**
   * Let the server write a script, which comes with the next data; say so where these settings have none. A page
   * without a server puts it together itself.
   * @param {LabData} data
   * @param {LabSettings} settings
   */
  #requestScript({ texts, urls }, settings) {
    if (settings.gSteps !== 1) return this.#view?.files.say(texts["script.steps"]);
    if (!CORE_SETS.includes(settings.data)) return this.#view?.files.say(texts["script.own"]);
    if (urls.script) return this.#composeScript(texts, urls.script, settings);
    this.#request = Date.now();
    this.#trigger("script", { request: this.#request, settings: toCore(settings) });
  }

  /**
   * @param {Texts} texts
   * @param {string} address of the script's parts
   * @param {LabSettings} settings
   */
  async #composeScript(texts, address, settings) {
    try {
      const parts = await (await fetchOk(address)).json();
      const { text, missing } = composeScript(parts, settings);
      if (text) saveScript(text, parts.name);
      this.#view?.files.say(missing && fill(texts["script.missing"], { setting: fullName(texts, missing) }));
    } catch (error) {
      this.#view?.files.say(fill(texts.failed, { reason: reason(texts, error) }));
    }
  }

  /** @param {LabData} data */
  #takeScript({ script }) {
    if (!script || script.request !== this.#request) return;
    this.#request = 0;
    if (script.text) saveScript(script.text, script.name);
    this.#view?.files.say(script.trouble ?? "");
  }

  /**
   * @param {LabData} data
   * @param {unknown} error
   */
  #refuse({ texts }, error) {
    const feature = error instanceof Unsupported ? error.feature : "old";
    const line = element("p", { className: "failed", textContent: texts[`unsupported.${feature}`] });
    line.setAttribute("role", "alert");
    this.#place.replaceChildren(line);
  }
}

/**
 * @param {string} text
 * @param {string} name
 */
function saveScript(text, name) {
  saveFile(new Blob([text], { type: "text/x-python" }), name);
}

/**
 * @param {LabData} data
 * @param {(share: number) => void} onProgress
 */
async function startTrainer({ urls: { runtime, wasm, graphs, shipped }, site }, onProgress) {
  const isReadable = shipped && typeof DecompressionStream !== "undefined";
  const server = isReadable ? classGraphs(shippedGraphs(shipped), serverGraphs(graphs)) : serverGraphs(graphs);
  const packed = wasm ? await fetchPacked(wasm, onProgress) : null;
  return Trainer.create({
    runtime,
    wasm: packed,
    graphs: site ? shippedGraphs(graphs) : server,
    onProgress,
  });
}
