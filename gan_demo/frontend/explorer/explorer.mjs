// @ts-check
/**
 * The explorer: latent space in the viewer's own browser. A stage, what steers it, and tools in tabs. The data that it
 * is given, what a tool is and what the app offers to tools: see types.d.ts.
 *
 * This file asks for all modules at once, so that none waits for another that names it. It has no static import, and no
 * syntax that browsers of before 2021 lack: where the other modules do not load, it says so.
 * @import { ComponentModule } from "../shared/types.js"
 * @import { ExplorerView } from "./explorer_view.mjs"
 * @import { ExplorerData } from "./types.js"
 */

/** Every module that the first picture needs, the first tool included; a test compares them with the imports. */
export const MODULES = [
  "explorer_view",
  "app",
  "controls/back_button",
  "controls/direction_names",
  "controls/file_menu",
  "controls/label_blend",
  "controls/label_row",
  "controls/labels",
  "controls/share_bar",
  "controls/slider",
  "controls/toolbar",
  "controls/undo_keys",
  "controls/z_sliders",
  "engine/engine",
  "engine/feeds",
  "engine/sampling",
  "engine/spare_engine",
  "engine/styles",
  "history",
  "latent",
  "latent_file",
  "layout",
  "loading_bar",
  "rng",
  "stage/drag_plane",
  "stage/neighbours",
  "stage/point_cloud",
  "stage/stage",
  "stage/stage_size",
  "tabs",
  "texts",
  "tiles",
  "time/checkpoints",
  "tool_list",
  "tools/sliders",
  "url_state",
  "../shared/browser_support",
  "../shared/clipboard",
  "../shared/dom",
  "../shared/format",
  "../shared/hash_event",
  "../shared/http",
  "../shared/icons",
  "../shared/packed_files",
  "../shared/stylesheet",
];

/** @type {Promise<typeof import("./explorer_view.mjs")>} */
const loading = import("./explorer_view.mjs");
for (const name of MODULES) import(new URL(`${name}.mjs`, import.meta.url).href).catch(() => {}); // `loading` says so

/** @type {WeakMap<HTMLElement | ShadowRoot, ExplorerView>} */
const views = new WeakMap();

/** @type {ComponentModule<ExplorerData>["draw"]} */
export function draw({ data, parentElement, setTriggerValue }) {
  loading.then(
    ({ ExplorerView }) => {
      const view = views.get(parentElement) || new ExplorerView(parentElement);
      views.set(parentElement, view);
      view.trigger = setTriggerValue;
      view.draw(data);
    },
    (error) => fail(data, parentElement, setTriggerValue, error),
  );
}

/** @type {ComponentModule<ExplorerData>["clear"]} */
export function clear(parentElement) {
  loading.then(
    () => {
      const view = views.get(parentElement);
      if (view) view.destroy();
      views.delete(parentElement);
    },
    () => {}, // there is no view
  );
}

/**
 * Say that the modules did not load: the browser is too old for their syntax, or a file is missing.
 * @param {ExplorerData} data
 * @param {HTMLElement | ShadowRoot} parent
 * @param {(name: string, value: unknown) => void} trigger
 * @param {unknown} error
 */
function fail({ texts, site }, parent, trigger, error) {
  console.warn("explorer:", error);
  const isTooOld = error instanceof SyntaxError;
  if (!site) return trigger("failed", isTooOld ? "old" : String(error));
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = isTooOld
    ? `${texts["unsupported.old"]} ${texts["unsupported.site"]}`
    : texts.failed.replace("{reason}", texts["trouble.offline"]);
  parent.append(line);
}
