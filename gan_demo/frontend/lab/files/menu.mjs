// @ts-check
/**
 * The link and the files of a lab: a picture, a film, the lab itself in and out, its PyTorch script.
 * @import { LabData } from "../types.js"
 */
import { copyText } from "../../shared/clipboard.mjs";
import { button, element, saveFile } from "../../shared/dom.mjs";
import { fill } from "../../shared/format.mjs";
import { reason } from "../../shared/http.mjs";
import { recordGif, recordVideo, SECONDS, videoKind } from "./film.mjs";
import { LabFileError, MAX_BYTES, readLabFile, writeLabFile } from "./lab_file.mjs";
import { NoRunError } from "./run.mjs";

/**
 * @typedef {object} LabFiles
 * @property {HTMLCanvasElement} canvas
 * @property {() => string} link to exactly this lab
 * @property {() => string} copied says what the link opens: a key of the page's sentences
 * @property {() => string} hash
 * @property {() => Promise<Uint8Array>} exportState
 * @property {(hash: string, state: Uint8Array | null) => Promise<void>} open
 * @property {() => void} play films show a training that goes on
 * @property {(() => void) | null} requestScript null where nobody writes one
 * @property {(() => Promise<string>) | null} saveRun make a run and return its page's address; null without a server
 */

export class FileMenu {
  root = element("div", { className: "files" });
  #data;
  #lab;
  #status = element("span", { className: "status" });
  #details = element("details", { className: "menu" });

  /**
   * @param {LabData} data
   * @param {LabFiles} lab
   */
  constructor(data, lab) {
    const { texts } = data;
    this.#data = data;
    this.#lab = lab;
    this.#status.setAttribute("role", "status");
    const link = button("link", texts["file.link"]);
    link.addEventListener("click", () => this.#copyLink());
    const list = element("div", { className: "menu-list" }, ...this.#entries());
    this.#details.append(element("summary", { textContent: texts["file.menu"] }), list);
    this.root.append(this.#status, ...this.#saveButtons(lab.saveRun), link, this.#details);
  }

  /** @param {string} text */
  say(text) {
    this.#status.textContent = text;
  }

  #entries() {
    const { texts } = this.#data;
    const lab = this.#lab;
    const input = element("input", { type: "file", accept: ".json,application/json", hidden: true });
    input.addEventListener("change", () => this.#read(input));
    const entries = [
      this.#entry("file.png", () => this.#savePicture()),
      this.#entry("file.gif", () => this.#film(recordGif)),
      this.#entry("file.json", () => this.#saveLab()),
      this.#entry("file.open", () => input.click()),
    ];
    if (videoKind())
      entries.splice(
        2,
        0,
        this.#entry("file.video", () => this.#film(recordVideo)),
      );
    const { requestScript } = lab;
    if (requestScript) entries.push(this.#entry("file.script", requestScript));
    return [
      ...entries,
      input,
      element("p", { className: "note", textContent: fill(texts["file.film.note"], { n: SECONDS }) }),
    ];
  }

  /**
   * @param {string} key
   * @param {() => void} action
   */
  #entry(key, action) {
    const created = button("", this.#data.texts[key]);
    created.addEventListener("click", () => {
      this.#details.open = false;
      action();
    });
    return created;
  }

  async #copyLink() {
    const { texts } = this.#data;
    const isCopied = await copyText(this.#lab.link(), this.root);
    this.say(texts[isCopied ? this.#lab.copied() : "file.not_copied"]);
  }

  #savePicture() {
    this.#lab.canvas.toBlob((blob) => blob && saveFile(blob, "lab.png"));
  }

  /** @param {typeof recordGif} record */
  async #film(record) {
    const { texts } = this.#data;
    this.#lab.play();
    try {
      const report = (/** @type {number} */ share) =>
        this.say(fill(texts["file.recording"], { percent: Math.round(100 * share) }));
      const { blob, extension } = await record(this.#lab.canvas, report);
      saveFile(blob, `lab.${extension}`);
      this.say("");
    } catch (error) {
      console.warn("lab:", error);
      this.say(texts["file.film.failed"]);
    }
  }

  /** @param {(() => Promise<string>) | null} saveRun */
  #saveButtons(saveRun) {
    if (!saveRun) return [];
    const save = button("save", this.#data.texts["file.save"]);
    save.addEventListener("click", () => this.#saveRun(save, saveRun));
    return [save];
  }

  /**
   * @param {HTMLButtonElement} pressed
   * @param {() => Promise<string>} saveRun
   */
  async #saveRun(pressed, saveRun) {
    const { texts } = this.#data;
    pressed.disabled = true;
    this.say(texts["save.saving"]);
    try {
      const href = await saveRun();
      const link = element("a", { href, target: "_top", textContent: texts["save.open"] });
      this.#status.replaceChildren(`${texts["save.saved"]} `, link);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const failed = () => fill(texts["save.failed"], { reason: reason(texts, error, why) });
      this.say(error instanceof NoRunError ? texts[error.key] : failed());
    }
    pressed.disabled = false;
  }

  async #saveLab() {
    const text = writeLabFile(this.#lab.hash(), await this.#lab.exportState());
    saveFile(new Blob([text], { type: "application/json" }), "lab.json");
  }

  /** @param {HTMLInputElement} input */
  async #read(input) {
    const { texts } = this.#data;
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    try {
      if (file.size > MAX_BYTES) throw new LabFileError("file.not_lab");
      const { hash, state } = readLabFile(await file.text());
      await this.#lab.open(hash, state);
      this.say("");
    } catch (error) {
      this.say(error instanceof LabFileError ? texts[error.key] : texts["file.damaged"]);
    }
  }
}
