// @ts-check
/**
 * The menu of files: the picture as PNG, the state as JSON, and a state opened from a file.
 * @import { App } from "../types.js"
 */
import { button, element, find } from "../../shared/dom.mjs";
import { LatentFileError, MAX_FILE_BYTES, stateFromJson, stateToJson } from "../latent_file.mjs";

const PNG_SIDE = 448; // pixels of a saved picture, about

/**
 * Create the menu.
 * @param {App} app
 */
export function fileMenu(app) {
  const menu = element("details", { className: "menu" });
  menu.innerHTML = `<summary></summary><div class="items"></div>
    <input type="file" accept=".json,application/json" hidden>`;
  const [summary, items, input] = [find(menu, "summary"), find(menu, ".items"), find(menu, "input")];
  summary.innerHTML = button("save", app.t("act.files")).innerHTML;
  summary.title = app.t("act.files"); // on a phone it is an icon
  /** @type {(key: string, act: () => void) => void} */
  const offer = (key, act) => {
    const item = button("", app.t(`act.${key}`));
    item.addEventListener("click", () => {
      menu.open = false;
      act();
    });
    items.append(item);
  };
  offer("png", () => savePicture(app));
  offer("json", () => saveState(app));
  offer("open", () => input.click());
  input.addEventListener("change", () => openChosen(app, input));
  menu.addEventListener("toggle", () => keepInWindow(items));
  closeWhenLeft(menu, summary);
  return menu;
}

/**
 * Open the list to the side and in the direction in which the window has room for it.
 * @param {HTMLElement} items
 */
function keepInWindow(items) {
  items.classList.remove("upwards", "rightwards");
  const { left, bottom } = items.getBoundingClientRect();
  items.classList.toggle("rightwards", left < 0);
  items.classList.toggle("upwards", bottom > innerHeight);
}

/**
 * @param {HTMLDetailsElement} menu
 * @param {HTMLElement} summary
 */
function closeWhenLeft(menu, summary) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
  });
}

/**
 * Save the picture as large as a document would show it, pixels sharp.
 * @param {App} app
 */
function savePicture(app) {
  const { canvas } = app.stage;
  const factor = Math.max(1, Math.round(PNG_SIDE / canvas.width));
  const large = element("canvas", { width: canvas.width * factor, height: canvas.height * factor });
  const context = /** @type {CanvasRenderingContext2D} */ (large.getContext("2d"));
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  large.toBlob((blob) => blob && app.saveFile(blob, `${app.data.stem}.png`), "image/png");
}

/** @param {App} app */
function saveState(app) {
  const text = stateToJson(app.state, app.space, app.data.id);
  app.saveFile(new Blob([text], { type: "application/json" }), `${app.data.stem}.json`);
}

/**
 * @param {App} app
 * @param {HTMLInputElement} input
 */
async function openChosen(app, input) {
  const file = input.files?.[0];
  input.value = "";
  if (!file) return;
  try {
    if (file.size > MAX_FILE_BYTES) throw new LatentFileError("file.no_json");
    app.go(stateFromJson(await file.text(), app.space));
    app.showNotice("");
  } catch (error) {
    if (!(error instanceof LatentFileError)) throw error;
    app.showNotice(app.t(error.message, error.values));
  }
}
