// Files of a journey: which to make, how far it is, and a way to stop it. One at a time.
import { button } from "../../shared/dom.mjs";

export class Takeaway {
  constructor(app, host, journey) {
    Object.assign(this, { app, journey, ending: null });
    host.innerHTML = `<h4></h4><div class="row files"></div><p class="note" hidden></p>
      <div class="making" hidden><span></span><div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div></div>
      <p class="failed" role="alert" hidden></p>`;
    const find = (name) => host.querySelector(name);
    find("h4").textContent = app.t("journey.take");
    Object.assign(this, {
      row: find(".row"),
      making: find(".making"),
      words: find(".making span"),
      track: find(".track"),
      bar: find("i"),
      wrong: find(".failed"),
      note: find(".note"),
    });
    this.cancel = button("close", app.t("journey.cancel"));
    this.cancel.addEventListener("click", () => this.ending?.abort());
    this.making.append(this.cancel);
    this.offer("gif", "GIF", (film, made) => film.gif(made));
    this.film = this.offer("film", "MP4", (film, made) => film.video(made, this.way));
    this.offer("strip", app.t("journey.strip_png"), (film, made) => film.strip(made));
    this.ready = this.ask();
  }

  // What this browser can do decides which video is offered; the note says what it cannot do.
  async ask() {
    this.film.hidden = true;
    const film = await import("./encode.mjs");
    this.way = await film.way(this.app).catch(() => "");
    this.film.hidden = !this.way;
    this.film.dataset.way = this.way;
    if (this.way === "record-webm") this.film.querySelector("span").textContent = "WebM";
    this.note.hidden = this.way === "encode";
    this.note.textContent = this.app.t(this.way ? "journey.real_time" : "journey.no_video");
  }

  offer(name, text, make) {
    const one = button("save", text);
    one.dataset.file = name;
    one.addEventListener("click", () => this.make(make));
    this.row.append(one);
    return one;
  }

  async make(make) {
    if (this.ending) return;
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.wrong.hidden = true;
    this.busy(true);
    this.at(0);
    try {
      const film = await import("./encode.mjs");
      const { blob, kind } = await make(film, {
        app: this.app,
        journey: this.journey(),
        signal,
        at: (share) => this.at(share),
      });
      signal.throwIfAborted();
      this.app.saveFile(blob, `${this.app.data.stem}-journey.${kind}`);
      this.app.announce(this.app.t("journey.made", { size: this.size(blob.size) }));
    } catch (error) {
      if (!signal.aborted && !this.app.destroyed) this.failed(error);
    } finally {
      this.ending = null;
      this.busy(false);
    }
  }

  failed(error) {
    console.warn("journey:", error);
    this.wrong.textContent = this.app.t("journey.failed", { reason: this.app.errorText(error) });
    this.wrong.hidden = false;
  }

  busy(on) {
    this.making.hidden = !on;
    for (const one of this.row.children) one.disabled = on;
    if (on) this.cancel.focus();
    else if (this.row.getRootNode().activeElement === this.cancel) this.row.firstElementChild.focus();
  }

  at(share) {
    const percent = Math.round(100 * share);
    this.words.textContent = this.app.t("journey.making", { percent });
    this.track.setAttribute("aria-valuenow", percent);
    this.bar.style.width = `${percent}%`;
  }

  size(bytes) {
    return bytes < 1e6 ? `${this.app.formatNumber(bytes / 1e3)} KB` : `${this.app.formatNumber(bytes / 1e6, 1)} MB`;
  }

  destroy() {
    this.ending?.abort();
  }
}
