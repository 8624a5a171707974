// Hold it: a slider for every direction that means something, truncation, and each number of z behind a toggle.

import { button } from "../../shared/dom.mjs";
import { Slider } from "../controls/slider.mjs";
import { ZSliders } from "../controls/z_sliders.mjs";
import { coordinate, latentState, withCoordinate } from "../latent.mjs";

const REACH = 3.5; // standard deviations a slider goes either way
const FEW = 6; // learned directions: with fewer, the others are on show too
const OTHERS = ["change", "ganspace", "sefa"];

export const tool = {
  name: "hold",
  css: true,

  build(host, app) {
    const place = host.appendChild(Object.assign(document.createElement("div"), { className: "found" }));
    let parts = directions(place, app);
    const others = [new Truncation(host, app), new ZSliders(host, app, REACH)];
    return {
      directionsArrived() {
        place.replaceChildren();
        parts = directions(place, app);
      },
      changed() {
        for (const one of [...parts, ...others]) one.changed();
      },
    };
  },
};

function directions(host, app) {
  if (app.space.pending || app.space.failed) return waiting(host, app);
  const learned = family(app, "learned");
  const parts = [];
  if (app.space.directions.length > 1) parts.push(new Axes(host, app));
  if (learned.length)
    parts.push(new Sliders(section(host, app.t("family.learned"), app.t("family.learned_help")), app, learned));
  parts.push(new Families(host, app, learned.length));
  return parts;
}

function waiting(host, app) {
  const said = host.appendChild(document.createElement("p"));
  said.className = app.space.failed ? "help" : "help measuring";
  said.setAttribute("role", "status");
  said.textContent = app.t(app.space.failed ? "hold.not_measured" : "hold.measuring");
  return [];
}

function family(app, name) {
  return app.space.directions.filter((one) => one.family === name);
}

function section(host, title, help) {
  const made = document.createElement("section");
  made.innerHTML = `<h4></h4><p class="help"></p>`;
  made.firstChild.textContent = title;
  made.lastChild.textContent = help;
  host.append(made);
  return made;
}

class Sliders {
  constructor(host, app, directions) {
    Object.assign(this, { app, directions });
    this.sliders = directions.map(
      (one) =>
        new Slider(app, {
          name: app.directionName(one),
          help: app.effectText(one),
          low: -REACH,
          high: REACH,
          drag: (value) => app.go(withCoordinate(app.state, one.u, value), { drag: true }),
        }),
    );
    this.root = Object.assign(document.createElement("div"), { className: "sliders" });
    this.root.append(...this.sliders.map((one) => one.root));
    host.append(this.root);
  }

  changed() {
    this.sliders.forEach((slider, k) => slider.set(coordinate(this.app.state, this.directions[k].u)));
  }
}

// The families that were found without knowing what they mean: one on show at a time.
class Families {
  constructor(host, app, learned) {
    Object.assign(this, { app, shown: null });
    this.names = OTHERS.filter((name) => family(app, name).length);
    if (!this.names.length) return;
    this.box = document.createElement("details");
    this.box.className = "fold";
    this.box.open = learned < FEW || Boolean(app.params.get("hold", "family"));
    this.box.innerHTML = `<summary></summary><div class="pair"></div><p class="help"></p><div class="place"></div>`;
    [this.summary, this.bar, this.help, this.place] = this.box.children;
    this.summary.textContent = app.t(learned ? "hold.more" : "hold.directions");
    this.buttons = this.names.map((name) => {
      const made = button("", app.t(`family.${name}`));
      made.addEventListener("click", () => this.open(name, true));
      return made;
    });
    this.bar.append(...this.buttons);
    this.bar.hidden = this.names.length < 2;
    host.append(this.box);
    const kept = app.params.get("hold", "family");
    this.open(this.names.includes(kept) ? kept : this.names[0], false);
    this.box.addEventListener("toggle", () => this.changed());
  }

  open(name, chosen) {
    if (chosen) this.app.params.set("hold", name, "family");
    this.buttons.forEach((one, k) => one.setAttribute("aria-pressed", String(this.names[k] === name)));
    this.help.textContent = this.app.t(`family.${name}_help`);
    this.place.replaceChildren();
    this.shown = new Sliders(this.place, this.app, family(this.app, name));
    this.changed();
  }

  changed() {
    if (this.box?.open) this.shown.changed();
  }
}

// Which two directions a drag on the picture moves along.
class Axes {
  constructor(host, app) {
    this.app = app;
    this.root = Object.assign(document.createElement("p"), { className: "axes" });
    this.root.innerHTML = "<span></span>";
    this.root.firstChild.textContent = app.t("hold.axes");
    this.lists = ["across", "up"].map((name, k) => this.list(name, k));
    host.append(this.root);
    this.apply();
  }

  list(name, k) {
    const { app } = this;
    const label = document.createElement("label");
    const list = document.createElement("select");
    label.append(`${app.t(`hold.${name}`)} `, list);
    list.setAttribute("aria-label", app.t(`hold.${name}`));
    for (const one of [...family(app, "learned"), ...OTHERS.flatMap((name) => family(app, name))])
      list.append(new Option(app.directionName(one, true), one.key));
    const kept = app.params.get("hold", name);
    const known = app.space.directions.find((one) => one.key === kept) ?? app.stage.plane.axes[k];
    list.value = known.key;
    list.addEventListener("change", () => {
      app.params.set("hold", list.value, name);
      this.apply();
    });
    this.root.append(label);
    return list;
  }

  apply() {
    const find = (key) => this.app.space.directions.find((one) => one.key === key);
    this.app.stage.plane.set(...this.lists.map((list) => find(list.value)));
  }

  changed() {}
}

class Truncation {
  constructor(host, app) {
    this.app = app;
    this.slider = new Slider(app, {
      name: app.t("hold.psi"),
      help: app.t("hold.psi_help"),
      low: 0,
      high: 1.5,
      home: 1,
      drag: (value) => app.go(latentState(app.state.z, app.state.y, value), { drag: true }),
    });
    host.append(this.slider.root);
  }

  changed() {
    this.slider.set(this.app.state.psi);
  }
}
