// @ts-check
/**
 * A row of buttons that depends on the state of a training.
 * @import { IconName } from "../shared/icons.mjs"
 */
import { button, element } from "../shared/dom.mjs";

/**
 * @typedef {object} Action
 * @property {IconName | ""} icon
 * @property {string} text
 * @property {() => unknown} act
 */

/** An action on a file that is chosen first. */
export class FileAction {
  /**
   * @param {IconName} icon
   * @param {string} text
   * @param {string} accept
   * @param {(file: File) => unknown} open
   */
  constructor(icon, text, accept, open) {
    this.icon = icon;
    this.text = text;
    this.accept = accept;
    this.open = open;
  }

  async act() {
    const input = element("input", { type: "file", accept: this.accept });
    const file = await new Promise((resolve) => {
      input.onchange = () => resolve(input.files?.[0]);
      input.oncancel = () => resolve(undefined);
      input.click();
    });
    if (file) await this.open(file);
  }
}

export class ActionRow {
  root = element("div", { className: "buttons" });
  #onFailure;
  #shown = "";

  /** @param {(error: unknown) => void} onFailure */
  constructor(onFailure) {
    this.#onFailure = onFailure;
  }

  /**
   * Draw the buttons of these actions; the present ones stay if they are the same, with the focus.
   * @param {Action[]} actions
   */
  draw(actions) {
    const shown = actions.map(({ text }) => text).join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.root.matches(":focus-within");
    this.root.replaceChildren(...actions.map((action) => this.#button(action)));
    if (hadFocus) this.root.querySelector("button")?.focus();
  }

  /** @param {Action} action */
  #button(action) {
    const created = button(action.icon, action.text);
    created.onclick = async () => {
      created.disabled = true;
      try {
        await action.act();
      } catch (error) {
        this.#onFailure(error);
      }
      created.disabled = false;
    };
    return created;
  }
}
