// What is on its way, while there is nothing to see yet: shown only if it takes longer than a blink.
import { RUNTIME_BYTES } from "./engine/engine.mjs";

const BLINK = 300; // ms

export class LoadingBar {
  constructor(host, texts, quiet) {
    this.box = document.createElement("div");
    this.box.className = quiet ? "loading quiet" : "loading";
    this.box.setAttribute("role", "status");
    this.box.innerHTML = `<span></span><div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div>`;
    this.texts = texts;
    this.timer = setTimeout(() => host.append(this.box), BLINK);
    this.at(0);
  }

  // `share` (0 to 1) of the runtime is there; then the model is prepared.
  at(share) {
    const percent = Math.round(100 * share);
    this.box.querySelector("span").textContent = share < 1 ? this.loading(share) : this.texts.preparing;
    this.box.querySelector("i").style.width = `${percent}%`;
    this.box.querySelector(".track").setAttribute("aria-valuenow", percent);
  }

  loading(share) {
    const mega = (size) => (size / 1e6).toFixed(1);
    return this.texts.loading.replace("{n}", mega(share * RUNTIME_BYTES)).replace("{all}", mega(RUNTIME_BYTES));
  }

  close() {
    clearTimeout(this.timer);
    this.box.remove();
  }
}
