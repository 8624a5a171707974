// The class of a run: a strip above the board that says who follows whom, how many watch, and the vote.
//
// data: {class: the server's state (see gan_demo/classroom/classes.py), run, presenterKey: null for all but the owner, title,
//   join: the address to type before the code, templates, texts, language}
// hooks: goTo(step or null) shows a moment, false if there is none yet; highlight(index or null); trigger(name, value);
//   resized(): the board has another size

import { element } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { Vote } from "./poll.mjs";
import { Presenter } from "./presenter_view.mjs";
import { Sender } from "./teacher_sender.mjs";

export function build(root, hooks) {
  root.classList.add("classroom");
  root.innerHTML = `<section class="strip" hidden><span class="state"><i aria-hidden="true"></i><b></b><span></span></span>
      <span class="join"></span><span class="buttons"></span></section><section class="vote" hidden></section>
    <p class="heard" role="status" aria-live="polite"></p>`;
  const find = (name) => root.querySelector(name);
  const h = {
    root,
    hooks,
    data: null,
    state: { open: false },
    moved: "",
    at: undefined,
    highlight: null,
    tab: random(8),
    following: new URLSearchParams(location.search).get("class") === "1",
    strip: find(".strip"),
    lamp: find(".state"),
    words: find(".state b"),
    count: find(".state span"),
    join: find(".join"),
    buttons: find(".buttons"),
    heard: find(".heard"),
  };
  h.sender = new Sender(() => hooks.trigger("status", `key ${Date.now()}`)); // the page is drawn again, with a new key
  h.presenter = new Presenter(root, () => hooks.resized());
  h.vote = new Vote(find(".vote"), {
    send: (what, body) => h.sender.post(what, body),
    trigger: hooks.trigger,
    say: (words) => {
      h.heard.textContent = words;
    },
    changed: () => label(h),
  });
  for (const name of ["follow", "leave", "ask", "present", "end"]) {
    h[name] = element("button", { type: "button", className: name });
    h[name].addEventListener("click", () => ACTIONS[name](h));
    h.buttons.append(h[name]);
  }
  return h;
}

const ACTIONS = {
  follow: (h) => (h.moved ? come(h) : back(h)),
  leave: (h) => leave(h),
  ask: (h) => h.vote.compose(),
  present: (h) => h.presenter.enter(),
  end: (h) => h.sender.push({ open: false }),
};

export function update(h, data) {
  const was = h.state;
  h.data = data;
  h.state = data.class?.open ? data.class : { open: false };
  h.sender.set(data.run, data.presenterKey, h.tab);
  h.presenter.update(data, h.state);
  h.vote.update(h.state.open ? h.state.vote : null, data, h.state.watching ?? 0);
  h.moved = data.class?.moved ?? "";
  if (h.moved && (mine(h) ? h.presenter.on : h.following))
    come(h); // it went on with another run
  else if (h.state.open) steer(h);
  else if (was.open) end(h);
  label(h);
}

export function clear(h) {
  h.sender.close();
  h.presenter.leave();
}

// The moment on show is another; ``byHand``: this viewer's own doing, not what we asked for.
export function moved(h, step, isNewest, byHand) {
  if (!h.state.open || !byHand) return;
  const at = isNewest ? null : step;
  if (mine(h)) {
    h.at = at;
    h.sender.push({ at });
  } else if (h.following && at !== h.at) leave(h);
}

// A sample was clicked: the owner points it out to all.
export function picked(h, index) {
  if (!h.state.open || !mine(h)) return;
  h.highlight = index;
  h.sender.push({ highlight: index });
}

function mine(h) {
  return Boolean(h.data?.presenterKey);
}

// Go where the teacher points; the owner's tabs follow each other, but none follows itself.
function steer(h) {
  const { at, highlight, by } = h.state;
  if (mine(h) ? by === h.tab || h.sender.waiting : !h.following) return;
  if (h.at !== at && h.hooks.goTo(at) !== false) h.at = at;
  if (h.highlight !== highlight) {
    h.highlight = highlight;
    h.hooks.highlight(highlight);
  }
}

function back(h) {
  h.following = true;
  h.at = undefined;
  steer(h);
  label(h);
}

function leave(h) {
  h.following = false;
  h.at = undefined;
  h.highlight = null;
  h.hooks.highlight(null);
  label(h);
}

// The class is over: those who were led see what is newest, as without one.
function end(h) {
  if (h.following && !mine(h) && h.at != null) h.hooks.goTo(null);
  h.at = undefined;
  h.highlight = null;
  h.hooks.highlight(null);
}

function label(h) {
  const { data, state } = h;
  h.strip.hidden = !state.open && !h.moved;
  if (h.strip.hidden) return;
  const { texts, language } = data;
  if (!state.open) return gone(h, texts);
  const led = !mine(h) && h.following;
  h.strip.setAttribute("aria-label", texts.region);
  h.strip.classList.toggle("alone", !mine(h) && !h.following);
  h.strip.dataset.role = mine(h) ? "teacher" : led ? "following" : "alone";
  put(h.words, mine(h) ? texts.teaching : led ? texts.following : texts.alone);
  put(
    h.count,
    fill(state.watching === 1 ? texts.watching_one : texts.watching, { n: number(language, state.watching) }),
  );
  if (h.join.dataset.code !== data.join + state.code) {
    h.join.dataset.code = data.join + state.code;
    h.join.replaceChildren(`${data.join}`, element("b", { textContent: state.code }));
  }
  h.join.hidden = !mine(h);
  button(h.follow, texts.follow, !mine(h) && !h.following);
  button(h.leave, texts.leave, led);
  button(h.ask, texts.ask, mine(h) && !state.vote && !h.vote.composing);
  button(h.present, texts.present, mine(h) && !h.presenter.on);
  button(h.end, texts.end, mine(h));
}

// The class went on with another run, and this viewer may come after it.
function gone(h, texts) {
  h.strip.classList.add("alone");
  h.strip.dataset.role = "moved";
  put(h.words, texts.moved);
  put(h.count, "");
  h.join.hidden = true;
  for (const one of h.buttons.children) one.hidden = true;
  button(h.follow, texts.follow, true);
}

function come(h) {
  if (h.coming) return;
  h.coming = true;
  const url = new URL(location.href);
  url.searchParams.set("run", h.moved);
  url.searchParams.set("class", "1");
  location.assign(url);
}

function button(one, words, shown) {
  put(one, words);
  one.hidden = !shown;
}

function put(one, words) {
  if (one.textContent !== words) one.textContent = words;
}

function random(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
