// One chart: a uPlot that is kept while its data changes.
import { labels, number, precise } from "../shared/format.mjs";
import uPlot from "../vendor/uplot/uplot.mjs";
import { at as moveLine, overlay } from "./overlay.mjs";
import { colour, mix, palette } from "./palette.mjs";
import { alone, compact, joined, last, least, lowest, nearest, refined, smoothed, thinned } from "./series.mjs";
import { keys, touch } from "./touch.mjs";
import { settings } from "./view_settings.mjs";

const BUCKETS = 1000; // of two points each, in view
const WIDEST = 0.08; // of all steps: how far the strongest smoothing looks

// A section with title, legend, plot and note. `board` is what all panels of a board share: {root, zoom, at, data, ...}.
export function section(board, panel) {
  const box = document.createElement("section");
  box.innerHTML = `<header><h4><span></span><small></small></h4><div class="legend"></div></header>
    <div class="plot"></div><p class="note"></p>`;
  const find = (name) => box.querySelector(name);
  const p = {
    board,
    box,
    plotBox: find(".plot"),
    legend: find(".legend"),
    note: find(".note"),
    title: find("h4 span"),
    moment: find("h4 small"),
    plot: null,
    made: "",
    sources: [],
    cache: new Map(),
    keyboard: false,
    bar: document.createElement("i"),
  };
  box.dataset.panel = panel.id;
  return p;
}

export function words(p, panel) {
  p.panel = panel;
  p.title.textContent = panel.title;
  p.note.textContent = panel.note || "";
  p.note.hidden = !panel.note;
}

// ---- what is drawn

// Tables of rows: the run's own, those of series that bring their own x, and the ghost's.
function sourcesOf(p) {
  const {
    panel,
    board: { data },
  } = p;
  const axis = data.axis || "step",
    found = [];
  if (panel.x) found.push({ x: panel.x, series: panel.series.filter((one) => !one.x) });
  else if (data.columns) {
    const columns = refined(data.columns, data.detail, axis);
    const x = columns[axis] || [];
    found.push({
      x,
      series: panel.series.filter((one) => one.column).map((one) => ({ ...one, values: columns[one.column] || [] })),
    });
  }
  for (const one of panel.series) if (one.x) found.push({ x: one.x, series: [one] });
  const ghost = data.ghost?.columns;
  if (ghost) {
    const series = panel.series.filter((one) => ghost[one.column]);
    const x = ghost[axis] || [];
    if (series.length)
      found.push({ x, ghost: true, series: series.map((one) => ({ ...one, values: ghost[one.column] })) });
  }
  return found.filter((one) => one.series.length).map((one, k) => ({ ...one, rows: rowsOf(p, k, one) }));
}

// Kept until there are more rows or others.
function rowsOf(p, k, { x, series }) {
  const curves = series.map((one) => one.values);
  const kept = p.cache.get(k);
  const same =
    kept &&
    kept.n === x.length &&
    kept.curves.length === curves.length &&
    kept.x === x &&
    kept.curves.every((values, i) => values === curves[i]);
  if (same) return kept.rows;
  const rows = compact(x, curves);
  p.cache.set(k, { x, n: x.length, curves, rows, smooth: new Map() });
  return rows;
}

function smoothOf(p, k, i, width, log) {
  const kept = p.cache.get(k),
    key = `${i}:${width}:${log}`;
  if (!kept.smooth.has(key)) {
    if (kept.smooth.size > 12) kept.smooth.clear();
    kept.smooth.set(key, smoothed(kept.rows.x, kept.rows.curves[i], width, log));
  }
  return kept.smooth.get(key);
}

export function extent(sources) {
  let from = Infinity,
    to = -Infinity;
  for (const { rows } of sources) {
    if (!rows.x.length) continue;
    from = Math.min(from, rows.x[0]);
    to = Math.max(to, rows.x[rows.x.length - 1]);
  }
  return from <= to ? [from, to] : null;
}

export function gather(p) {
  p.sources = sourcesOf(p);
  p.extent = extent(p.sources);
  p.points = Math.max(0, ...p.sources.map((one) => one.rows.x.length));
  p.filled = p.sources.some((one) => one.rows.x.length);
}

// [lines, table]: for each curve its raw and its smoothed line, the ghost's first, so that they lie below.
function tableOf(p, view, log) {
  const span = p.board.extent ? p.board.extent[1] - p.board.extent[0] : 0;
  const width = span * WIDEST * settings.smooth ** 2;
  const lines = [],
    tables = [];
  const ordered = p.sources.map((one, k) => [one, k]).sort(([a], [b]) => Boolean(b.ghost) - Boolean(a.ghost));
  for (const [{ rows, series, ghost }, k] of ordered) {
    const curves = [];
    series.forEach((one, i) => {
      const isSmooth = width > 0,
        raw = rows.curves[i];
      const smooth = isSmooth ? smoothOf(p, k, i, width, log) : new Array(rows.x.length).fill(null);
      curves.push(raw, smooth);
      lines.push(
        { ...one, ghost, kind: "raw", faint: isSmooth, off: isSmooth && ghost, newest: last(raw), dot: alone(raw) },
        { ...one, ghost, kind: "smooth", off: !isSmooth, newest: last(smooth) },
      );
    });
    const few = thinned(rows.x, curves, view[0], view[1], BUCKETS);
    tables.push([few.x, ...few.curves]);
  }
  return [lines, joined(tables)];
}

// ---- drawing

export function refresh(p) {
  const { board, panel } = p;
  const enough = p.points > 0 && board.extent[1] > board.extent[0];
  p.plotBox.classList.toggle("empty", !enough);
  p.box.hidden = Boolean(panel.optional) && !p.filled;
  if (!enough) p.plotBox.dataset.empty = board.data.texts.empty;
  const view = board.zoom || board.extent || [0, 1];
  const distr = distribution(p);
  const [lines, table] = tableOf(p, view, distr === 3);
  p.lines = lines;
  p.view = view;
  p.colours = palette(p.box);
  if (!enough || p.box.hidden || !p.plotBox.clientWidth) {
    legend(p);
    return;
  }
  const made = [
    distr,
    panel.height,
    board.data.gutter,
    board.data.scale,
    lines.map((one) => [one.name, one.color, one.dash, one.ghost]),
  ].toString();
  if (p.plot && p.made !== made) {
    p.plot.destroy();
    p.plot = null;
  }
  if (!p.plot) make(p, table, distr, made);
  lines.forEach((one, i) => {
    p.plot.series[i + 1].width = (one.ghost || one.faint ? 1 : 1.75) * (board.data.scale || 1);
    p.plot.series[i + 1].dash = one.ghost && one.kind === "smooth" ? [4, 4] : one.dash;
  });
  p.plot.batch(() => {
    lines.forEach((one, i) => {
      if (p.plot.series[i + 1].show === Boolean(one.off)) p.plot.setSeries(i + 1, { show: !one.off });
    });
    p.plot.setData(table, false);
    p.plot.setScale("x", { min: view[0], max: view[1] === view[0] ? view[1] + 1 : view[1] });
  });
  legend(p);
  describe(p);
}

// The vertical line at the step that is on show elsewhere, and the values there.
export function moveTo(p, step) {
  moveLine(p, step);
  if (p.plot) legend(p);
}

// uPlot's kinds of scale: 1 linear, 3 logarithmic, 4 arcsinh, for values that are not all positive.
function distribution(p) {
  const log = settings.scale === "log" || (settings.scale === "fit" && p.panel.log);
  if (!log) return 1;
  return least(p.sources.flatMap((one) => one.rows.curves)) > 0 ? 3 : 4;
}

function make(p, table, distr, made) {
  p.made = made;
  p.plot = new uPlot(options(p, distr), table, p.plotBox);
  const over = p.plot.over;
  over.addEventListener("dblclick", () => p.board.setZoom(p, null));
  over.addEventListener("click", () => seek(p, p.plot.cursor.left));
  touch(p);
  if (!p.keyboard) keys(p, (left) => seek(p, left));
  p.keyboard = true;
}

function seek(p, left) {
  if (left < 0 || !p.board.data.onSeek) return;
  const at = p.plot.posToVal(left, "x"),
    [from, to] = p.board.extent;
  p.board.data.onSeek(Math.max(from, Math.min(to, (p.board.data.axis || "step") === "seconds" ? at : Math.round(at))));
}

function options(p, distr) {
  const {
    panel,
    board: { data },
  } = p;
  const scale = data.scale || 1;
  const axis = {
    stroke: () => mix(p.colours.text, 0.62),
    font: `${Math.round(11 * scale)}px sans-serif`,
    gap: 4,
    ticks: { show: false },
    grid: { stroke: () => p.colours.hair, width: 1 },
  };
  const axisOf = { ...axis, grid: { ...axis.grid, filter: (_u, splits) => decades(splits, distr) } };
  return {
    width: Math.max(120, p.plotBox.clientWidth),
    height: Math.round((panel.height || 150) * scale),
    legend: { show: false },
    padding: [8, data.gutter, 0, 0],
    scales: { x: { time: false, range: (_u, min, max) => [min, max] }, y: yScale(panel, distr) },
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: 5 },
      points: { size: 7 },
      dataIdx: (u, series, i) =>
        p.lines[series - 1]?.faint || p.lines[series - 1]?.off ? null : nearest(u.data[series], i),
      sync: {
        key: `gan_demo:${data.axis || "step"}`,
        scales: ["x", null],
        setSeries: false,
        filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
      },
    },
    axes: [
      { ...axis, size: 26 * scale, values: (_, all) => labels(data.language, all) },
      { ...axisOf, size: 46 * scale, values: (_, all) => labels(data.language, all) },
    ],
    series: [
      {},
      ...p.lines.map((line, i) => ({
        stroke: () => mix(colour(p.colours, line.color), line.ghost ? 0.45 : p.lines[i].faint ? 0.32 : 1),
        width: 1.75,
        spanGaps: true,
        points: { show: () => p.lines[i]?.dot || false, size: 5 },
        pxAlign: 0,
      })),
    ],
    hooks: {
      setCursor: [() => legend(p)],
      setSelect: [
        (u) => {
          if (u.select.width < 5) return;
          p.board.setZoom(p, [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
      draw: [() => overlay(p)],
    },
  };
}

// On a logarithmic axis of several decades, lines at the powers of ten alone.
function decades(splits, distr) {
  const known = splits.filter((v) => v > 0);
  if (distr !== 3 || !known.length || known[known.length - 1] / known[0] < 30) return splits;
  return splits.map((v) => (v > 0 && Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6 ? v : null));
}

function yScale(panel, distr) {
  if (distr === 3) {
    const most = panel.range?.[1];
    return {
      distr: 3,
      range: (_u, min, max) => {
        if (!(min > 0)) return [1e-3, most || 1];
        const [low, high] = uPlot.rangeLog(min, Math.max(max, min * 1.001), 10, false);
        return [low, most ?? high];
      },
    };
  }
  if (distr === 4) return { distr: 4, asinh: 0.1 };
  return panel.range ? { range: () => panel.range } : {};
}

// ---- the legend, which shows the values under the mouse, else those of the moment on show, else the newest

function hovered(u) {
  return u && u.cursor.left >= 0 && u.cursor.idx !== null && u.cursor.idx !== undefined ? u.cursor.idxs : null;
}

// For each curve the place in the plot's table at the moment on show; null where that is now.
function shown(p) {
  const step = p.board.at;
  if (!p.plot || step === null || step === undefined) return null;
  const [x, ...curves] = p.plot.data;
  const place = Math.max(0, lowest(x, step, true) - 1);
  return [place, ...curves.map((values) => nearest(values, place))];
}

function legend(p) {
  const {
    panel,
    board: { data },
  } = p;
  const pointed = hovered(p.plot),
    at = pointed ?? shown(p);
  const ghost = p.sources.find((one) => one.ghost);
  const items = panel.series.length + (ghost ? 1 : 0);
  if (p.legend.children.length !== items) {
    p.legend.replaceChildren(
      ...Array.from({ length: items }, () => {
        const item = document.createElement("span");
        item.append(document.createElement("i"), document.createElement("span"), document.createElement("b"));
        return item;
      }),
    );
  }
  panel.series.forEach((one, i) => {
    const [dot, name, value] = p.legend.children[i].children;
    dot.style.background = colour(p.colours, one.color);
    name.textContent = one.name;
    value.textContent = precise(data.language, valueOf(p, one, at));
  });
  if (ghost) {
    const item = p.legend.children[items - 1];
    item.className = "ghost";
    item.children[1].textContent = data.ghost.name || "";
  }
  moment(p, pointed);
}

function valueOf(p, one, at) {
  const kind = settings.smooth > 0 ? "smooth" : "raw";
  const i = (p.lines || []).findIndex((line) => !line.ghost && line.name === one.name && line.kind === kind);
  if (i < 0) return null;
  return at && p.plot ? p.plot.data[i + 1][at[i + 1]] : p.lines[i].newest;
}

// What the mouse is at: the step, and the mark if it is on one.
function moment(p, at) {
  const {
    board: { data },
  } = p;
  if (!at || !p.plot) {
    p.moment.textContent = "";
    return;
  }
  const value = p.plot.posToVal(p.plot.cursor.left, "x");
  const mark = (data.marks || []).find((one) => Math.abs(p.plot.valToPos(one.step, "x") - p.plot.cursor.left) < 6);
  const template = data.texts[data.axis && data.axis !== "step" ? data.axis : "step"] || "{step}";
  p.moment.textContent = ` ${template.replace("{step}", number(data.language, value))}${mark ? ` · ${mark.text}` : ""}`;
}

function describe(p) {
  const values = [...p.legend.children].map((item) => item.textContent.replace(/\s+/g, " ")).join(", ");
  p.plotBox.setAttribute(
    "aria-label",
    `${(p.board.data.texts.chart || "{title}").replace("{title}", p.panel.title)}. ${values}`,
  );
}

export function resize(p) {
  if (!p.plotBox.clientWidth) return;
  if (!p.plot) {
    if (p.panel?.kind !== "bars") refresh(p);
    return;
  }
  if (p.plot.width !== p.plotBox.clientWidth) p.plot.setSize({ width: p.plotBox.clientWidth, height: p.plot.height });
}

export function points(p, [from, to]) {
  return Math.max(
    0,
    ...p.sources.filter((one) => !one.ghost).map(({ rows }) => lowest(rows.x, to, true) - lowest(rows.x, from)),
  );
}
