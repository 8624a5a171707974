// A picture of the samples for every moment of a training, with a scrubber. Frames come by URL and stay in the browser's
// cache, so dragging asks the server for nothing it has sent before; elements are kept, so nothing flickers.
//
// data: {run, steps, live, autoplay, compact, most, pixelated, language, texts, version}
//   sheet {columns, width, height, gap, count}: samples can be picked; explain: a pick opens the explanation below
//   highlight: index of a sample to ring, or null; marks [{step, text}]: ticks on the scrubber
//   onGo(step, isNewest, byHand): the moment on show is another; onPick(step, index or null): a sample was clicked

import { Frames } from "../shared/frames.mjs";
import { Wipe } from "./compare_wipe.mjs";
import { drawTicks, drawWords, explains, number } from "./labels.mjs";
import { Explanation } from "./sample_panel.mjs";
import { Picking } from "./sample_selection.mjs";

const states = new WeakMap();

export function draw({ data, parentElement }) {
  let s = states.get(parentElement);
  if (!s) {
    s = build(parentElement);
    states.set(parentElement, s);
  }
  update(s, data);
}

export function clear(parentElement) {
  const s = states.get(parentElement);
  if (!s) return;
  s.gone = true;
  s.playing = 0;
  s.observer.disconnect();
  s.explanation.close();
  s.root.remove();
  states.delete(parentElement);
}

// Show the kept moment nearest to ``step``; null goes back to the newest and follows it.
export function goTo(parentElement, step) {
  const s = states.get(parentElement);
  if (!s?.steps.length) return;
  stop(s);
  go(s, step === null ? s.steps.length - 1 : closest(s.steps, step), false);
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "film";
  root.innerHTML = `<div class="stage"><span class="wait"></span>
      <div class="picture" hidden><div class="held" hidden></div><div class="now"></div></div></div>
    <p class="names" hidden><b></b><b></b></p><p class="hint" hidden></p>
    <div class="bar"><button class="play" type="button"></button>
      <span class="track"><input type="range" min="0" value="0" step="1"><span class="marks"></span></span>
      <output></output><button class="compare" type="button"><i></i><span></span></button>
      <button class="live" type="button"></button></div>`;
  parent.querySelector(".film")?.remove();
  parent.append(root);
  const find = (name) => root.querySelector(name);
  const s = {
    root,
    stage: find(".stage"),
    wait: find(".wait"),
    picture: find(".picture"),
    now: find(".now"),
    hint: find(".hint"),
    slider: find("input"),
    output: find("output"),
    play: find(".play"),
    live: find(".live"),
    compare: find(".compare"),
    marks: find(".marks"),
    steps: [],
    index: -1,
    follow: true,
    playing: 0,
    shown: null,
    run: "",
    version: "",
    data: {},
    started: false,
    asked: false,
    gone: false,
    told: "",
    knows: false,
  };
  s.wipe = new Wipe(s.picture, find(".held"), s.now, find(".names"));
  s.picking = new Picking(s.picture, (index, x) => pick(s, index, x));
  s.explanation = new Explanation(root, () => pick(s, null));
  listen(s);
  s.observer = new ResizeObserver(() => fit(s));
  s.observer.observe(s.stage);
  return s;
}

function listen(s) {
  const all = () => s.frames?.look(s.steps, s.index, true);
  s.slider.addEventListener("pointerenter", all); // most likely about to be dragged
  s.slider.addEventListener("focus", all);
  s.slider.addEventListener("input", () => {
    stop(s);
    go(s, Number(s.slider.value), true);
  });
  s.slider.addEventListener("change", () => explainHere(s));
  s.slider.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      toggle(s);
    }
  });
  s.play.addEventListener("click", () => toggle(s));
  s.live.addEventListener("click", () => {
    stop(s);
    go(s, s.steps.length - 1, true);
  });
  s.compare.addEventListener("click", () => {
    stop(s);
    if (s.wipe.on) s.wipe.leave();
    else if (s.shown) s.wipe.hold(s.shown);
    else return;
    drawWords(s);
  });
  s.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || s.picking.index === null) return;
    event.preventDefault(); // it closes this, and not the presenter view as well
    pick(s, null);
  });
}

function update(s, data) {
  const before = s.steps[s.index];
  s.data = data;
  if (s.run !== data.run || s.version !== (data.version ?? "")) begin(s, data);
  s.steps = data.steps;
  s.root.classList.toggle("compact", Boolean(data.compact));
  s.slider.max = Math.max(0, s.steps.length - 1);
  s.slider.setAttribute("aria-label", data.texts.scrub);
  s.slider.disabled = s.play.disabled = s.steps.length < 2;
  s.picking.set(data.sheet ?? null, data.highlight ?? null, data.texts, data.onPick || explains(data));
  drawTicks(s);
  if (s.steps.length && (s.follow || s.index < 0) && !s.playing) go(s, s.steps.length - 1, false);
  else if (s.steps.length) go(s, closest(s.steps, before ?? 0), false);
  else drawWords(s);
  if (data.autoplay && !s.started && s.steps.length > 1) {
    s.started = true;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) play(s);
  }
}

// Another run, or another course of the same.
function begin(s, data) {
  s.run = data.run;
  s.version = data.version ?? "";
  const address = (step) => {
    const query = s.version ? `?v=${encodeURIComponent(s.version)}` : "";
    return new URL(`api/runs/${encodeURIComponent(data.run)}/grids/${step}.png${query}`, document.baseURI).href;
  };
  const frames = new Frames(address, () => s.frames === frames && request(s));
  s.frames = frames;
  s.index = -1;
  s.follow = true;
  s.playing = 0;
  s.started = false;
  s.told = "";
  s.wipe.leave();
  s.picking.choose(null);
  s.explanation.close();
}

function closest(steps, step) {
  let best = 0;
  for (let i = 1; i < steps.length; i++) if (Math.abs(steps[i] - step) <= Math.abs(steps[best] - step)) best = i;
  return best;
}

function go(s, i, byHand) {
  s.index = i;
  s.follow = i === s.steps.length - 1;
  s.slider.value = i;
  s.frames.look(s.steps, i, byHand || s.playing > 0);
  drawWords(s);
  request(s);
  const told = `${s.steps[i]} ${s.follow}`;
  if (told === s.told) return;
  s.told = told;
  s.data.onGo?.(s.steps[i], s.follow, byHand);
}

function request(s) {
  if (s.asked || s.gone) return;
  s.asked = true;
  requestAnimationFrame((now) => {
    s.asked = false;
    if (s.gone) return;
    if (s.playing) onward(s, now);
    paint(s);
  });
}

// The picture of the present moment, or while it loads the nearest that is there, if that is nearer than what is shown.
function paint(s) {
  const i = s.frames.nearest(s.index);
  if (i < 0) return;
  const image = s.frames.image(s.steps[i]);
  if (s.shown === image) return;
  const shown = s.steps.indexOf(Number(s.shown?.dataset.step));
  if (i !== s.index && shown >= 0 && s.now.dataset.run === s.run && Math.abs(shown - s.index) <= Math.abs(i - s.index))
    return;
  image.alt = s.data.texts.alt.replace("{step}", number(s, s.steps[i]));
  image.classList.toggle("pixelated", Boolean(s.data.pixelated));
  s.now.replaceChildren(image);
  s.now.dataset.run = s.run;
  const first = !s.shown || s.shown.naturalWidth !== image.naturalWidth;
  s.shown = image;
  if (s.wait.isConnected) s.wait.remove();
  s.picture.hidden = false;
  if (first) {
    fit(s);
    drawWords(s);
  }
}

// Pixel art is enlarged by a whole number of device pixels: every pixel of a sample is a square of the same size.
function fit(s) {
  const image = s.shown;
  if (!image || !s.stage.clientWidth) return;
  const most = Math.min(s.stage.clientWidth, s.data.most || 900);
  const ratio = window.devicePixelRatio || 1;
  const times = Math.floor((most * ratio) / image.naturalWidth);
  const width = s.data.pixelated && times >= 1 ? (image.naturalWidth * times) / ratio : most;
  s.picture.style.width = `${width}px`;
  s.root.style.setProperty("--wide", `${width}px`);
}

function toggle(s) {
  if (s.playing) stop(s);
  else play(s);
}

function play(s) {
  if (s.steps.length < 2) return;
  s.playing = 1; // then: when the next picture is due
  if (s.index >= s.steps.length - 1) go(s, 0, !s.data.autoplay);
  s.frames.look(s.steps, s.index, true);
  drawWords(s);
  request(s);
}

// One frame of the screen while it plays: the next picture if it is due and there; a late one is waited for.
function onward(s, now) {
  const pause = Math.max(33, Math.min(400, 6000 / s.steps.length));
  const last = s.index >= s.steps.length - 1;
  if (s.playing === 1) s.playing = now + pause;
  if (last && !s.data.autoplay) return stop(s);
  const next = last ? 0 : s.index + 1;
  const there = s.frames.image(s.steps[next]) || s.frames.failed(s.steps[next]);
  if (now >= s.playing + (last ? 1800 : 0) && there && s.root.isConnected) {
    s.playing = Math.max(s.playing + pause, now);
    go(s, next, !s.data.autoplay);
  }
  request(s);
}

function stop(s) {
  if (!s.playing) return;
  s.playing = 0;
  drawWords(s);
}

// A sample was clicked, at ``x`` of the picture's width (0 to 1); null: none any more.
function pick(s, index, x) {
  if (index !== null && index === s.picking.index) index = null;
  const held = s.wipe.on && x !== undefined && x < s.wipe.at;
  const step = held ? s.wipe.step : Number(s.shown?.dataset.step);
  s.knows = true; // that samples can be clicked
  s.picking.choose(index);
  s.data.onPick?.(step, index);
  drawWords(s);
  if (index === null) s.explanation.close();
  else if (explains(s.data)) {
    stop(s);
    s.explanation.open(s.run, step, index, s.data);
  }
}

// The scrubber came to rest: what is explained follows it.
function explainHere(s) {
  if (s.explanation.isOpen) s.explanation.open(s.run, s.steps[s.index], s.picking.index, s.data);
}
