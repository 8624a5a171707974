// Several runs beside each other: their samples at one moment, with one scrubber for all, and their curves in one chart each.
// A run that still trains is asked for what is new every other second; elements are kept, so nothing flickers.
// data: {runs: [{id, letter, name, color, pixelated, link}], metrics: [{column, title, note, log, range}], axis, across,
//   texts, curves, language}
import * as curves from "../curves/curves.mjs";
import { lowest, refined } from "../curves/series.mjs";
import { fetchDetail } from "../shared/run_rows.mjs";
import { Follower } from "./follower.mjs";
import { build as buildSheets, draw as drawSheets } from "./sample_sheets.mjs";

const states = new WeakMap();

export function draw({ data, parentElement }) {
  const s = states.get(parentElement) || build(parentElement);
  s.data = data;
  for (const [id, one] of s.runs) {
    if (data.runs.some((run) => run.id === id)) continue;
    one.close();
    s.runs.delete(id);
  }
  for (const run of data.runs) {
    if (!s.runs.has(run.id)) s.runs.set(run.id, new Follower(run.id, () => later(s)));
  }
  render(s);
}

export function clear(parentElement) {
  const s = states.get(parentElement);
  if (!s) return;
  cancelAnimationFrame(s.frame);
  s.sheets.stop();
  s.runs.forEach((one) => one.close());
  curves.clear(s.charts);
  states.delete(parentElement);
}

function build(parent) {
  parent.querySelector(".compare")?.remove();
  const root = document.createElement("div");
  root.className = "compare";
  root.innerHTML = `<div class="sheets-place"></div><p class="lost" role="status" hidden></p><div class="charts"></div>`;
  parent.append(root);
  const s = {
    root,
    runs: new Map(),
    data: null,
    frame: 0,
    charts: root.querySelector(".charts"),
    lost: root.querySelector(".lost"),
  };
  s.sheets = buildSheets(root.querySelector(".sheets-place"), (at) => curves.at(s.charts, at));
  states.set(parent, s);
  return s;
}

function later(s) {
  if (!s.frame)
    s.frame = requestAnimationFrame(() => {
      s.frame = 0;
      render(s);
    });
}

function render(s) {
  const { data } = s;
  if (!data || !s.root.isConnected) return;
  const shown = data.runs.map((run) => ({ ...run, follower: s.runs.get(run.id) }));
  const gone = shown.filter((run) => run.follower.state === "gone").map((run) => run.name);
  const waits = shown.some((run) => run.follower.state === "waiting");
  s.lost.textContent = gone.length
    ? data.texts.gone.replace("{name}", gone.join(", "))
    : waits
      ? data.texts.waiting
      : "";
  s.lost.hidden = !s.lost.textContent;
  const known = shown.filter((run) => run.follower.store.update);
  s.root.dataset.known = known.length;
  drawSheets(s.sheets, known, data);
  charts(s, known);
}

function charts(s, known) {
  const { data } = s;
  const panels = data.metrics.map((metric) => ({
    id: metric.column,
    kind: "lines",
    title: metric.title,
    note: metric.note,
    log: metric.log,
    range: metric.range,
    height: 190,
    optional: known.length === data.runs.length, // what no run has is left out, once all have been asked
    series: known.map((run) => {
      const columns = finer(run.follower);
      return {
        name: run.letter,
        tag: run.letter,
        color: run.color,
        x: columns[data.axis] || [],
        values: columns[metric.column] || [],
      };
    }),
  }));
  curves.draw({
    parentElement: s.charts,
    data: {
      panels,
      axis: data.axis,
      across: data.across,
      language: data.language,
      texts: data.curves,
      at: s.sheets.follow ? null : s.sheets.at,
      onSeek: (at) => s.sheets.seek(at),
      onZoom: (_, from, to) => zoomed(s, from, to),
    },
  });
}

// A zoomed stretch is asked for anew, run by run, where what is here was thinned.
async function zoomed(s, from, to) {
  s.zoom = from === null ? null : [from, to];
  const { zoom } = s;
  for (const one of s.runs.values()) one.detail = null;
  if (zoom) {
    await Promise.all(
      [...s.runs.values()].map(async (one) => {
        const [first, last] = steps(one.store.columns, s.data.axis, zoom);
        if (first === undefined) return;
        const found = await fetchDetail(one.run, first, last);
        const { step } = one.store.columns;
        if (s.zoom === zoom && found && found.columns.step.length > lowest(step, last, true) - lowest(step, first))
          one.detail = found;
      }),
    );
  }
  if (s.zoom === zoom) later(s);
}

// The steps between which a stretch of the axis lies.
function steps(columns, axis, [from, to]) {
  const along = columns[axis] ?? [];
  const first = Math.max(0, lowest(along, from) - 1),
    last = Math.min(along.length - 1, lowest(along, to, true));
  return [columns.step[first], columns.step[last]];
}

function finer(one) {
  const { columns } = one.store;
  if (!one.detail) return columns;
  if (one.refined?.detail !== one.detail || one.refined.rows !== columns.step.length) {
    one.refined = { detail: one.detail, rows: columns.step.length, columns: refined(columns, one.detail) };
  }
  return one.refined.columns;
}
