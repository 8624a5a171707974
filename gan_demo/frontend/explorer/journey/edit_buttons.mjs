// @ts-check
// Buttons that change the journey: what is done with the selected keyframe, and how legs lead from one to the next.

import { button, element } from "../../shared/dom.mjs";

/** @import { IconName } from "../../shared/icons.mjs" */
/** @import { App } from "../types" */
/** @import { JourneyEditor } from "./journey_editor.mjs" */

export class KeyframeButtons {
  /**
   * @param {App} app
   * @param {JourneyEditor} editor
   */
  constructor(app, editor) {
    this.app = app;
    this.editor = editor;
    this.label = element("span");
    this.undo = this.createButton("undo", "back", () => this.undoChange());
    this.left = this.createButton("left", "left", () => editor.move(editor.selected, editor.selected - 1));
    this.right = this.createButton("right", "right", () => editor.move(editor.selected, editor.selected + 1));
    this.replace = this.createButton("pin", "replace", () => editor.replaceSelected(app.state));
    this.duplicate = this.createButton("copy", "copy", () => editor.duplicateSelected());
    this.remove = this.createButton("bin", "remove", () => editor.remove(editor.selected));
    const pair = element("span", { className: "pair" }, this.left, this.right);
    const parts = [this.label, this.undo, pair, this.replace, this.duplicate, this.remove];
    this.root = element("div", { className: "row edit" }, ...parts);
  }

  /**
   * @param {IconName} icon
   * @param {string} key
   * @param {() => void} act
   */
  createButton(icon, key, act) {
    const created = button(icon, "", this.app.t(`journey.${key}`));
    created.addEventListener("click", act);
    return created;
  }

  undoChange() {
    this.editor.undo();
    if (!this.editor.canUndo) this.replace.focus(); // a disabled button would lose the focus to the page
  }

  update() {
    const { editor } = this;
    const { selected } = editor;
    const count = editor.journey.keys.length;
    this.label.textContent = this.app.t("journey.key", { n: selected + 1, count });
    this.undo.disabled = !editor.canUndo;
    this.left.disabled = selected === 0;
    this.right.disabled = selected >= count - 1;
    this.remove.disabled = count < 2;
    this.duplicate.disabled = editor.isFull;
  }
}

export class LegButtons {
  /**
   * @param {App} app
   * @param {JourneyEditor} editor
   */
  constructor(app, editor) {
    this.editor = editor;
    this.arc = button("arc", app.t("journey.arc"));
    this.line = button("line", app.t("journey.line"));
    this.loop = button("loop", app.t("journey.loop"));
    this.arc.title = app.t("journey.arc_help");
    this.line.title = app.t("journey.line_help");
    this.arc.addEventListener("click", () => editor.setOptions({ spherical: true }));
    this.line.addEventListener("click", () => editor.setOptions({ spherical: false }));
    this.loop.addEventListener("click", () => editor.setOptions({ loop: !editor.journey.loop }));
    const pair = element("span", { className: "pair" }, this.arc, this.line);
    pair.setAttribute("role", "group");
    pair.setAttribute("aria-label", app.t("journey.way"));
    this.root = element("div", { className: "row ways" }, pair, this.loop);
  }

  update() {
    const { spherical, loop } = this.editor.journey;
    this.arc.setAttribute("aria-pressed", String(spherical));
    this.line.setAttribute("aria-pressed", String(!spherical));
    this.loop.setAttribute("aria-pressed", String(loop));
  }
}
