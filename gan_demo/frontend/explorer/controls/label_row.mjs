// One of many label fields on a line: yes and no as a slider with a switch, others as a list, a second one to mix in on demand.

import { button } from "../../shared/dom.mjs";
import { blend, heaviestTwo, oneHot } from "../latent.mjs";

export class LabelRow {
  constructor(app, host, field, told) {
    Object.assign(this, { app, field, told, weights: null, second: null });
    this.count = field.values.length;
    this.yesNo = field.values.join() === "no,yes";
    this.root = Object.assign(document.createElement("div"), { className: "field" });
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", app.fieldName(field.name));
    if (this.yesNo) this.buildSwitch();
    else this.buildList();
    host.append(this.root);
  }

  percent(share) {
    return this.app.t("percent", { n: Math.round(100 * share) });
  }

  // Beside a slider, which says the same itself.
  value() {
    const made = Object.assign(document.createElement("span"), { className: "value" });
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  range(name, act) {
    const made = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, step: 1 });
    made.setAttribute("aria-label", name);
    made.addEventListener("input", () => act(Number(made.value) / 100));
    made.addEventListener("change", () => this.app.settle());
    return made;
  }

  // ---- no, yes

  buildSwitch() {
    const name = this.app.fieldName(this.field.name);
    this.chip = button("", name);
    this.chip.addEventListener("click", () => this.told(oneHot(2, Number(this.weights[1] <= 0.5))));
    this.slider = this.range(name, (share) => this.told(blend(2, 0, 1, share), true));
    this.output = this.value();
    this.root.append(this.chip, this.slider, this.output);
  }

  setSwitch(share) {
    this.chip.setAttribute("aria-pressed", String(share > 0.5));
    show(this.slider, share, this.percent(share));
    this.output.textContent = this.percent(share);
  }

  // ---- a value of several

  buildList() {
    const name = this.app.fieldName(this.field.name);
    this.root.classList.add("list");
    this.title = Object.assign(document.createElement("span"), { className: "name", textContent: name });
    this.first = this.list(name, () => this.choose());
    this.mix = button("mix", "", this.app.t("mix.mix"), "mix");
    this.mix.title = this.app.t("mix.help");
    this.mix.addEventListener("click", () => this.toggle());
    this.more = Object.assign(document.createElement("span"), { className: "more" });
    this.slider = this.range(this.app.t("mix.share"), (share) => this.blend(share, true));
    this.output = this.value();
    this.other = this.list(this.app.t("mix.with"), () => this.choose());
    this.more.append(this.slider, this.output, this.other);
    this.root.append(this.title, this.first, this.mix, this.more);
  }

  list(name, act) {
    const made = document.createElement("select");
    made.setAttribute("aria-label", name);
    this.field.values.forEach((value, n) => made.append(new Option(this.app.valueName(this.field.name, value), n)));
    made.addEventListener("change", act);
    return made;
  }

  choose() {
    if (this.second === null) return this.told(oneHot(this.count, Number(this.first.value)));
    this.blend(Number(this.slider.value) / 100, false);
  }

  blend(share, drag) {
    this.told(blend(this.count, Number(this.first.value), Number(this.other.value), share), drag);
  }

  toggle() {
    const on = this.second === null;
    const first = Number(this.first.value);
    this.second = on ? (first + 1) % this.count : null;
    if (on) this.told(blend(this.count, first, this.second, 0.5));
    else this.told(oneHot(this.count, first));
    this.setList();
  }

  // What the lists say already stays as it is: a share beyond one half does not change places.
  setList() {
    const says =
      this.second === null
        ? oneHot(this.count, Number(this.first.value))
        : blend(this.count, Number(this.first.value), Number(this.other.value), Number(this.slider.value) / 100);
    const agrees = says.every((w, n) => Math.abs(w - this.weights[n]) < 0.006);
    const [first, second, share] = heaviestTwo(this.weights);
    if (!agrees) {
      this.first.value = first;
      this.second = share > 0 ? second : null;
    }
    if (this.second !== null && !agrees) {
      this.other.value = this.second;
      this.slider.value = Math.round(100 * share);
    }
    const shown = Number(this.slider.value) / 100;
    show(this.slider, shown, this.percent(shown));
    this.output.textContent = this.percent(shown);
    this.more.hidden = this.second === null;
    this.mix.setAttribute("aria-pressed", String(this.second !== null));
  }

  set(told) {
    this.weights = [...told];
    if (this.yesNo) this.setSwitch(told[1]);
    else this.setList();
  }
}

function show(slider, share, words) {
  if (Math.abs(slider.value / 100 - share) > 0.005) slider.value = Math.round(100 * share);
  slider.setAttribute("aria-valuetext", words);
  slider.style.setProperty("--share", share);
}
