// What there is to say about one sample, below the film: what D makes of it, the training image nearest to it, and how it
// came to look as it does. Asked from GET api/runs/{run}/explain/{step}/{index}; texts come in data.texts ("explain_…").

const PART = { verdict: "explain_verdict", nearest: "explain_nearest", history: "explain_history" };

export class Explanation {
  constructor(root, onClose) {
    Object.assign(this, { root, onClose, panel: null, asking: null, asked: "" });
  }

  get isOpen() {
    return Boolean(this.panel);
  }

  async open(run, step, index, data) {
    const asked = `${run} ${step} ${index} ${data.language}`;
    if (this.isOpen && asked === this.asked) return;
    this.asked = asked;
    this.asking?.abort();
    this.asking = new AbortController();
    this.panel ??= this.build();
    const view = new View(this.panel, data, step, index);
    view.waiting();
    const address = new URL(`api/runs/${encodeURIComponent(run)}/explain/${step}/${index}`, document.baseURI).href;
    try {
      const answer = await fetch(address, { signal: this.asking.signal });
      const found = await answer.json();
      if (this.asked !== asked) return;
      if (answer.ok) view.show(found);
      else view.fail(data.texts[answer.status === 404 ? "explain_gone" : "explain_failed"]);
    } catch (error) {
      if (error.name !== "AbortError" && this.asked === asked) view.fail(data.texts.explain_failed);
    }
  }

  close() {
    this.asking?.abort();
    this.asked = "";
    this.panel?.remove();
    this.panel = null;
  }

  build() {
    const panel = document.createElement("section");
    panel.className = "explain";
    panel.setAttribute("aria-live", "polite");
    panel.innerHTML = `<header><h4></h4><button class="close" type="button">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="currentColor"><path
      d="m4 3 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z"/></svg></button></header>
      <p class="problem" hidden></p>
      <div class="parts"><figure class="sample"><span class="thumb"></span><figcaption></figcaption></figure>
      ${Object.keys(PART)
        .map((name) => `<article class="${name}"><h5></h5><div></div></article>`)
        .join("")}</div>`;
    panel.querySelector(".close").addEventListener("click", () => this.onClose());
    this.root.append(panel);
    return panel;
  }
}

class View {
  constructor(panel, data, step, index) {
    Object.assign(this, { panel, texts: data.texts, language: data.language, pixelated: data.pixelated });
    const place = data.texts.sample.replace("{row}", 1 + Math.floor(index / data.sheet.columns));
    const title = place.replace("{column}", 1 + (index % data.sheet.columns));
    this.find("h4").textContent = `${title} · ${data.texts.step.replace("{step}", this.number(step))}`;
    const close = this.find(".close");
    close.title = data.texts.explain_close;
    close.setAttribute("aria-label", data.texts.explain_close);
    for (const [name, key] of Object.entries(PART)) this.find(`.${name} h5`).textContent = data.texts[key];
  }

  find(selector) {
    return this.panel.querySelector(selector);
  }

  waiting() {
    this.panel.classList.add("waiting");
    this.panel.setAttribute("aria-busy", "true");
    this.find(".problem").hidden = true;
    this.find(".parts").hidden = false;
  }

  settle() {
    this.panel.classList.remove("waiting");
    this.panel.removeAttribute("aria-busy");
  }

  fail(words) {
    this.settle();
    this.find(".parts").hidden = true;
    this.find(".problem").hidden = false;
    this.find(".problem").textContent = words;
  }

  show(found) {
    this.settle();
    this.find(".sample .thumb").replaceChildren(this.image(found.sample));
    this.find(".sample figcaption").textContent = this.label(found.label);
    this.find(".verdict div").replaceChildren(...this.verdict(found));
    this.find(".nearest div").replaceChildren(...this.nearest(found));
    this.find(".history div").replaceChildren(...this.history(found));
    this.find(".strip").scrollLeft = 10_000; // where it is too narrow for all, the newest are in sight
  }

  verdict({ verdict, why_no_verdict: why }) {
    if (!verdict) return [text("p", this.texts[`explain_${why}`])];
    const scale = document.createElement("div");
    scale.className = "scale";
    scale.setAttribute("aria-hidden", "true"); // the sentences say the same
    for (const [name, share] of [
      ["real", verdict.real],
      ["fakes", verdict.fakes],
      ["this", verdict.share],
    ]) {
      const mark = document.createElement("i");
      mark.className = name;
      mark.style.left = `${100 * share}%`;
      scale.append(mark);
    }
    const ends = document.createElement("div");
    ends.className = "ends";
    ends.append(text("span", this.texts.explain_made), text("span", this.texts.explain_real));
    const key = document.createElement("p");
    key.className = "key";
    for (const [name, share] of [
      ["this", verdict.share],
      ["fakes", verdict.fakes],
      ["real", verdict.real],
    ]) {
      const item = text("span", `${this.texts[`explain_key_${name}`]} `);
      item.className = name;
      item.append(text("b", this.percent(share)));
      key.append(item);
    }
    const said = this.texts.explain_rank.replace("{rank}", verdict.rank).replace("{count}", verdict.count);
    const parts = [ends, scale, key, text("p", said)];
    if (verdict.relative) parts.push(note(this.texts.explain_relative));
    if (verdict.step !== verdict.of) {
      parts.push(note(this.texts.explain_older.replace("{step}", this.number(verdict.step))));
    }
    return parts;
  }

  nearest({ sample, nearest, why_no_nearest: why }) {
    if (!nearest) return [text("p", this.texts[`explain_${why}`])];
    const pair = document.createElement("div");
    pair.className = "pair";
    pair.append(
      this.figure(sample, this.texts.explain_this),
      this.figure(nearest.image, this.label(nearest.label) || this.texts.explain_training),
    );
    const said = this.texts.explain_distance
      .replace("{count}", this.number(nearest.among))
      .replace("{distance}", this.percent(nearest.distance));
    return [
      pair,
      text(
        "p",
        `${said} ${this.texts[nearest.copied ? "explain_copied" : "explain_own"].replace(
          "{usual}",
          this.percent(nearest.usual),
        )}`,
      ),
    ];
  }

  history({ history }) {
    const strip = document.createElement("div");
    strip.className = "strip";
    for (const one of history) {
      const moved = one.moved === null ? "" : `Δ ${this.percent(one.moved)}`;
      const item = this.figure(one.image, this.number(one.step));
      const change = text("small", moved);
      if (moved) change.title = this.texts.explain_moved;
      item.append(change);
      strip.append(item);
    }
    return history.length > 1 ? [strip, note(this.texts.explain_strip)] : [strip, note(this.texts.explain_first)];
  }

  // "3", or of several label fields those worth saying.
  label(fields) {
    const words = fields.map(
      ([field, value]) => this.texts.labels?.[field]?.[value] ?? (fields.length === 1 ? value : ""),
    );
    return words.filter(Boolean).join(" · ");
  }

  figure(source, words) {
    const one = document.createElement("figure");
    one.append(this.image(source), text("figcaption", words));
    return one;
  }

  image(source) {
    const one = new Image();
    one.src = source;
    one.alt = "";
    one.classList.toggle("pixelated", Boolean(this.pixelated));
    return one;
  }

  percent(share) {
    return new Intl.NumberFormat(this.language, { style: "percent", maximumSignificantDigits: 2 }).format(share);
  }

  number(n) {
    return new Intl.NumberFormat(this.language).format(n);
  }
}

function text(tag, words) {
  const one = document.createElement(tag);
  one.textContent = words;
  return one;
}

function note(words) {
  const one = text("p", words);
  one.className = "note";
  return one;
}
