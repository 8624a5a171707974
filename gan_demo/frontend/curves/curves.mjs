// The charts of a run. They keep their elements while data comes in: zoom and hover survive every update.
// Drawn by uPlot (MIT, beside this file).
//
// draw({data, parentElement}) with data: {panels, texts, language, across, tools} and, where a board calls it,
//   columns   {step: [...], d_loss: [...]}: fills panels whose series name a `column`; or a panel brings x and values
//   axis      the column along the x axis: "step" (default), "images" or "seconds"
//   at        a step to show as a vertical line, null for none; at(parentElement, step) moves it alone
//   marks     [{step, text}], bands [{panel, from, to, kind}]: kind "warning", "good" or "neutral"
//   ghost     {columns, name}: another run's curves, faint
//   detail    {from, to, columns}: finer rows of a stretch, put in place of the coarse ones
//   scale     how much larger than usual, for a projector
//   onSeek(step): a chart was clicked; onZoom(panelId, from, to, points): zoomed to a stretch in which there are so many
//   points, or with null, null back to all
// clear(parentElement) takes it all down.
import { bars, shares } from "./bars.mjs";
import { gather, moveTo, points, refresh, resize, section, words } from "./panel.mjs";
import { listen, tools } from "./view_settings.mjs";

const boards = new WeakMap();

export function draw({ data, parentElement }) {
  const board = boards.get(parentElement) || build(parentElement);
  if (data.axis !== board.data.axis) board.zoom = null; // the same numbers would mean another stretch
  // right of every chart, so that all have the same width: space for the names at the lines' ends
  const longest = Math.max(
    0,
    ...data.panels.flatMap((panel) => (panel.series || []).map((one) => wide(one.tag || ""))),
  );
  board.data = { ...data, gutter: (longest ? 10 + 7 * longest : 8) * (data.scale || 1) };
  if ("at" in data) board.at = data.at;
  board.grid.style.setProperty("--columns", data.across || 1);
  arrange(board, data.panels);
  update(board);
}

// Latin letters a name is wide; a Chinese sign takes two.
function wide(text) {
  return [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 2 : 1), 0);
}

export function at(parentElement, step) {
  const board = boards.get(parentElement);
  if (!board || board.at === step) return;
  board.at = step;
  board.panels.forEach((p) => {
    if (p.panel.kind !== "bars") moveTo(p, step);
  });
}

export function clear(parentElement) {
  const board = boards.get(parentElement);
  if (!board) return;
  board.observer.disconnect();
  board.deaf();
  board.panels.forEach((p) => p.plot?.destroy());
  boards.delete(parentElement);
}

function build(parent) {
  parent.querySelector(".board-of-curves")?.remove();
  const root = document.createElement("div");
  root.className = "board-of-curves";
  root.innerHTML = `<div class="curves"></div>`;
  parent.append(root);
  const board = { root, grid: root.firstChild, panels: new Map(), zoom: null, at: null, extent: null, data: {} };
  board.setZoom = (p, zoom, moving = false) => setZoom(board, p, zoom, moving);
  board.zoomed = (p) => tell(board, p);
  board.tools = tools(root, () => setZoom(board, null, null));
  board.observer = new ResizeObserver(() => board.panels.forEach(resize));
  board.observer.observe(board.grid);
  board.deaf = listen(() => update(board));
  // the text's colour fades within a millisecond (curves.css), which says when the theme changes
  root.addEventListener("transitionend", (event) => {
    if (event.target === root && event.propertyName === "color") update(board);
  });
  boards.set(parent, board);
  return board;
}

// One section a panel, in their order; those that stay are not touched.
function arrange(board, panels) {
  const wanted = new Set(panels.map((panel) => panel.id));
  for (const [id, p] of board.panels) {
    if (wanted.has(id)) continue;
    p.plot?.destroy();
    p.box.remove();
    board.panels.delete(id);
  }
  panels.forEach((panel, i) => {
    if (!board.panels.has(panel.id)) board.panels.set(panel.id, section(board, panel));
    const p = board.panels.get(panel.id);
    words(p, panel);
    if (board.grid.children[i] !== p.box) board.grid.insertBefore(p.box, board.grid.children[i] || null);
  });
}

function update(board) {
  const { data } = board;
  const charts = [...board.panels.values()].filter((p) => p.panel.kind !== "bars");
  charts.forEach(gather);
  const extents = charts.map((p) => p.extent).filter(Boolean);
  board.extent = extents.length ? [Math.min(...extents.map((e) => e[0])), Math.max(...extents.map((e) => e[1]))] : null;
  charts.forEach(refresh);
  for (const p of board.panels.values()) if (p.panel.kind === "bars") drawBars(p, data);
  board.tools(data.texts, Boolean(board.zoom), data.tools !== false);
}

function drawBars(p, data) {
  const found = p.panel.values ? p.panel : shares(p.panel, data.columns?.[p.panel.column] || []);
  p.box.hidden = !found.values.length;
  p.box.classList.toggle(
    "flagged",
    (data.bands || []).some((band) => band.panel === p.panel.id),
  );
  bars(p, found, found.names);
}

// All charts of a board show the same stretch.
function setZoom(board, p, zoom, moving) {
  const all = board.extent;
  if (zoom && all) {
    const least = Math.max((all[1] - all[0]) / 1e5, 1e-9);
    zoom = [Math.max(all[0], zoom[0]), Math.min(all[1], zoom[1])];
    if (zoom[1] - zoom[0] < least) return;
    if (zoom[0] <= all[0] && zoom[1] >= all[1]) zoom = null;
  }
  board.zoom = zoom;
  board.root.dataset.zoom = zoom ? zoom.join() : "";
  update(board);
  if (!moving) tell(board, p);
}

function tell(board, p) {
  const first = p || [...board.panels.values()].find((one) => one.plot);
  if (!board.data.onZoom || !first) return;
  if (board.zoom) board.data.onZoom(first.panel.id, board.zoom[0], board.zoom[1], points(first, board.zoom));
  else board.data.onZoom(first.panel.id, null, null, first.points);
}
