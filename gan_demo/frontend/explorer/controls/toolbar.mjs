// What is done with the picture as a whole: chance, undo and redo, one or sixteen, the link, files.
import { copyText } from "../../shared/clipboard.mjs";
import { button } from "../../shared/dom.mjs";
import * as files from "../latent_file.mjs";

export class Toolbar {
  constructor(app, host) {
    Object.assign(this, { app, host });
    const t = (key) => app.t(`act.${key}`);
    this.random = button("dice", t("random"), t("random"), "primary");
    this.undo = button("undo", "", t("undo"));
    this.redo = button("redo", "", t("redo"));
    this.centre = button("centre", "", t("centre"));
    this.one = button("one", "", t("one"));
    this.many = button("many", "", t("many"));
    this.link = button("link", "", t("link"));
    const count = group("pair", this.one, this.many);
    host.append(this.random, group("pair", this.undo, this.redo), this.centre, ...(app.drawsPoints ? [] : [count]));
    if (app.data.query) host.append(this.link);
    host.append(files.fileMenu(app));
    this.listen();
    this.changed();
    this.counted();
  }

  listen() {
    const { app } = this;
    this.random.addEventListener("click", () => this.chance());
    this.undo.addEventListener("click", () => app.undo());
    this.redo.addEventListener("click", () => app.redo());
    this.centre.addEventListener("click", () => app.goToCentre());
    this.one.addEventListener("click", () => this.count(1));
    this.many.addEventListener("click", () => this.count(16));
    this.link.addEventListener("click", () => this.copy());
  }

  chance() {
    this.app.stage.seed++;
    this.app.goToRandom();
  }

  count(count) {
    this.app.params.set("stage", count === 1 ? "" : String(count), "count");
    this.app.stage.setCount(count);
    this.app.neighbours.show(count > 1);
    this.counted();
  }

  counted() {
    const { count } = this.app.stage;
    this.one.setAttribute("aria-pressed", String(count === 1));
    this.many.setAttribute("aria-pressed", String(count > 1));
  }

  async copy() {
    const address = this.app.link();
    this.app.address.now();
    if (await copyText(address, this.host)) this.app.showNotice(this.app.t("act.copied"), true);
    else this.app.showNotice(address);
  }

  changed() {
    this.undo.disabled = !this.app.canUndo;
    this.redo.disabled = !this.app.canRedo;
    if (this.app.root?.dataset.ready) this.app.showNotice("");
  }
}

function group(name, ...buttons) {
  const made = document.createElement("span");
  made.className = name;
  made.append(...buttons);
  return made;
}
