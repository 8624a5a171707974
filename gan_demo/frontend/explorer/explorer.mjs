// The explorer: latent space in the viewer's own browser. A stage, what steers it, and tools in tabs. The data that it is
// given, what a tool is and what the app offers to tools: see types.d.ts.

import { fetchOk, reason } from "../shared/http.mjs";
import { loadStylesheet } from "../shared/stylesheet.mjs";
import { Engine } from "./engine/engine.mjs";
import { LoadingBar } from "./loading_bar.mjs";

// All modules are asked for at once, beside the runtime and the model: none waits for another that names it.
const MODULES = [
  "controls/toolbar",
  "url_state",
  "controls/label_blend",
  "stage/point_cloud",
  "controls/label_row",
  "latent_file",
  "controls/labels",
  "time/checkpoints",
  "controls/direction_names",
  "stage/neighbours",
  "stage/drag_plane",
  "controls/z_sliders",
  "controls/slider",
  "latent",
  "stage/stage",
  "tabs",
  "tiles",
  "tool_list",
  "../shared/http",
  "../shared/dom",
  "tools/hold",
];
const modules = import("./app.mjs");
for (const name of MODULES) import(new URL(`${name}.mjs`, import.meta.url).href).catch(() => {}); // whoever needs it says so

const states = new WeakMap();
const IDLE = 60_000; // ms in which a page that was left finds its engine again
const visited = new Map(); // id -> the address when it was last on show
let spare = null; // {engine, runtime, timer}

export function draw({ data, parentElement, setTriggerValue }) {
  let s = states.get(parentElement);
  if (!s) {
    s = { parent: parentElement, app: null, engine: null, key: "", gone: false, turn: 0 };
    states.set(parentElement, s);
  }
  s.trigger = setTriggerValue;
  const key = JSON.stringify([data.id, data.urls, data.language, data.tools]);
  if (s.key === key) return s.app?.address.now(); // the page may have written its own address
  s.key = key;
  open(s, data);
}

export function clear(parentElement) {
  const s = states.get(parentElement);
  if (!s) return;
  s.gone = true;
  if (s.app) visited.set(s.app.data.id, s.app.hash());
  s.app?.destroy();
  s.parent.querySelector(".explorer-place")?.remove();
  if (s.engine && !s.engine.closedReason) keep(s.engine, s.runtime);
  states.delete(parentElement);
}

// The old model stays on show until the first picture of the new one is there.
async function open(s, data) {
  const turn = ++s.turn;
  s.app?.address.now();
  s.place ??= place(s.parent);
  const progress = new LoadingBar(s.place, data.texts, Boolean(s.app));
  const stale = () => s.gone || s.turn !== turn;
  let app = null;
  try {
    const [{ App }, space] = await Promise.all([modules, facts(data), networks(s, data, progress), style(s)]);
    if (stale()) return;
    if (s.app) s.app.replaced = true; // it keeps its picture: the network below it is another from now on
    await s.engine.load("main", data.urls.generator);
    if (stale()) return;
    app = new App({
      data,
      space,
      engine: s.engine,
      container: s.place,
      before: visited.get(data.id) ?? "",
      failed: (error) => fail(s, data, error),
    });
    await app.ready;
    if (stale()) return app.destroy();
    if (s.app) visited.set(s.app.data.id, s.app.hash());
    s.app?.destroy();
    s.app = app;
    app.reveal();
    if (space.pending) rest(data, app);
  } catch (error) {
    app?.destroy();
    if (!stale()) fail(s, data, error);
  } finally {
    progress.close();
  }
}

function place(parent) {
  parent.querySelector(".explorer-place")?.remove();
  const made = document.createElement("div");
  made.className = "explorer-place";
  made.style.minHeight = "32rem"; // about what comes: what is below does not jump
  parent.append(made);
  return made;
}

// `first`: without what a server has to measure for it, which may take long.
async function facts(data, first = !data.site) {
  const address = new URL(data.urls.space, document.baseURI);
  if (first) address.searchParams.set("first", "1");
  return (await fetchOk(address)).json();
}

// The directions, which no picture waits for.
async function rest(data, app) {
  const found = await facts(data, false).catch((error) => {
    console.warn("explorer:", error.message);
    return { failed: true };
  });
  if (!app.destroyed) app.directionsArrived(found);
}

// One engine, however often another model is wanted while it starts.
async function networks(s, data, progress) {
  s.progress = progress;
  while (s.starting) await s.starting.catch(() => {}); // whoever began it hears why
  if (s.gone || (s.engine && !s.engine.closedReason)) return;
  s.starting = start(s, data).finally(() => {
    s.starting = null;
  });
  await s.starting;
}

// Who leaves before it is there leaves it for whoever comes next.
async function start(s, data) {
  const { runtime, generator, wasm } = data.urls;
  const told = (share) => s.progress.at(share);
  const engine =
    taken(runtime) ??
    (await Engine.open({ runtime, generator, onProgress: told, wasm: wasm ? await unpacked(wasm, told) : null }));
  if (s.gone) keep(engine, runtime);
  else Object.assign(s, { engine, runtime });
}

// The runtime from a host that knows no compression: the file itself is gzipped, unless the host has undone that.
async function unpacked(address, told) {
  const answer = await fetchOk(address);
  const all = Number(answer.headers.get("Content-Length")),
    parts = [];
  let read = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    read += value.length;
    if (all) told(Math.min(1, read / all));
  }
  const whole = new Blob(parts),
    [first, second] = new Uint8Array(await whole.slice(0, 2).arrayBuffer());
  const packed = first === 0x1f && second === 0x8b;
  return new Response(packed ? whole.stream().pipeThrough(new DecompressionStream("gzip")) : whole).arrayBuffer();
}

function taken(runtime) {
  const found = spare?.runtime === runtime && !spare.engine.closedReason ? spare.engine : null;
  if (found) {
    clearTimeout(spare.timer);
    spare = null;
  }
  return found;
}

function keep(engine, runtime) {
  if (spare) {
    clearTimeout(spare.timer);
    spare.engine.close();
  }
  spare = {
    engine,
    runtime,
    timer: setTimeout(() => {
      engine.close();
      spare = null;
    }, IDLE),
  };
}

function style(s) {
  if (s.place.querySelector("link")) return null;
  return Promise.all(
    ["explorer", "tools/hold"].map((name) => loadStylesheet(s.place, new URL(`./${name}.css`, import.meta.url).href)),
  );
}

// The page is told, which then shows its own controls; where there is no page, the reason stands here.
function fail(s, data, error) {
  const told = String(error?.message ?? error);
  console.warn("explorer:", told);
  s.app?.destroy();
  s.app = null;
  s.key = "";
  s.engine?.close();
  s.engine = null;
  const said = document.createElement("p");
  said.className = "failed";
  said.setAttribute("role", "alert");
  said.textContent = data.texts.failed.replace("{reason}", reason(data.texts, error, told));
  s.place.replaceChildren(...s.place.querySelectorAll("link"), said);
  if (!data.site) s.trigger?.("failed", told);
}
