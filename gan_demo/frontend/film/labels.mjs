// Everything on the film that is said: its buttons, the present moment, marks along the scrubber.

const ICONS = {
  play: '<path d="M4 2.5v11l9-5.5z"/>',
  pause: '<path d="M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z"/>',
  compare: '<path d="M2 3h5v10H2z"/><path d="M8.4 3H14v10H8.4zM9.6 4.2v7.6h3.2V4.2z" fill-rule="evenodd"/>',
  leave: '<path d="m4 3 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z"/>',
};

export function explains(data) {
  return Boolean(data.explain && data.sheet && !data.compact);
}

export function drawTicks(s) {
  const marks = s.data.marks ?? [];
  const key = JSON.stringify([marks, s.steps.length]);
  if (s.marks.dataset.key === key) return;
  s.marks.dataset.key = key;
  s.marks.replaceChildren(
    ...marks.map(({ step, text }) => {
      const tick = document.createElement("i");
      tick.style.setProperty("--share", place(s.steps, step));
      tick.title = text;
      return tick;
    }),
  );
}

// Where a step is along the scrubber, 0 to 1: between the kept ones.
function place(steps, step) {
  const after = steps.findIndex((one) => one >= step);
  if (after <= 0 || steps.length < 2) return after < 0 ? 1 : 0;
  const share = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
  return (after - 1 + share) / (steps.length - 1);
}

export function number(s, n) {
  return new Intl.NumberFormat(s.data.language).format(n);
}

function icon(element, name) {
  if (element.dataset.icon === name) return;
  element.dataset.icon = name;
  element.innerHTML = `<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="currentColor">${ICONS[name]}</svg>`;
}

function named(button, text) {
  button.title = text;
  button.setAttribute("aria-label", text);
}

export function drawWords(s) {
  const { texts } = s.data;
  const step = s.steps[s.index];
  const words = step === undefined ? "" : texts.step.replace("{step}", number(s, step));
  s.output.textContent = words;
  s.slider.setAttribute("aria-valuetext", words);
  icon(s.play, s.playing ? "pause" : "play");
  named(s.play, s.playing ? texts.pause : texts.play);
  s.live.hidden = !s.data.live;
  s.live.textContent = s.follow ? texts.live : texts.to_live;
  s.live.classList.toggle("on", s.follow);
  s.compare.hidden = Boolean(s.data.compact) || s.steps.length < 2 || !texts.compare;
  s.compare.classList.toggle("on", s.wipe.on);
  icon(s.compare.firstElementChild, s.wipe.on ? "leave" : "compare");
  s.compare.lastElementChild.textContent = s.wipe.on ? texts.compare_leave : texts.compare;
  named(s.compare, s.wipe.on ? texts.compare_leave : texts.compare_help);
  s.hint.textContent = s.wipe.on ? texts.compare_hint : explains(s.data) && s.shown && !s.knows ? texts.pick_hint : "";
  s.hint.hidden = !s.hint.textContent;
  if (s.wipe.on) s.wipe.words(texts, number(s, s.wipe.step), step === undefined ? "" : number(s, step));
  const share = s.steps.length > 1 ? (100 * s.index) / (s.steps.length - 1) : 100;
  s.slider.style.setProperty("--share", `${share}%`);
}
