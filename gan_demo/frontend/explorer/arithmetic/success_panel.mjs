// How often a formula works: a button, the progress, and shares with their number.
import { button } from "../../shared/dom.mjs";
import { find, kinds } from "./formula.mjs";
import { inWords, phrase } from "./phrases.mjs";
import { Scarce } from "./sample_finder.mjs";
import { measure, verdict } from "./success_rate.mjs";

const TRIPLES = 100;

export class Measuring {
  // asked() -> {formula, each, supply}: what is to be measured.
  constructor(app, host, asked) {
    Object.assign(this, { app, host, asked, stopping: null });
    host.innerHTML = `<h4></h4><p class="what"></p><div class="row"></div><div class="bars"></div><p class="verdict" role="status"></p>`;
    this.what = host.querySelector(".what");
    this.bars = host.querySelector(".bars");
    this.said = host.querySelector(".verdict");
    host.firstElementChild.textContent = app.t("arithmetic.how_often");
    this.button = button("play", app.t("arithmetic.measure", { n: TRIPLES }), undefined, "measure");
    this.button.addEventListener("click", () => (this.stopping ? this.stop() : this.start()));
    host.querySelector(".row").append(this.button);
  }

  // Another formula: what was measured is of the old one.
  clear() {
    this.stop();
    this.bars.replaceChildren();
    this.said.textContent = "";
    const { formula, each, supply } = this.asked();
    const readable = formula && supply.reader.fields.length;
    this.button.hidden = !readable;
    const { wanted } = kinds(formula);
    const trait = formula && find(supply.all, formula.p.name).trait;
    this.what.textContent = readable
      ? this.app.t(trait ? "arithmetic.what_is_measured" : "arithmetic.what_is_measured_plain", {
          wanted: inWords(this.app, supply.all, wanted),
          each,
        })
      : this.app.t(formula ? "arithmetic.no_classifier" : "arithmetic.no_formula");
  }

  stop() {
    this.stopping?.abort();
    this.stopping = null;
    this.label("play", this.app.t("arithmetic.measure", { n: TRIPLES }));
  }

  label(icon, text) {
    this.button.innerHTML = button(icon, text).innerHTML;
  }

  async start() {
    const { app } = this;
    const { formula, each, supply } = this.asked();
    const stopping = new AbortController();
    this.stopping = stopping;
    this.label("close", app.t("arithmetic.stop"));
    this.said.textContent = "";
    const progress = (found) => this.stopping === stopping && this.show(found, formula, supply);
    try {
      await measure(supply, formula, { n: TRIPLES, each, seed: app.newSeed(), signal: stopping.signal, progress });
    } catch (error) {
      if (error instanceof Scarce) this.said.textContent = app.t("arithmetic.scarce");
      else app.drawingFailed(error);
    }
    if (this.stopping === stopping) this.stop();
  }

  show({ done, n, ways, chance, seen }, { p, q }, { all }) {
    const { app } = this;
    this.host.dataset.done = done;
    const names = Object.keys(ways);
    while (this.bars.children.length < names.length + Number(chance !== undefined)) this.bars.append(row());
    const words = (one) => phrase(app, all, one.name, one.on);
    names.forEach((way, k) => {
      const { all: both, p: first, q: second } = ways[way];
      const small = app.t("arithmetic.parts", { p: words(p), first, q: words(q), second });
      fill(
        this.bars.children[k],
        app.t(names.length > 1 ? `arithmetic.way.${way}` : "arithmetic.way.only"),
        both / done,
        app.t("arithmetic.of", { k: both, n: done }),
        small,
      );
    });
    if (chance !== undefined) {
      const share = app.t("percent", { n: app.formatNumber(100 * chance, 1) });
      fill(
        this.bars.lastChild,
        app.t("arithmetic.by_chance"),
        chance,
        share,
        app.t("arithmetic.seen", { n: app.formatNumber(seen) }),
      );
    }
    this.label("close", app.t("arithmetic.stop_at", { done, n }));
    if (done === n) this.conclude(ways, done);
  }

  conclude(ways, done) {
    const { app } = this;
    const share = (way) => ways[way].all / done;
    if (ways.both)
      this.said.textContent = app.t(
        `arithmetic.verdict.${verdict({ both: share("both"), labels: share("labels"), z: share("z") })}`,
      );
    else this.said.textContent = "";
  }
}

function row() {
  const made = document.createElement("div");
  made.className = "bar";
  made.innerHTML = "<span></span><b></b><i><u></u></i><small></small>";
  return made;
}

function fill(one, name, share, number, small) {
  const [label, figure, track, note] = one.children;
  [label.textContent, figure.textContent, note.textContent] = [name, number, small];
  track.firstChild.style.width = `${100 * share}%`;
}
