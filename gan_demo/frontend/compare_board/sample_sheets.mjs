// The samples of several runs at one moment: the same step, the same time or as many images seen.
import { lowest } from "../curves/series.mjs";
import { Frames } from "../shared/frames.mjs";

const PACE = 120; // ms a stop while it plays

export function build(place, onMove) {
  const root = document.createElement("div");
  root.className = "sheets";
  root.innerHTML = `<div class="row"></div><div class="bar"><button type="button" class="play"></button>
    <input type="range" min="0" value="0" step="1"><output></output></div>`;
  place.append(root);
  const find = (name) => root.querySelector(name);
  const s = {
    root,
    onMove,
    row: find(".row"),
    slider: find("input"),
    output: find("output"),
    play: find(".play"),
    figures: new Map(),
    stops: [],
    index: 0,
    follow: true,
    timer: 0,
    at: null,
    data: null,
    touched: false,
  };
  s.slider.addEventListener("input", () => {
    halt(s);
    s.touched = true;
    go(s, Number(s.slider.value));
  });
  s.play.addEventListener("click", () => (s.timer ? halt(s) : play(s)));
  s.seek = (at) => {
    halt(s);
    s.touched = true;
    go(s, nearest(s.stops, at));
  };
  s.stop = () => {
    halt(s);
    s.observer.disconnect();
  };
  s.observer = new ResizeObserver(() => s.figures.forEach(fit));
  s.observer.observe(s.row);
  return s;
}

export function draw(s, runs, data) {
  if (s.data?.axis !== data.axis) s.follow = true; // the old place means nothing on another axis
  s.data = data;
  arrange(s, runs);
  for (const f of s.figures.values()) {
    f.steps = f.run.follower.store.grids;
    f.at = f.steps.map((step) => position(f.run.follower.store.columns, step, data.axis));
  }
  const stops = [...s.figures.values()].flatMap((f) => f.at).filter((at) => at !== null);
  s.stops = [...new Set(stops)].sort((a, b) => a - b);
  s.slider.max = Math.max(0, s.stops.length - 1);
  s.slider.disabled = s.play.disabled = s.stops.length < 2;
  s.slider.setAttribute("aria-label", data.texts.scrub);
  s.root.hidden = !s.stops.length;
  if (s.stops.length) go(s, s.follow ? s.stops.length - 1 : nearest(s.stops, s.at));
}

// Where a step lies on the axis: of the rows up to it, the last.
function position(columns, step, axis) {
  if (axis === "step") return step;
  const row = Math.max(0, lowest(columns.step, step, true) - 1);
  return columns[axis]?.[row] ?? null;
}

function arrange(s, runs) {
  const wanted = new Set(runs.map((run) => run.id));
  for (const [id, f] of s.figures)
    if (!wanted.has(id)) {
      f.box.remove();
      s.figures.delete(id);
    }
  runs.forEach((run, i) => {
    if (!s.figures.has(run.id)) s.figures.set(run.id, figure(s, run));
    const f = s.figures.get(run.id);
    f.run = run;
    f.letter.textContent = run.letter;
    f.letter.style.setProperty("--place", run.color);
    f.letter.style.background = colourOf(s.root, run.color);
    f.name.textContent = run.name;
    f.name.href = run.link;
    if (s.row.children[i] !== f.box) s.row.insertBefore(f.box, s.row.children[i] || null);
  });
  s.row.style.setProperty("--count", runs.length);
}

function figure(s, run) {
  const box = document.createElement("figure");
  box.dataset.run = run.id;
  box.innerHTML = `<figcaption><b></b><a target="_self"></a></figcaption><div class="stage"><span class="wait"></span></div>
    <p class="when"></p>`;
  const find = (name) => box.querySelector(name);
  const f = {
    box,
    run,
    letter: find("b"),
    name: find("a"),
    stage: find(".stage"),
    when: find(".when"),
    steps: [],
    at: [],
    index: -1,
  };
  f.frames = new Frames(
    (step) => new URL(`api/runs/${encodeURIComponent(run.id)}/grids/${step}.png`, document.baseURI).href,
    () => show(s, f),
  );
  return f;
}

function colourOf(element, k) {
  const style = getComputedStyle(element);
  return (
    style.getPropertyValue("--st-chart-categorical-colors").split(",")[k]?.trim() ||
    style.getPropertyValue("--st-primary-color")
  );
}

function nearest(stops, at) {
  if (at === null) return stops.length - 1;
  const right = Math.min(stops.length - 1, lowest(stops, at));
  return right > 0 && at - stops[right - 1] < stops[right] - at ? right - 1 : right;
}

function go(s, index) {
  s.index = index;
  s.at = s.stops[index];
  s.follow = index === s.stops.length - 1;
  s.slider.value = index;
  s.slider.style.setProperty("--share", `${s.stops.length > 1 ? (100 * index) / (s.stops.length - 1) : 100}%`);
  s.output.textContent = words(s, s.data.axis, s.at);
  s.slider.setAttribute("aria-valuetext", s.output.textContent);
  for (const f of s.figures.values()) {
    f.index = Math.max(0, f.at.filter((at) => at !== null && at <= s.at).length - 1); // as it was then
    f.frames.look(f.steps, f.index, s.touched);
    show(s, f);
  }
  buttons(s);
  s.onMove(s.follow ? null : s.at);
}

// The picture of the moment, or the nearest that is there.
function show(s, f) {
  const place = f.frames.nearest(f.index);
  if (place < 0) return;
  const step = f.steps[place],
    image = f.frames.image(step);
  image.alt = s.data.texts.alt.replace("{name}", f.run.name).replace("{step}", number(s, step));
  if (f.stage.firstChild !== image) f.stage.replaceChildren(image);
  f.image = image;
  f.box.dataset.step = step;
  const { columns } = f.run.follower.store;
  const both = [words(s, "step", step), words(s, "seconds", position(columns, step, "seconds"))];
  f.when.textContent = both.filter(Boolean).join(" · ");
  fit(f);
}

// Pixel art is enlarged by a whole number of device pixels, unless that would leave much of the place empty: runs of other
// sheets stand beside it, and shall look as large.
function fit(f) {
  if (!f.image || !f.stage.clientWidth) return;
  const ratio = window.devicePixelRatio || 1,
    most = Math.min(f.stage.clientWidth, 560);
  const width = (f.image.naturalWidth * Math.floor((most * ratio) / f.image.naturalWidth)) / ratio;
  const whole = f.run.pixelated && width >= 0.75 * most;
  f.image.classList.toggle("pixelated", whole);
  f.image.style.width = `${whole ? width : most}px`;
}

function play(s) {
  s.touched = true;
  if (s.index >= s.stops.length - 1) go(s, 0);
  s.timer = setInterval(
    () => {
      if (document.hidden || !s.root.isConnected) return;
      if (s.index < s.stops.length - 1) go(s, s.index + 1);
      else halt(s);
    },
    Math.max(PACE, 8000 / s.stops.length),
  );
  buttons(s);
}

function halt(s) {
  clearInterval(s.timer);
  s.timer = 0;
  if (s.data) buttons(s);
}

function buttons(s) {
  const text = s.timer ? s.data.texts.pause : s.data.texts.play;
  s.play.textContent = s.timer ? "❚❚" : "▶";
  s.play.setAttribute("aria-label", text);
  s.play.title = text;
}

function words(s, axis, value) {
  return value === null || value === undefined ? "" : s.data.texts[axis].replace("{n}", number(s, value));
}

function number(s, value) {
  return new Intl.NumberFormat(s.data.language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
