// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { TeacherSender } from "../../../gan_demo/frontend/classroom/teacher_sender.mjs";
import { FakeClock, settled } from "../fake_clock.mjs";

/** A sender whose requests are recorded and answered with `statuses` in turn, the last one again and again. */
function sending(statuses = [200]) {
  const clock = new FakeClock();
  /** @type {{ path: string, body: unknown, headers: Record<string, string>, at: number }[]} */
  const requests = [];
  const refusals = { count: 0 };
  const sender = new TeacherSender(
    () => refusals.count++,
    async (path, body, headers) => {
      requests.push({ path, body, headers, at: clock.now() });
      return statuses.length > 1 ? (statuses.shift() ?? 0) : statuses[0];
    },
    clock,
  );
  sender.set("ticket", "key", "tab");
  return { sender, clock, requests, refusals };
}

test("changes are sent with the key and the tab", async () => {
  const { sender, clock, requests } = sending();
  sender.push({ at: 120 });
  assert.equal(sender.isWaiting, true);
  await clock.advance(0);
  assert.deepEqual(requests, [
    { path: "api/classes/ticket/steer", body: { at: 120, by: "tab" }, headers: { "X-Presenter-Key": "key" }, at: 0 },
  ]);
  assert.equal(sender.isWaiting, false);
});

test("while the teacher drags, the newest position is sent five times a second", async () => {
  const { sender, clock, requests } = sending();
  for (let at = 0; at < 1000; at += 20) {
    sender.push({ at });
    await clock.advance(20);
  }
  await clock.advance(200);
  assert.deepEqual(
    requests.map(({ at }) => at),
    [0, 200, 400, 600, 800, 1000],
  );
  assert.deepEqual(requests.at(-1)?.body, { at: 980, by: "tab" });
});

test("changes that wait are sent together", async () => {
  const { sender, clock, requests } = sending();
  sender.push({ at: 10 });
  sender.push({ highlight: 3 });
  sender.push({ at: null });
  await clock.advance(0);
  assert.deepEqual(requests[0].body, { at: null, highlight: 3, by: "tab" });
});

for (const status of [0, 429, 503]) {
  test(`after status ${status} the changes are sent again, with newer ones in place of older`, async () => {
    const { sender, clock, requests } = sending([status, 200]);
    sender.push({ at: 10, highlight: 3 });
    await clock.advance(0);
    assert.equal(sender.isWaiting, true);
    sender.push({ at: 20 });
    await clock.advance(1999);
    assert.equal(requests.length, 1);
    await clock.advance(1);
    assert.deepEqual(requests[1].body, { at: 20, highlight: 3, by: "tab" });
    assert.equal(sender.isWaiting, false);
  });
}

test("changes that the server cannot take are dropped", async () => {
  const { sender, clock, requests } = sending([400]);
  sender.push({ at: 10 });
  await clock.advance(10_000);
  assert.equal(requests.length, 1);
  assert.equal(sender.isWaiting, false);
});

test("after a refusal it asks for another key, and sends with that what waits", async () => {
  const { sender, clock, requests, refusals } = sending([403, 200]);
  sender.push({ at: 10 });
  await clock.advance(10_000);
  assert.equal(requests.length, 1);
  assert.equal(refusals.count, 1);
  sender.set("ticket", "another", "tab");
  await clock.advance(0);
  assert.deepEqual(requests[1].body, { at: 10, by: "tab" });
  assert.equal(requests[1].headers["X-Presenter-Key"], "another");
});

test("it asks for another key every five seconds at most", async () => {
  const { sender, clock, refusals } = sending([403]);
  for (const at of [0, 2000, 4000]) {
    await clock.advance(at - clock.now());
    await sender.send("poll", {});
  }
  assert.equal(refusals.count, 1);
  await clock.advance(1000);
  await sender.send("poll", {});
  assert.equal(refusals.count, 2);
});

test("a follower votes without a key and never asks for one", async () => {
  const { sender, requests, refusals } = sending([403]);
  sender.set("ticket", null, "tab");
  assert.equal(await sender.send("vote", { choice: 1 }), 403);
  assert.deepEqual(requests[0].headers, {});
  assert.equal(refusals.count, 0);
});

test("after close nothing is sent", async () => {
  const { sender, clock, requests } = sending();
  sender.push({ at: 10 });
  sender.close();
  sender.push({ at: 20 });
  await clock.advance(10_000);
  await settled();
  assert.deepEqual(requests, []);
});
