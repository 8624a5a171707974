// The presenter view: the board fills the screen in large type, the page around it is hidden. The address says so
// (?view=presenter), so that it can be opened in a window of its own and survives a reload.
import { element } from "../shared/dom.mjs";

// Outside the board's shadow: rem is the page's, and what is not the board takes no part. Shown again by class.css.
const PAGE = `html[data-presenter] { font-size: clamp(16px, 1.62vw, 34px); }
html[data-presenter] body { visibility: hidden; overflow: hidden; }`;

export class Presenter {
  constructor(root, onChange) {
    Object.assign(this, { root, onChange, on: false, texts: null, asked: params().get("view") === "presenter" });
    this.bar = element("div", { className: "presenter-bar", hidden: true });
    this.title = element("h2");
    this.full = element("button", { type: "button", className: "full" });
    this.out = element("button", { type: "button", className: "out" });
    this.bar.append(this.title, this.full, this.out);
    root.prepend(this.bar);
    this.full.addEventListener("click", () => fullscreen());
    this.out.addEventListener("click", () => this.leave());
    this.escape = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.leave();
    };
    this.turned = () => this.label();
  }

  // How much larger than usual things are.
  get scale() {
    return this.on ? Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 : 1;
  }

  // Pixels that a picture of that width to height may be wide, so that its scrubber is still on the screen.
  room(ratio) {
    return Math.floor(0.66 * innerHeight * ratio);
  }

  get board() {
    return this.root.closest(".live-board");
  }

  update(data) {
    this.texts = data.texts;
    this.name = data.title ?? "";
    if (this.asked) {
      this.asked = false;
      this.enter();
    }
    if (this.on) this.label();
  }

  enter() {
    if (this.on || !this.board) return;
    this.on = true;
    page();
    document.documentElement.dataset.presenter = "";
    this.board.classList.add("presenter");
    this.bar.hidden = false;
    document.addEventListener("keydown", this.escape);
    document.addEventListener("fullscreenchange", this.turned);
    address("presenter");
    this.label();
    this.tell();
  }

  leave() {
    if (!this.on) return;
    this.on = false;
    delete document.documentElement.dataset.presenter;
    this.board?.classList.remove("presenter");
    this.bar.hidden = true;
    document.removeEventListener("keydown", this.escape);
    document.removeEventListener("fullscreenchange", this.turned);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    address(null);
    this.tell();
  }

  // The board measures itself again, as after a change of the window's size.
  tell() {
    this.onChange();
    requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
  }

  label() {
    this.title.textContent = this.name;
    this.full.textContent = document.fullscreenElement ? this.texts.window : this.texts.fullscreen;
    this.full.hidden = !document.fullscreenEnabled;
    this.out.textContent = this.texts.present_leave;
    this.out.title = this.texts.present_escape;
  }
}

function page() {
  if (document.getElementById("gan-demo-presenter")) return;
  document.head.append(element("style", { id: "gan-demo-presenter", textContent: PAGE }));
}

function fullscreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // refused, as in some frames: the board fills the window all the same
}

function params() {
  return new URLSearchParams(location.search);
}

function address(view) {
  const url = new URL(location.href);
  if (view) url.searchParams.set("view", view);
  else url.searchParams.delete("view");
  history.replaceState(history.state, "", url);
}
