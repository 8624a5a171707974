// A run's changes, as they come: server-sent events, or polling where a proxy holds events back. Whoever was away says
// what it had last and gets the rest; `onUpdate` sees each change once, `onState` "live", "polling", "waiting" or "gone".

const FIRST = 4000; // ms in which a stream must have said something, else it is being held back somewhere
const SILENCE = 40000; // ms without a word, after which the line is taken for dead: the server says hello every 15 s
const PATIENCE = 15000; // ms for one answer
const POLL = 1000; // ms between two questions
const RETRY = 1000; // ms after a failure; doubles up to LONGEST
const LONGEST = 8000;
const TRIES = 3; // streams that may fail in a row while questions are answered

export function follow(run, onUpdate, onState) {
  const f = {
    run,
    onUpdate,
    onState,
    epoch: "",
    have: 0,
    closed: false,
    polls: false,
    source: null,
    timer: 0,
    retry: RETRY,
    failed: 0,
  };
  f.wake = () => {
    f.polls = false;
    document.hidden ? rest(f) : begin(f);
  };
  document.addEventListener("visibilitychange", f.wake); // a hidden tab holds no connection, and catches up later
  window.addEventListener("online", f.wake);
  begin(f);
  return {
    close: () => close(f),
    again: () => {
      f.epoch = "";
      f.have = 0;
      begin(f);
    },
  };
}

// Rows of a run, thinned; all of them, or a stretch. Null where they can't be had.
export async function rows(run, from, to) {
  const url = new URL(`api/runs/${encodeURIComponent(run)}/rows`, document.baseURI);
  if (from !== undefined) url.searchParams.set("from", from);
  if (to !== undefined) url.searchParams.set("to", to);
  try {
    const answer = await fetch(url, { cache: "no-store" });
    return answer.ok ? (await answer.json()).rows : null;
  } catch {
    return null;
  }
}

function close(f) {
  f.closed = true;
  document.removeEventListener("visibilitychange", f.wake);
  window.removeEventListener("online", f.wake);
  rest(f);
}

function rest(f) {
  f.source?.close();
  f.source = null;
  clearTimeout(f.timer);
}

function address(f, what) {
  const url = new URL(`api/runs/${encodeURIComponent(f.run)}/${what}`, document.baseURI);
  url.searchParams.set("epoch", f.epoch);
  url.searchParams.set("have", f.have);
  return url.href;
}

function begin(f) {
  rest(f);
  if (f.closed || document.hidden) return;
  if (f.polls || !window.EventSource) poll(f);
  else listen(f);
}

function listen(f) {
  const source = new EventSource(address(f, "events"));
  f.source = source;
  let heard = false;
  f.timer = setTimeout(() => {
    if (!heard) fallBack(f);
  }, FIRST);
  const hear = () => {
    heard = true;
    f.failed = 0;
    clearTimeout(f.timer);
    f.timer = setTimeout(() => begin(f), SILENCE);
    f.retry = RETRY;
    f.onState("live");
  };
  source.addEventListener("hello", () => {
    if (f.source === source) hear();
  });
  source.addEventListener("update", (event) => {
    if (f.source !== source) return;
    hear();
    take(f, JSON.parse(event.data));
  });
  source.onerror = () => {
    if (f.source !== source) return;
    rest(f);
    if (!heard && ++f.failed >= TRIES) fallBack(f);
    else ask(f); // is it the server, the network, or the link?
  };
}

// No event came. One answered question tells what holds events back from a server that is not there.
async function fallBack(f) {
  rest(f);
  if (await ask(f)) {
    f.polls = true;
    rest(f);
    f.timer = setTimeout(() => poll(f), POLL);
  }
}

async function poll(f) {
  if (await ask(f)) {
    rest(f);
    f.timer = setTimeout(() => (document.hidden ? rest(f) : poll(f)), POLL);
  }
}

// One question; true if it was answered. Else tries again by itself, unless the run is gone.
async function ask(f) {
  let answer;
  try {
    answer = await fetch(address(f, "updates"), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 404) {
      close(f);
      f.onState("gone");
      return false;
    }
    if (!answer.ok) throw new Error(answer.status);
    const { updates } = await answer.json();
    if (f.closed) return false;
    for (const update of updates) take(f, update);
  } catch {
    if (f.closed) return false;
    f.onState("waiting");
    clearTimeout(f.timer);
    f.timer = setTimeout(() => begin(f), f.retry);
    f.retry = Math.min(LONGEST, 2 * f.retry);
    return false;
  }
  if (f.closed) return false;
  f.retry = RETRY;
  f.onState(f.polls ? "polling" : "live");
  if (!f.polls && !f.source) {
    clearTimeout(f.timer);
    f.timer = setTimeout(() => begin(f), RETRY);
  }
  return true;
}

function take(f, update) {
  if (update.epoch === f.epoch ? update.seq <= f.have : !update.reset) return; // seen, or of another life
  f.epoch = update.epoch;
  f.have = update.seq;
  f.onUpdate(update);
}
