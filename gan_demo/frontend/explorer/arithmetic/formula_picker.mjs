// Which formula: some on offer, or any attribute added to any other.

import { button } from "../../shared/dom.mjs";
import { find, presets, write } from "./formula.mjs";
import { phrase, title } from "./phrases.mjs";

export class Choice {
  // `all`: the attributes; `own`: a <details> for one's own; chosen(formula).
  constructor(app, all, { presets: row, own }, chosen) {
    Object.assign(this, { app, all, chosen, offered: presets(all) });
    this.presets(row);
    this.own(own);
  }

  presets(host) {
    const { app, all } = this;
    host.setAttribute("aria-label", app.t("arithmetic.presets"));
    this.chips = this.offered.map((one) => {
      const chip = button("", title(app, all, one));
      chip.addEventListener("click", () => this.chosen(one));
      host.append(chip);
      return chip;
    });
    host.hidden = !this.chips.length;
  }

  own(host) {
    const { app } = this;
    host.hidden = this.all.length < 2;
    host.firstElementChild.textContent = app.t("arithmetic.own");
    const field = (key) => {
      const made = document.createElement("label");
      made.innerHTML = "<span></span><select></select>";
      made.firstChild.textContent = app.t(key);
      made.lastChild.setAttribute("aria-label", app.t(key));
      host.lastElementChild.append(made);
      made.lastChild.addEventListener("change", () => this.compose());
      return made.lastChild;
    };
    this.selects = ["arithmetic.add", "arithmetic.to", "arithmetic.instead"].map(field);
  }

  // Shows which one it is.
  set(formula) {
    const text = write(formula, this.all);
    this.chips.forEach((one, n) => one.setAttribute("aria-pressed", String(write(this.offered[n], this.all) === text)));
    if (formula) this.options(formula);
  }

  options({ p, q }) {
    const { app, all } = this;
    const any = (some) =>
      some.flatMap((one) => one.values.map((_, k) => [`${one.name}.${k}`, phrase(app, all, one.name, k)]));
    const put = (select, options, value) => {
      select.replaceChildren(...options.map(([key, text]) => new Option(text, key)));
      select.value = value;
    };
    const traits = all.some((one) => one.trait);
    put(this.selects[0], any(traits ? all.filter((one) => one.trait) : all), `${p.name}.${p.on}`);
    put(this.selects[1], any(all.filter((one) => !one.trait && one.name !== p.name)), `${q.name}.${q.on}`);
    const others = any([find(all, q.name)]).filter(([key]) => key !== `${q.name}.${q.on}`);
    put(this.selects[2], others, `${q.name}.${q.off}`);
  }

  compose() {
    const [[p, on], [q, to], [r, instead]] = this.selects.map((one) => one.value.split("."));
    const other = (_name, k, wanted) => (wanted !== undefined && wanted !== k ? wanted : Number(k === 0));
    const [first, second] = [Number(on), Number(to)];
    const name = p === q ? this.all.find((one) => one.name !== p && !one.trait).name : q;
    const target = p === q ? 1 : second;
    this.chosen({
      p: { name: p, on: first, off: other(p, first) },
      q: { name, on: target, off: other(name, target, name === r ? Number(instead) : undefined) },
    });
  }
}
