// @ts-check
/** @import { RunUpdate } from "../../../gan_demo/frontend/shared/types.js" */
import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { FeedPosition, RetryDelay, RunFeed } from "../../../gan_demo/frontend/shared/run_feed.mjs";

// ---- the protocol

test("the first update that is taken is a summary", () => {
  const position = new FeedPosition();
  assert.equal(position.advance({ epoch: "a", seq: 3, reset: false }), false);
  assert.equal(position.advance({ epoch: "a", seq: 3, reset: true }), true);
  assert.deepEqual([position.epoch, position.seq], ["a", 3]);
});

test("each update of an epoch is taken once, in order", () => {
  const position = new FeedPosition();
  position.advance({ epoch: "a", seq: 3, reset: true });
  const taken = [4, 4, 3, 5].filter((seq) => position.advance({ epoch: "a", seq, reset: false }));
  assert.deepEqual(taken, [4, 5]);
  assert.equal(position.advance({ epoch: "a", seq: 5, reset: true }), false, "a summary of what is known");
});

test("another epoch begins with a summary only", () => {
  const position = new FeedPosition();
  position.advance({ epoch: "a", seq: 9, reset: true });
  assert.equal(position.advance({ epoch: "b", seq: 10, reset: false }), false);
  assert.deepEqual([position.epoch, position.seq], ["a", 9], "it stays where it was");
  assert.equal(position.advance({ epoch: "b", seq: 1, reset: true }), true);
});

test("after a restart a summary of the same epoch is taken again, and nothing else", () => {
  const position = new FeedPosition();
  position.advance({ epoch: "a", seq: 9, reset: true });
  position.restart();
  assert.equal(position.advance({ epoch: "a", seq: 10, reset: false }), false);
  assert.equal(position.advance({ epoch: "a", seq: 10, reset: true }), true);
});

test("waits double up to eight seconds, and begin anew after a success", () => {
  const retry = new RetryDelay();
  assert.deepEqual(
    Array.from({ length: 5 }, () => retry.afterFailure()),
    [1000, 2000, 4000, 8000, 8000],
  );
  retry.reset();
  assert.equal(retry.afterFailure(), 1000);
});

// ---- the client, with a browser and a server made here

/** Stream that a test speaks through. */
class FakeStream extends EventTarget {
  /** @type {FakeStream[]} */
  static opened = [];
  isClosed = false;
  onerror = () => {};

  /** @param {string} address */
  constructor(address) {
    super();
    this.address = new URL(address);
    FakeStream.opened.push(this);
  }

  close() {
    this.isClosed = true;
  }

  hello() {
    this.dispatchEvent(new Event("hello"));
  }

  /** @param {object} update */
  send(update) {
    this.dispatchEvent(new MessageEvent("update", { data: JSON.stringify(update) }));
  }

  static get last() {
    return FakeStream.opened[FakeStream.opened.length - 1];
  }
}

/**
 * Follow a run in a page made for the test. `server.answer` is what a poll gets: updates, a status, or null for none.
 * @param {import("node:test").TestContext} t
 * @param {{ pollsOnly?: boolean, hidden?: boolean, pollInterval?: () => number }} [options]
 */
function follow(t, { hidden = false, ...options } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  FakeStream.opened = [];
  const page = Object.assign(new EventTarget(), { hidden, baseURI: "http://host/app/" });
  const host = Object.assign(new EventTarget(), { EventSource: FakeStream, setTimeout: globalThis.setTimeout });
  Object.assign(globalThis, { document: page, window: host, EventSource: FakeStream });
  /** @type {{ answer: object[] | number | null, polls: URL[] }} */
  const server = { answer: [], polls: [] };
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ address) => {
    server.polls.push(new URL(address));
    if (server.answer === null) throw new TypeError("no connection");
    if (typeof server.answer === "number") return new Response("", { status: server.answer });
    return Response.json({ updates: server.answer });
  });
  /** @type {number[]} */
  const updates = [];
  /** @type {string[]} */
  const states = [];
  const feed = new RunFeed("run 1", {
    ...options,
    onUpdate: (/** @type {RunUpdate} */ { seq }) => updates.push(seq),
    onState: (state) => states.push(state),
  });
  t.after(() => {
    feed.close();
    for (const name of ["document", "window", "EventSource"]) Reflect.deleteProperty(globalThis, name);
  });
  /** @param {number} ms */
  const pass = async (ms) => {
    t.mock.timers.tick(ms);
    await setImmediate(); // lets the answers of requests arrive
    await setImmediate();
  };
  return { feed, page, host, server, updates, states, pass };
}

const summary = (seq = 1, epoch = "a") => ({ epoch, seq, reset: true });
const next = (/** @type {number} */ seq, epoch = "a") => ({ epoch, seq, reset: false });

test("updates come by events, each once", (t) => {
  const { updates, states } = follow(t);
  FakeStream.last.hello();
  FakeStream.last.send(summary());
  FakeStream.last.send(next(2));
  FakeStream.last.send(next(2));
  assert.deepEqual(updates, [1, 2]);
  assert.equal(states.at(-1), "live");
  assert.equal(FakeStream.last.address.pathname, "/app/api/runs/run%201/events");
});

test("a lost stream is opened again from the last update", async (t) => {
  const { updates, server, pass } = follow(t);
  FakeStream.last.send(summary(5));
  server.answer = [next(6)];
  FakeStream.last.onerror();
  await pass(0);
  await pass(1000);
  assert.deepEqual(updates, [5, 6]);
  assert.equal(FakeStream.opened.length, 2);
  assert.deepEqual(Object.fromEntries(FakeStream.last.address.searchParams), { epoch: "a", have: "6" });
});

test("a stream that says nothing although requests are answered gives way to polling", async (t) => {
  const { server, states, updates, pass } = follow(t);
  server.answer = [summary()];
  await pass(4000);
  assert.ok(FakeStream.last.isClosed);
  server.answer = [next(2)];
  await pass(1000);
  await pass(1000);
  assert.equal(states.at(-1), "polling");
  assert.deepEqual(updates, [1, 2]);
  assert.equal(FakeStream.opened.length, 1);
});

test("a stream that has spoken is left open until forty seconds of silence", async (t) => {
  const { pass } = follow(t);
  FakeStream.last.hello();
  await pass(39_999);
  assert.equal(FakeStream.opened.length, 1);
  await pass(1);
  assert.equal(FakeStream.opened.length, 2);
});

test("three streams in a row that fail unheard lead to polling", async (t) => {
  const { states, pass } = follow(t);
  for (let failure = 1; failure <= 3; failure++) {
    FakeStream.last.onerror();
    await pass(0);
    await pass(1000);
  }
  assert.equal(FakeStream.opened.length, 3);
  assert.equal(states.at(-1), "polling");
});

test("without an answer it waits, longer each time, and connects again", async (t) => {
  const { server, states, pass } = follow(t, { pollsOnly: true });
  await pass(0);
  server.answer = null;
  await pass(1000);
  assert.equal(states.at(-1), "waiting");
  await pass(1000);
  const failed = server.polls.length;
  await pass(1999);
  assert.equal(server.polls.length, failed);
  server.answer = [summary()];
  await pass(1);
  assert.equal(states.at(-1), "polling");
});

test("a server that shuts down is waited for, a run that is gone is not", async (t) => {
  const { server, states, pass } = follow(t, { pollsOnly: true });
  server.answer = 503;
  await pass(0);
  await pass(1000);
  assert.equal(states.at(-1), "waiting");
  server.answer = 404;
  await pass(8000);
  assert.equal(states.at(-1), "gone");
  const { length } = server.polls;
  await pass(60_000);
  assert.equal(server.polls.length, length);
});

test("a board that only polls opens no stream and chooses its pace", async (t) => {
  const { server, pass } = follow(t, { pollsOnly: true, pollInterval: () => 5000 });
  await pass(0);
  assert.equal(server.polls.length, 1);
  await pass(4999);
  assert.equal(server.polls.length, 1);
  await pass(1);
  assert.equal(server.polls.length, 2);
  assert.equal(FakeStream.opened.length, 0);
});

test("a hidden tab holds no connection and catches up when it is looked at", async (t) => {
  const { page } = follow(t, { hidden: true });
  assert.equal(FakeStream.opened.length, 0);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(FakeStream.opened.length, 1);
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.ok(FakeStream.last.isClosed);
});

test("another network is tried with events again", async (t) => {
  const { host, pass } = follow(t);
  await pass(4000);
  await pass(1000);
  host.dispatchEvent(new Event("online"));
  assert.equal(FakeStream.opened.length, 2);
});

test("a restart asks for a summary, and drops the answer that is under way", async (t) => {
  const { feed, server, updates, pass } = follow(t, { pollsOnly: true });
  server.answer = [summary(7)];
  feed.restart();
  assert.deepEqual(Object.fromEntries(server.polls[1].searchParams), { epoch: "", have: "0" });
  await pass(0);
  assert.deepEqual(updates, [7], "once, though two requests were answered");
});

test("after close nothing more comes", async (t) => {
  const { feed, page, updates, pass } = follow(t);
  const stream = FakeStream.last;
  feed.close();
  stream.send(summary());
  page.dispatchEvent(new Event("visibilitychange"));
  await pass(60_000);
  assert.deepEqual(updates, []);
  assert.equal(FakeStream.opened.length, 1);
  assert.ok(stream.isClosed);
});
