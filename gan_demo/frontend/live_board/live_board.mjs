// The board of a run: progress, film, what the curves say, curves; fed by events, drawn without the page's script.
// data: {run, status, position, panels, more, film, curves, findings, mine, texts, language, ...}, see boards/live_board.py.

import * as classroom from "../classroom/class_strip.mjs";
import * as curves from "../curves/curves.mjs";
import * as film from "../film/film.mjs";
import { duration, fill, number } from "../shared/format.mjs";
import { RunFeed } from "../shared/run_feed.mjs";
import { fetchRows } from "../shared/run_rows.mjs";
import { RunStore } from "../shared/run_store.mjs";
import { show as showFindings } from "./findings.mjs";

const FOLLOWS = 4000; // ms in which the page follows a change of status
const states = new WeakMap();

export function draw({ data, parentElement, setTriggerValue }) {
  let s = states.get(parentElement);
  if (s && s.data.run !== data.run) {
    clear(parentElement);
    s = null;
  }
  if (!s) {
    s = build(parentElement, data);
    states.set(parentElement, s);
  }
  s.data = data;
  s.trigger = setTriggerValue;
  s.root.classList.toggle("points", !data.film.pixelated);
  label(s);
  if (s.store.update) render(s);
}

export function clear(parentElement) {
  const s = states.get(parentElement);
  if (!s) return;
  s.feed.close();
  clearTimeout(s.telling);
  cancelAnimationFrame(s.frame);
  classroom.clear(s.classroom);
  film.clear(s.film);
  curves.clear(s.main);
  curves.clear(s.rest);
  states.delete(parentElement);
}

function build(parent, data) {
  const root = document.createElement("div");
  root.className = "live-board";
  root.innerHTML = `<div class="class-place"></div><p class="connection" role="status" hidden></p>
    <div class="progress"><div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div><span></span></div>
    <div class="main"><div class="left"><div class="film-place"></div>
      <p class="fork" hidden><button type="button"></button><span></span></p><div class="findings" aria-live="polite"></div></div>
    <div class="right"></div></div>
    <details class="more"><summary></summary><div class="rest"></div><p class="cost"></p></details>`;
  parent.querySelector(".live-board")?.remove();
  parent.append(root);
  const find = (name) => root.querySelector(name);
  const s = {
    root,
    parent,
    data,
    asked: -Infinity,
    store: new RunStore(),
    at: null,
    frame: 0,
    told: "",
    stale: false,
    ghost: null,
    haunted: "",
    detail: null,
    connection: find(".connection"),
    track: find(".track"),
    bar: find(".track i"),
    pace: find(".progress span"),
    film: find(".film-place"),
    findings: find(".findings"),
    main: find(".right"),
    more: find(".more"),
    rest: find(".rest"),
    summary: find("summary"),
    cost: find(".cost"),
    fork: find(".fork"),
  };
  s.ask = (name, value) => ask(s, name, value);
  find(".fork button").addEventListener("click", () => s.ask("fork", s.from));
  s.more.addEventListener("toggle", () => render(s));
  s.classroom = classroom.build(find(".class-place"), {
    goTo: (step) => s.store.grids.length > 0 && (film.goTo(s.film, step), true),
    highlight: (index) => {
      s.highlight = index;
      if (s.store.update) picture(s, s.store.update);
    },
    trigger: (name, value) => s.ask(name, value),
    resized: () => render(s),
  });
  s.feed = new RunFeed(data.run, {
    onUpdate: (update) => take(s, update),
    onState: (state) => connected(s, state),
  });
  return s;
}

function take(s, update) {
  if (update.reset) s.stale = false;
  if (s.store.apply(update) && !s.stale) {
    s.stale = true; // too many rows to draw: a summary comes
    s.feed.restart();
  }
  s.root.dataset.step = update.progress.step;
  if (!s.frame)
    s.frame = requestAnimationFrame(() => {
      s.frame = 0;
      render(s);
    });
  tell(s, update);
}

// What the reader asks of the page. What follows from it (a run that ends, say) is told when the page had time to answer.
const ANSWERED = 4000; // ms
function ask(s, name, value) {
  if (s.classroom.presenter.on) s.classroom.presenter.leave(); // the page's answer would be hidden
  s.asked = performance.now();
  s.trigger(name, value);
  setTimeout(() => {
    if (s.store.update) tell(s, s.store.update);
  }, ANSWERED + 50);
}

// The page around the board (buttons, what is offered at the end) is drawn by the script, which must hear of a change.
// Said again while the page does not follow: what is said to a server that is just coming back is lost.
function tell(s, update) {
  if (states.get(s.parent) !== s) return; // taken down
  if (performance.now() < s.asked + ANSWERED) return; // two runs of the script at once would undo each other's address
  const now = `${update.status}:${update.position}:${update.fitted}`;
  clearTimeout(s.telling);
  if (now === `${s.data.status}:${s.data.position}:${s.data.fitted}`) {
    s.told = "";
    return;
  }
  if (now !== s.told || performance.now() - s.toldAt > FOLLOWS) {
    s.told = now;
    s.toldAt = performance.now();
    s.trigger("status", now);
  }
  s.telling = setTimeout(() => tell(s, s.store.update), FOLLOWS + 100);
}

function connected(s, state) {
  s.root.dataset.connection = state;
  const words = { waiting: s.data.texts.reconnecting, gone: s.data.texts.gone }[state];
  s.connection.textContent = words ?? "";
  s.connection.hidden = !words;
  s.connection.classList.toggle("gone", state === "gone");
}

function label(s) {
  s.summary.textContent = s.data.texts.more;
  s.track.setAttribute("aria-label", s.data.texts.progress);
}

function render(s) {
  const update = s.store.update;
  if (!update || !s.root.isConnected) return;
  progress(s, update);
  picture(s, update);
  fork(s, update);
  showFindings(s, update, may(s, update));
  haunt(s, update);
  charts(s, s.main, s.data.panels, 1);
  classroom.update(s.classroom, {
    ...s.data.classroom,
    class: update.class,
    run: s.data.run,
    language: s.data.language,
  });
  if (s.more.open) {
    charts(s, s.rest, s.data.more, 2);
    const spent = s.store.newest("eval_seconds"),
      seconds = s.store.newest("seconds");
    s.cost.textContent =
      spent && seconds
        ? fill(s.data.texts.evaluation, { share: number(s.data.language, (100 * spent) / seconds, 1) })
        : "";
  }
}

const ALIVE = ["queued", "running", "paused"];

function progress(s, { progress: p, status }) {
  const { texts, language } = s.data;
  const n = (value) => number(language, value);
  let share = p.step / Math.max(1, p.steps),
    words;
  if (!ALIVE.includes(status))
    words = fill(texts.was, { step: n(p.step), steps: n(p.steps), time: duration(texts, p.seconds) });
  else if (p.loading) {
    share = p.loading.done / Math.max(1, p.loading.total);
    const scale = p.loading.total > 1e6 ? 1e6 : 1;
    words = fill(texts.loading[p.loading.what] ?? texts.preparing, {
      done: n(p.loading.done / scale),
      total: n(p.loading.total / scale),
    });
  } else if (!p.step && !p.images_per_second) words = texts.preparing;
  else {
    words = fill(texts.pace, {
      step: n(p.step),
      steps: n(p.steps),
      rate: n(p.images_per_second),
      time: duration(texts, p.seconds),
      left: duration(texts, p.seconds_left),
    });
  }
  s.bar.style.width = `${100 * Math.min(1, share)}%`;
  s.track.setAttribute("aria-valuenow", Math.round(100 * Math.min(1, share)));
  s.pace.textContent = words;
}

function picture(s, update) {
  const data = {
    ...s.data.film,
    run: s.data.run,
    steps: s.store.grids,
    live: ALIVE.includes(update.status),
    language: s.data.language,
    ...(s.classroom.presenter.on ? { most: s.classroom.presenter.room(ratio(s.data.film.sheet)) } : {}),
    highlight: s.highlight ?? null,
    marks: marks(s, update),
    onGo: (step, isNewest, byHand) => {
      seen(s, isNewest ? null : step);
      classroom.moved(s.classroom, step, isNewest, byHand);
    },
    onPick: (_step, index) => classroom.picked(s.classroom, index),
  };
  film.draw({ data, parentElement: s.film });
}

function seen(s, step) {
  if (s.at === step) return;
  s.at = step;
  if (s.store.update) fork(s, s.store.update);
  for (const place of [s.main, s.rest]) curves.at(place, step);
}

function charts(s, place, panels, across) {
  const update = s.store.update;
  curves.draw({
    parentElement: place,
    data: {
      panels,
      columns: s.store.columns,
      across,
      tools: place === s.main,
      language: s.data.language,
      texts: s.data.curves,
      at: s.at,
      scale: s.classroom.presenter.scale,
      marks: marks(s, update),
      bands: bands(update),
      ghost: s.ghost,
      detail: s.detail,
      onSeek: (step) => seek(s, nearest(s.store.grids, step)),
      onZoom: (_, from, to, points) => zoomed(s, from, to, points),
    },
  });
}

// Width to height of a sheet of samples; a plot of points is square.
function ratio(sheet) {
  if (!sheet) return 1;
  return (
    (sheet.columns * (sheet.width + sheet.gap)) / (Math.ceil(sheet.count / sheet.columns) * (sheet.height + sheet.gap))
  );
}

function seek(s, step) {
  film.goTo(s.film, step);
  classroom.moved(s.classroom, step, step === s.store.grids.at(-1), true);
}

function marks(s, update) {
  const changed = update.changes.map((one) => ({
    step: one.step,
    text: Object.entries(one.now)
      .map((pair) => change(s, ...pair))
      .join(", "),
  }));
  const parent = update.parent.split("@")[1];
  return parent ? [{ step: Number(parent), text: s.data.texts.forked }, ...changed] : changed;
}

function change(s, name, value) {
  const shown =
    typeof value === "number"
      ? new Intl.NumberFormat(s.data.language, { maximumSignificantDigits: 3 }).format(value)
      : value;
  return `${s.data.texts.changed[name] ?? s.data.texts.change} → ${shown}`;
}

function bands(update) {
  return update.findings
    .filter((one) => one.kind === "warning")
    .map((one) => ({ panel: one.panel, from: one.from, to: one.to, kind: one.kind }));
}

function nearest(steps, step) {
  return steps.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), steps[0] ?? 0);
}

// In a class the teacher decides: thirty forks at once would only queue.
export function may(s, update) {
  return s.data.mayFork && (s.data.mine || !update.class?.open);
}

// Any kept state can be gone on from in another way; the one offered is the last before the moment on show.
function fork(s, update) {
  const shown = s.at ?? Infinity;
  const before = update.states.filter((step) => step <= shown);
  s.from = before.at(-1) ?? update.states[0] ?? null;
  s.fork.hidden = s.from === null || !may(s, update);
  if (s.fork.hidden) return;
  const [button, note] = s.fork.children;
  button.textContent = fill(s.data.texts.fork, { step: number(s.data.language, s.from) });
  note.textContent = s.data.texts.fork_note;
}

// A fork is drawn over the faint curves of what it left.
async function haunt(s, update) {
  if (s.haunted === update.parent) return;
  s.haunted = update.parent;
  const [run, step] = update.parent.split("@");
  const columns = run ? await fetchRows(run) : null;
  if (s.haunted !== update.parent || !run) return;
  if (!columns) {
    s.haunted = ""; // tried again with the next change
    return;
  }
  s.ghost = { columns, name: fill(s.data.texts.parent, { step: number(s.data.language, Number(step)) }) };
  charts(s, s.main, s.data.panels, 1);
}

// A stretch that was zoomed into is coarse where the rows came as a summary.
const ENOUGH = 250;
async function zoomed(s, from, to, points) {
  const end = Math.min(to, s.store.columns.step.at(-1) ?? to); // what comes later is as fine as it gets
  if (from === null) s.detail = null;
  else if (points < ENOUGH && !(s.detail && s.detail.from <= from && s.detail.to >= end)) {
    const columns = await fetchRows(s.data.run, from, end);
    s.detail = columns && { from, to: end, columns };
  } else return;
  charts(s, s.main, s.data.panels, 1);
}
