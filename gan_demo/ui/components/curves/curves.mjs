// Small charts that keep their elements while data comes in: zoom (drag, double click to undo) and hover survive updates.
// Drawn by uPlot (MIT, beside this file).
import uPlot from "./uplot.mjs";

const states = new WeakMap();

export function draw({ data, parentElement }) {
  let s = states.get(parentElement);
  const ids = data.panels.map((p) => `${p.kind}:${p.id}:${(p.series || []).length}`).join();
  if (!s || s.ids !== ids) {
    clear(parentElement);
    s = { ids, panels: new Map(), root: document.createElement("div") };
    s.root.className = "curves";
    s.root.style.setProperty("--columns", data.columns || 1);
    parentElement.querySelector(".curves")?.remove();
    parentElement.append(s.root);
    s.observer = new ResizeObserver(() => s.panels.forEach(resize));
    s.observer.observe(s.root);
    states.set(parentElement, s);
  }
  for (const panel of data.panels) (panel.kind === "bars" ? bars : lines)(s, panel, data);
}

export function clear(parentElement) {
  const s = states.get(parentElement);
  if (!s) return;
  s.observer.disconnect();
  s.panels.forEach((p) => p.plot?.destroy());
  states.delete(parentElement);
}

function frame(s, panel) {
  let p = s.panels.get(panel.id);
  if (!p) {
    const box = document.createElement("section");
    box.innerHTML = `<header><h4></h4><div class="legend"></div></header><div class="plot"></div><p class="note"></p>`;
    s.root.append(box);
    const find = (name) => box.querySelector(name);
    p = { box, plotBox: find(".plot"), legend: find(".legend"), note: find(".note"), title: find("h4"), zoomed: false };
    s.panels.set(panel.id, p);
  }
  p.title.textContent = panel.title;
  p.note.textContent = panel.note || "";
  p.note.hidden = !panel.note;
  return p;
}

function lines(s, panel, data) {
  const p = frame(s, panel);
  p.panel = panel;
  p.language = data.language;
  const table = [panel.x, ...panel.series.map((one) => one.values)];
  const enough = panel.x.length > 1;
  p.plotBox.classList.toggle("empty", !enough);
  if (!enough) p.plotBox.dataset.empty = data.texts.empty;
  if (enough && !p.plot) {
    p.plot = new uPlot(options(p, panel, data), table, p.plotBox);
    p.plot.over.addEventListener("dblclick", () => { p.zoomed = false; });
  } else if (enough) {
    p.plot.setData(table, !p.zoomed);
    if (p.zoomed) p.plot.redraw();
  }
  legend(p, null);
}

function options(p, panel, data) {
  const muted = () => mix(css(p.box, "--st-text-color"), 0.62);
  const hair = () => css(p.box, "--st-border-color");
  const axis = { stroke: muted, font: "11px sans-serif", grid: { stroke: hair, width: 1 }, ticks: { show: false }, gap: 4 };
  const y = panel.range ? { range: () => panel.range } : panel.log ? { distr: 3 } : {};
  return {
    width: Math.max(120, p.plotBox.clientWidth), height: panel.height || 150, padding: [8, 8, 0, 0],
    legend: { show: false }, scales: { x: { time: false }, y }, cursor: { drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    axes: [
      { ...axis, size: 26, values: (_, all) => all.map((v) => short(v, data.language)) },
      { ...axis, size: 46, values: (_, all) => all.map((v) => (v === null ? "" : short(v, data.language))) },
    ],
    series: [{}, ...panel.series.map((one) => ({
      stroke: () => colour(p.box, one.color), width: 1.75, spanGaps: true, points: { show: false }, dash: one.dash,
    }))],
    hooks: {
      setCursor: [(u) => legend(p, u.cursor.idx)],
      setSelect: [(u) => { if (u.select.width > 0) p.zoomed = true; }],
    },
  };
}

function legend(p, at) {
  const series = p.panel.series;
  if (p.legend.children.length !== series.length) {
    p.legend.replaceChildren(...series.map(() => {
      const item = document.createElement("span");
      item.append(document.createElement("i"), document.createElement("span"), document.createElement("b"));
      return item;
    }));
  }
  series.forEach((one, i) => {
    const [dot, name, value] = p.legend.children[i].children;
    dot.style.background = colour(p.box, one.color);
    name.textContent = one.name;
    const shown = at === null || at === undefined ? last(one.values) : one.values[at];
    value.textContent = shown === null || shown === undefined ? "–" : precise(shown, p.language);
  });
}

function bars(s, panel) {
  const p = frame(s, panel);
  const most = Math.max(...panel.values, 1e-9);
  if (p.plotBox.children.length !== panel.values.length) {
    p.plotBox.className = "plot bars";
    p.plotBox.replaceChildren(...panel.values.map(() => {
      const bar = document.createElement("div");
      bar.append(document.createElement("i"), document.createElement("span"));
      return bar;
    }));
  }
  panel.values.forEach((value, i) => {
    const bar = p.plotBox.children[i];
    bar.title = `${panel.names[i]}: ${Math.round(1000 * value) / 10} %`;
    bar.classList.toggle("missing", value <= 0);
    bar.children[0].style.height = `${(100 * value) / most}%`;
    bar.children[1].textContent = panel.names[i];
  });
}

function resize(p) {
  if (!p.plot || !p.plotBox.clientWidth || p.plot.width === p.plotBox.clientWidth) return;
  p.plot.setSize({ width: p.plotBox.clientWidth, height: p.plot.height });
}

function last(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] !== null) return values[i];
  return null;
}

function css(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function colour(element, k) {
  return css(element, "--st-chart-categorical-colors").split(",")[k]?.trim() || css(element, "--st-primary-color");
}

function mix(hex, share) {
  return /^#[0-9a-f]{6}$/i.test(hex) ? hex + Math.round(255 * share).toString(16).padStart(2, "0") : hex;
}

function short(value, language) {
  return new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

function precise(value, language) {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value);
}
