// @ts-check
// Buttons that make a file of the journey and save it, with its progress and a way to cancel. One file at a time.

import { button, element } from "../../shared/dom.mjs";
import { importModule } from "./import_module.mjs";

/** @import { App } from "../types" */
/** @import { FileRequest, Journey, JourneyFile, VideoMethod } from "./types" */

export class DownloadMenu {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   * @param {() => Journey} journey returns the journey to save
   */
  constructor(app, host, journey) {
    this.app = app;
    this.journey = journey;
    /** @type {VideoMethod | null} */
    this.videoMethod = null;
    /** @type {AbortController | null} */
    this.making = null;
    this.gif = this.createButton("gif", "GIF", saveGif);
    this.video = this.createButton("film", "MP4", (request) => this.makeVideo(request));
    this.strip = this.createButton("strip", app.t("journey.strip_png"), saveStrip);
    this.buttons = element("div", { className: "row files" }, this.gif, this.video, this.strip);
    this.note = element("p", { className: "note", hidden: true });
    this.progressText = element("span");
    this.progressBar = element("i");
    this.progressTrack = createTrack(this.progressBar, app.t("journey.take"));
    this.cancel = button("close", app.t("journey.cancel"));
    this.cancel.addEventListener("click", () => this.making?.abort());
    this.progress = element(
      "div",
      { className: "making", hidden: true },
      this.progressText,
      this.progressTrack,
      this.cancel,
    );
    this.failure = element("p", { className: "failed", hidden: true });
    this.failure.setAttribute("role", "alert");
    const title = element("h2", { textContent: app.t("journey.take") });
    host.append(title, this.buttons, this.note, this.progress, this.failure);
    this.ready = this.offerVideo();
  }

  /** Offer the video that this browser can make; a note says what is unusual about it, or why there is none. */
  async offerVideo() {
    this.video.hidden = true;
    const { videoMethod } = await import("./video.mjs");
    const method = await videoMethod(this.app);
    this.videoMethod = method;
    this.video.hidden = !method;
    this.video.dataset.method = method ? `${method.name}-${method.extension}` : "";
    if (method?.extension === "webm") this.video.replaceChildren(...button("save", "WebM").childNodes);
    const note = noteKey(method);
    this.note.hidden = !note;
    this.note.textContent = note && this.app.t(note);
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {(request: FileRequest) => Promise<JourneyFile>} make
   */
  createButton(name, text, make) {
    const created = button("save", text);
    created.dataset.file = name;
    created.addEventListener("click", () => this.save(make));
    return created;
  }

  /** @param {FileRequest} request */
  async makeVideo(request) {
    if (!this.videoMethod) throw new Error("no video");
    const { makeVideo } = await importModule(import("./video.mjs"));
    return makeVideo(request, this.videoMethod);
  }

  /** @param {(request: FileRequest) => Promise<JourneyFile>} make */
  async save(make) {
    if (this.making) return;
    const { app } = this;
    this.making = new AbortController();
    const { signal } = this.making;
    this.failure.hidden = true;
    this.setBusy(true);
    this.report(0);
    try {
      const report = (/** @type {number} */ share) => this.report(share);
      const { blob, extension } = await make({ app, journey: this.journey(), signal, report });
      signal.throwIfAborted();
      app.saveFile(blob, `${app.data.stem}-journey.${extension}`);
      app.announce(app.t("journey.made", { size: this.sizeText(blob.size) }));
    } catch (error) {
      if (!signal.aborted && !app.destroyed) this.showFailure(error);
    } finally {
      this.making = null;
      this.setBusy(false);
    }
  }

  /** @param {unknown} error */
  showFailure(error) {
    console.warn("journey:", error);
    this.failure.textContent = this.app.t("journey.failed", { reason: this.app.errorText(error) });
    this.failure.hidden = false;
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    const cancelHasFocus = this.cancel.matches(":focus");
    this.progress.hidden = !busy;
    for (const each of [this.gif, this.video, this.strip]) each.disabled = busy;
    if (busy) this.cancel.focus();
    else if (cancelHasFocus) this.gif.focus();
  }

  /** @param {number} share */
  report(share) {
    const percent = Math.round(100 * share);
    this.progressText.textContent = this.app.t("journey.making", { percent });
    this.progressTrack.setAttribute("aria-valuenow", String(percent));
    this.progressBar.style.width = `${percent}%`;
  }

  /** @param {number} bytes */
  sizeText(bytes) {
    const { app } = this;
    return bytes < 1e6 ? `${app.formatNumber(bytes / 1e3)} KB` : `${app.formatNumber(bytes / 1e6, 1)} MB`;
  }

  destroy() {
    this.making?.abort();
  }
}

/**
 * Return the key of the note about the video, or "" if there is nothing to say.
 *
 * @param {VideoMethod | null} method
 */
function noteKey(method) {
  if (!method) return "journey.no_video";
  if (method.name === "record") return "journey.real_time";
  return method.extension === "webm" ? "journey.webm" : "";
}

/**
 * @param {HTMLElement} bar
 * @param {string} name
 */
function createTrack(bar, name) {
  const track = element("div", { className: "track" }, bar);
  track.setAttribute("role", "progressbar");
  track.setAttribute("aria-label", name);
  track.setAttribute("aria-valuemin", "0");
  track.setAttribute("aria-valuemax", "100");
  return track;
}

// The makers are fetched when they are used.

/** @param {FileRequest} request */
async function saveGif(request) {
  const { makeGif } = await importModule(import("./gif.mjs"));
  return makeGif(request);
}

/** @param {FileRequest} request */
async function saveStrip(request) {
  const { makeStrip } = await importModule(import("./picture_strip.mjs"));
  return makeStrip(request);
}
