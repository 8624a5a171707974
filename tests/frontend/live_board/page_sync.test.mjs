// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { PageSync } from "../../../gan_demo/frontend/live_board/page_sync.mjs";
import { FakeClock } from "../fake_clock.mjs";

/** @import { PageState } from "../../../gan_demo/frontend/live_board/types.js" */

/** @type {PageState} */
const RUNNING = { status: "running", position: 0, fitted: true, crowded: false };
/** @type {PageState} */
const DONE = { ...RUNNING, status: "done" };

/** A page that was drawn while the run was running, and the messages to it. */
function page() {
  const clock = new FakeClock();
  /** @type {unknown[]} */
  const messages = [];
  const sync = new PageSync((name, value) => messages.push([clock.now(), name, value]), clock);
  sync.pageDrawn(RUNNING);
  return { clock, sync, messages };
}

test("the page is told nothing while it shows the run's state", async () => {
  const { clock, sync, messages } = page();
  for (let k = 0; k < 10; k++) {
    sync.runChanged(RUNNING);
    await clock.advance(1000);
  }
  assert.deepEqual(messages, []);
  assert.equal(clock.pending, 0);
});

test("another state is told at once, and only once while the page follows", async () => {
  const { clock, sync, messages } = page();
  sync.runChanged(DONE);
  sync.runChanged(DONE);
  assert.deepEqual(messages, [[0, "status", "done:0:true:false"]]);
  sync.pageDrawn(DONE);
  await clock.advance(60_000);
  assert.equal(messages.length, 1);
  assert.equal(clock.pending, 0);
});

test("the place in the queue, the data's shape and many others in turn count as the page's state too", () => {
  const { sync, messages } = page();
  sync.runChanged({ ...RUNNING, position: 2 });
  sync.runChanged({ ...RUNNING, fitted: false });
  sync.runChanged({ ...RUNNING, crowded: true });
  assert.deepEqual(messages, [
    [0, "status", "running:2:true:false"],
    [0, "status", "running:0:false:false"],
    [0, "status", "running:0:true:true"],
  ]);
});

test("a page that does not follow is told again and again", async () => {
  const { clock, sync, messages } = page();
  sync.runChanged(DONE);
  await clock.advance(9000);
  assert.deepEqual(
    messages.map((entry) => /** @type {unknown[]} */ (entry)[0]),
    [0, 4050, 8100],
  );
});

test("what follows from a question is told when the page had time to answer it", async () => {
  const { clock, sync, messages } = page();
  await clock.advance(1000);
  sync.ask("fork", 500);
  sync.runChanged(DONE);
  await clock.advance(3000);
  sync.runChanged(DONE);
  assert.deepEqual(messages, [[1000, "fork", 500]]);
  await clock.advance(1100);
  assert.deepEqual(messages.slice(1), [[5050, "status", "done:0:true:false"]]);
});

test("an answer that shows the new state leaves nothing to tell", async () => {
  const { clock, sync, messages } = page();
  sync.ask("remedy", "mode_collapse");
  sync.runChanged(DONE);
  sync.pageDrawn(DONE);
  await clock.advance(60_000);
  assert.deepEqual(messages, [[0, "remedy", "mode_collapse"]]);
});

test("after a question nothing is told before the first update", async () => {
  const { clock, sync, messages } = page();
  sync.ask("fork", 0);
  await clock.advance(60_000);
  assert.deepEqual(messages, [[0, "fork", 0]]);
});

test("a state that was told before is told anew once the page has followed in between", () => {
  const { sync, messages } = page();
  sync.runChanged(DONE);
  sync.pageDrawn(DONE);
  sync.runChanged(DONE);
  sync.pageDrawn(RUNNING);
  sync.runChanged(DONE);
  assert.equal(messages.length, 2);
});

test("a board that was taken down tells nothing", async () => {
  const { clock, sync, messages } = page();
  sync.runChanged(DONE);
  sync.close();
  sync.runChanged(RUNNING);
  await clock.advance(60_000);
  assert.equal(messages.length, 1);
});
