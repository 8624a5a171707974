// @ts-check
/**
 * Training in the viewer's own browser, in a worker.
 *
 *     const trainer = await Trainer.create({ runtime: "…/", graphs: serverGraphs("…") });
 *     trainer.onframe = draw;
 *     await trainer.open(settings);
 *     await trainer.play();
 *
 * Answers are frames of the state that a request led to; while it plays, `onframe` gets the newest one at most once per
 * picture of the page. The contract is TrainerApi in types.d.ts.
 * @import { NetworkName, OpenOptions, StepKind, TrainerApi, TrainerSettings, TrainerSources } from "./types.js"
 * @import { Diverged, Frame, HistoryRows, Trace, TrainingData, Units, WatchRequest } from "./types.js"
 */
import { startModuleWorker } from "../shared/browser_support.mjs";
import { graphQuery } from "./core_settings.mjs";
import { Queue } from "./queue.mjs";
import { StateFileError } from "./state_file.mjs";

const RUNTIME_BYTES = 14_240_000; // of the runtime, unpacked: what progress is measured by

/** @implements {TrainerApi} */
export class Trainer {
  #worker = startModuleWorker(new URL("./worker.mjs", import.meta.url));
  /** @type {Map<number, { resolve(result: any): void, reject(error: Error): void }>} requests without an answer */
  #pending = new Map();
  #lastId = 0;
  #closedReason = "";
  /** @type {(bytes: number) => void} */
  #onProgress = () => {};
  #graphs;
  /** @type {Map<string, Promise<unknown>>} graphs that the worker has, or gets, by key */
  #sent = new Map();
  /** @type {TrainerSettings | null} */
  #settings = null;
  #changes = new Queue(); // openings and changes wait for each other, as their graphs may take a while to come
  /** @type {[number, number]} */
  #span = [0, 0];
  /** @type {Frame | null} */
  #newest = null;
  /** @type {(frame: Frame) => void} */
  onframe = () => {};
  /** @type {(rows: HistoryRows) => void} */
  onhistory = () => {};
  /** @type {(what: Diverged) => void} */
  ondiverged = () => {};
  /** @type {(error: Error) => void} */
  onerror = () => {};

  /**
   * Start a worker with the runtime. Throws Unsupported.
   * @param {TrainerSources} sources
   */
  static async create({ runtime, wasm = null, graphs, onProgress = () => {} }) {
    const trainer = new Trainer(graphs);
    trainer.#onProgress = (bytes) => onProgress(Math.min(1, bytes / RUNTIME_BYTES));
    try {
      await trainer.#ask("load", { runtime: new URL(runtime, document.baseURI).href, wasm });
    } catch (error) {
      trainer.close();
      throw error;
    }
    trainer.#onProgress = () => {};
    onProgress(1);
    return trainer;
  }

  /** @param {TrainerSources["graphs"]} graphs */
  constructor(graphs) {
    this.#graphs = graphs;
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not start");
  }

  get settings() {
    if (!this.#settings) throw new Error("no training is open");
    return this.#settings;
  }

  /** First and last iteration that `seek` can go to. */
  get span() {
    return this.#span;
  }

  /**
   * @param {TrainerSettings} settings
   * @param {OpenOptions} [options]
   * @returns {Promise<Frame>}
   */
  open(settings, { data = null, state = null } = {}) {
    return this.#changes.run(async () => {
      await this.#sendGraphs(settings);
      return this.#shown(await this.#ask("open", { settings, data, state }));
    });
  }

  /**
   * @param {Partial<TrainerSettings>} change
   * @param {{ data?: TrainingData | null }} [options]
   * @returns {Promise<Frame>}
   */
  change(change, { data = null } = {}) {
    return this.#changes.run(async () => {
      const settings = { ...this.settings, ...change };
      await this.#sendGraphs(settings);
      return this.#shown(await this.#ask("change", { settings, data }));
    });
  }

  /** @returns {Promise<void>} */
  play(iterationsPerSecond = Infinity, until = Infinity) {
    return this.#ask("play", { rate: iterationsPerSecond, until });
  }

  /** @returns {Promise<Frame>} */
  async pause() {
    return this.#shown(await this.#ask("pause"));
  }

  /**
   * @param {StepKind} [kind]
   * @param {number} [count]
   * @returns {Promise<Frame>}
   */
  async step(kind = "both", count = 1) {
    return this.#shown(await this.#ask("step", { step: kind, count }));
  }

  /** @returns {Promise<Frame>} */
  async back(count = 1) {
    return this.#shown(await this.#ask("back", { count }));
  }

  /**
   * @param {number} iteration
   * @returns {Promise<Frame>}
   */
  async seek(iteration) {
    return this.#shown(await this.#ask("seek", { iteration }));
  }

  /**
   * @param {WatchRequest} request
   * @returns {Promise<Frame | null>}
   */
  watch(request) {
    return this.#ask("watch", { request });
  }

  /** @returns {Promise<Trace>} */
  trace() {
    return this.#ask("trace");
  }

  /**
   * @param {NetworkName} network
   * @returns {Promise<Units>}
   */
  units(network) {
    return this.#ask("units", { network });
  }

  /** @returns {Promise<Uint8Array>} */
  exportState() {
    return this.#ask("exportState");
  }

  /**
   * Return the FCD of G's samples for latents and labels; `file` measures them, null is that of before.
   * @param {ArrayBuffer | null} file
   * @param {Float32Array} latents
   * @param {Float32Array} [labels]
   * @returns {Promise<number>}
   */
  evaluate(file, latents, labels) {
    return this.#ask("evaluate", { file, latents, labels });
  }

  close() {
    this.#fail("closed");
    this.#worker.terminate();
  }

  // ---- requests

  /**
   * Keep the settings of a frame that was asked for, as going back changes them, and drop an older one not drawn yet.
   * @param {Frame} frame
   */
  #shown(frame) {
    this.#settings = frame.settings;
    this.#newest = null;
    return frame;
  }

  /** @param {TrainerSettings} settings */
  #sendGraphs(settings) {
    const key = graphQuery(settings);
    const known = this.#sent.get(key);
    if (known) return known;
    const sent = this.#graphs(settings).then((file) => this.#ask("graphs", { settings, file }));
    this.#sent.set(key, sent);
    sent.catch(() => this.#sent.delete(key));
    return sent;
  }

  /**
   * @param {string} kind
   * @param {object} [content]
   * @returns {Promise<any>}
   */
  #ask(kind, content = {}) {
    return new Promise((resolve, reject) => {
      if (this.#closedReason) return reject(new Error(this.#closedReason));
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, kind, ...content });
    });
  }

  // ---- what the worker says

  /** @param {Record<string, any>} message */
  #heard({ id, event, content, span, result, error, fault }) {
    if (span) this.#span = span;
    if (event) return this.#told(event, content);
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(fault ? new StateFileError(fault) : new Error(error));
  }

  /**
   * @param {string} event
   * @param {any} content
   */
  #told(event, content) {
    if (event === "frame") return this.#draw(content);
    if (event === "progress") return this.#onProgress(content);
    if (event === "history") return this.onhistory(content);
    if (event === "diverged") return this.ondiverged(content);
    this.onerror(new Error(content));
  }

  /**
   * Hand a frame to the page with its next picture; until then the worker sends no other.
   * @param {Frame} frame
   */
  #draw(frame) {
    this.#newest = frame;
    requestAnimationFrame(() => {
      if (this.#closedReason) return;
      if (this.#newest) this.onframe(this.#newest);
      this.#newest = null;
      this.#ask("taken").catch(() => {});
    });
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.#closedReason) return;
    this.#closedReason = reason;
    const error = new Error(reason);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (reason !== "closed") this.onerror(error);
  }
}
