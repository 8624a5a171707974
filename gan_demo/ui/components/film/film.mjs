// A picture of the samples for every moment of a training, with a scrubber. Frames come by URL and stay in the browser's
// cache, so dragging asks the server for nothing it has sent before; elements are kept, so nothing flickers.

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
  clearInterval(s.timer);
  s.observer.disconnect();
  states.delete(parentElement);
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "film";
  root.innerHTML = `<div class="stage"><span class="wait"></span></div>
    <div class="bar"><button class="play" type="button"></button>
    <input type="range" min="0" value="0" step="1"><output></output><button class="live" type="button"></button></div>`;
  parent.querySelector(".film")?.remove();
  parent.append(root);
  const find = (name) => root.querySelector(name);
  const s = {
    root, stage: find(".stage"), slider: find("input"), output: find("output"), play: find(".play"), live: find(".live"),
    frames: new Map(), steps: [], index: -1, follow: true, timer: 0, shown: null, run: "", data: {}, started: false,
  };
  s.slider.addEventListener("input", () => { pause(s); go(s, Number(s.slider.value)); });
  s.play.addEventListener("click", () => (s.timer ? pause(s) : play(s)));
  s.live.addEventListener("click", () => { pause(s); go(s, s.steps.length - 1); });
  s.observer = new ResizeObserver(() => fit(s));
  s.observer.observe(s.stage);
  return s;
}

function update(s, data) {
  s.data = data;
  if (s.run !== data.run) {
    s.run = data.run;
    s.frames.clear();
    s.index = -1;
    s.follow = true;
    s.started = false;
  }
  s.steps = data.steps;
  s.root.classList.toggle("compact", Boolean(data.compact));
  s.slider.max = Math.max(0, s.steps.length - 1);
  s.slider.setAttribute("aria-label", data.texts.scrub);
  s.slider.disabled = s.play.disabled = s.steps.length < 2;
  if (s.steps.length && (s.follow || s.index >= s.steps.length) && !s.timer) go(s, s.steps.length - 1);
  else label(s);
  if (data.autoplay && !s.started && s.steps.length > 1) {
    s.started = true;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      for (let i = 0; i < s.steps.length; i++) frame(s, i);
      play(s);
    }
  }
}

function address(s, step) {
  return new URL(`api/runs/${encodeURIComponent(s.run)}/grids/${step}.png`, document.baseURI).href;
}

function frame(s, i) {
  const step = s.steps[i];
  if (!s.frames.has(step)) {
    const image = new Image();
    image.src = address(s, step);
    image.ready = image.decode().then(() => true, () => { s.frames.delete(step); return false; });
    s.frames.set(step, image);
    if (s.frames.size > 400) s.frames.delete(s.frames.keys().next().value);
  }
  return s.frames.get(step);
}

function go(s, i) {
  s.index = i;
  s.follow = i === s.steps.length - 1;
  s.slider.value = i;
  label(s);
  const image = frame(s, i);
  const run = s.run;
  image.ready.then((good) => {
    if (!good || s.run !== run || s.steps[s.index] !== s.steps[i] || s.shown === image) return;
    image.alt = s.data.texts.alt.replace("{step}", number(s, s.steps[i]));
    image.dataset.step = s.steps[i];
    image.classList.toggle("pixelated", Boolean(s.data.pixelated));
    s.stage.replaceChildren(image);
    s.shown = image;
    fit(s);
  });
}

// Pixel art is enlarged by a whole number of device pixels: every pixel of a sample is a square of the same size.
function fit(s) {
  const image = s.shown;
  if (!image || !s.stage.clientWidth) return;
  const most = Math.min(s.stage.clientWidth, s.data.most || 900);
  const ratio = window.devicePixelRatio || 1;
  const times = Math.floor((most * ratio) / image.naturalWidth);
  const width = s.data.pixelated && times >= 1 ? (image.naturalWidth * times) / ratio : most;
  image.style.width = `${width}px`;
}

function play(s) {
  const interval = Math.max(70, Math.min(400, 6000 / Math.max(1, s.steps.length)));
  if (s.index >= s.steps.length - 1) go(s, 0);
  let hold = 0;
  s.timer = setInterval(() => {
    if (document.hidden || !s.root.isConnected) return;
    if (s.index < s.steps.length - 1) go(s, s.index + 1);
    else if (!s.data.autoplay) pause(s);
    else if (++hold * interval > 1800) { hold = 0; go(s, 0); }
  }, interval);
  label(s);
}

function pause(s) {
  clearInterval(s.timer);
  s.timer = 0;
  label(s);
}

function number(s, n) {
  return new Intl.NumberFormat(s.data.language).format(n);
}

function label(s) {
  const texts = s.data.texts;
  const step = s.steps[s.index];
  s.output.textContent = step === undefined ? "" : texts.step.replace("{step}", number(s, step));
  s.play.textContent = s.timer ? "❚❚" : "▶";
  s.play.setAttribute("aria-label", s.timer ? texts.pause : texts.play);
  s.play.title = s.timer ? texts.pause : texts.play;
  s.live.hidden = !s.data.live;
  s.live.textContent = s.follow ? texts.live : texts.to_live;
  s.live.classList.toggle("on", s.follow);
  const share = s.steps.length > 1 ? (100 * s.index) / (s.steps.length - 1) : 100;
  s.slider.style.setProperty("--share", `${share}%`);
}
