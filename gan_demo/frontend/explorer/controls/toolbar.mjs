// @ts-check
/**
 * What is done with the picture as a whole: a random one, undo and redo, one or sixteen, the link, files.
 * @import { App } from "../app.mjs"
 */
import { copyText } from "../../shared/clipboard.mjs";
import { button, element } from "../../shared/dom.mjs";
import { fileMenu } from "./file_menu.mjs";

export class Toolbar {
  #app;
  #host;
  #undo;
  #redo;
  #single;
  #sixteen;

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.#app = app;
    this.#host = host;
    const random = this.#action("dice", "random", () => this.#goToRandom(), true);
    const centre = this.#action("centre", "centre", () => app.goToCentre());
    const link = this.#action("link", "link", () => this.#copyLink());
    this.#undo = this.#action("undo", "undo", () => app.undo());
    this.#redo = this.#action("redo", "redo", () => app.redo());
    this.#single = this.#action("single", "one", () => this.#setCount(1));
    this.#sixteen = this.#action("grid", "many", () => this.#setCount(16));
    host.append(random, pair(this.#undo, this.#redo), centre);
    if (!app.drawsPoints) host.append(pair(this.#single, this.#sixteen));
    if (app.data.query) host.append(link);
    host.append(fileMenu(app));
    this.changed();
    this.#showCount();
  }

  /**
   * @param {Parameters<typeof button>[0]} icon
   * @param {string} key of its text
   * @param {() => void} act
   * @param {boolean} [isPrimary] with its text beside the icon
   */
  #action(icon, key, act, isPrimary = false) {
    const text = this.#app.t(`act.${key}`);
    const action = button(icon, isPrimary ? text : "", text, isPrimary ? "primary" : "");
    action.addEventListener("click", act);
    return action;
  }

  #goToRandom() {
    this.#app.stage.seed++; // other neighbours too
    this.#app.goToRandom();
  }

  /** @param {1 | 16} count */
  #setCount(count) {
    this.#app.params.set("stage", count === 1 ? "" : String(count), "count");
    this.#app.stage.setCount(count);
    this.#app.neighbours?.show(count > 1);
    this.#showCount();
  }

  #showCount() {
    const { count } = this.#app.stage;
    this.#single.setAttribute("aria-pressed", String(count === 1));
    this.#sixteen.setAttribute("aria-pressed", String(count > 1));
  }

  async #copyLink() {
    const address = this.#app.link();
    this.#app.address.now();
    if (await copyText(address, this.#host)) this.#app.showNotice(this.#app.t("act.copied"), true);
    else this.#app.showNotice(address);
  }

  changed() {
    this.#undo.disabled = !this.#app.canUndo;
    this.#redo.disabled = !this.#app.canRedo;
    if (this.#app.isShown) this.#app.showNotice("");
  }
}

/** @param {...HTMLElement} buttons */
function pair(...buttons) {
  return element("span", { className: "pair" }, ...buttons);
}
