// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { Player } from "../../../gan_demo/frontend/film/player.mjs";

const STEPS = Array.from({ length: 60 }, (_, k) => 10 * k);
const always = () => true;

/** @param {number[]} steps */
function showing(steps, index = steps.length - 1) {
  const player = new Player();
  player.setSteps(steps);
  player.moveTo(index);
  return player;
}

test("a film begins at its newest step", () => {
  const player = new Player();
  assert.equal(player.step, undefined);
  assert.equal(player.setSteps(STEPS), 59);
});

test("it follows newer steps until another one is chosen, and again from the newest", () => {
  const player = showing(STEPS.slice(0, 20));
  assert.equal(player.setSteps(STEPS.slice(0, 30)), 29);
  player.moveTo(0);
  assert.equal(player.isFollowing, false);
  assert.equal(player.setSteps(STEPS.slice(0, 40)), 0);
  player.moveTo(39);
  assert.equal(player.setSteps(STEPS), 59);
});

test("when the past is rewritten it stays at the nearest step", () => {
  const player = showing(STEPS, 30);
  const steps = STEPS.filter((step) => step !== 300 && step > 90);
  assert.equal(steps[player.setSteps(steps)], 310);
});

test("newer steps do not interrupt a film that plays", () => {
  const player = showing(STEPS.slice(0, 20), 19);
  player.play();
  assert.equal(player.setSteps(STEPS), 19);
});

test("a film of one step does not play", () => {
  assert.equal(showing([0]).play(), false);
});

test("it plays a frame at a time, within the limits of a frame, and stops at the end", () => {
  const player = showing(STEPS.slice(0, 12), 0); // 6 s / 12 is above the longest frame of 400 ms
  player.play();
  const shown = [];
  for (let now = 1000; player.isPlaying; now += 100) {
    const next = player.next(now, always);
    if (next === null) continue;
    shown.push([next, now]);
    player.moveTo(next);
  }
  assert.deepEqual(
    shown,
    Array.from({ length: 11 }, (_, k) => [k + 1, 1400 + 400 * k]),
  );
});

test("a long film has short frames", () => {
  const player = showing(
    Array.from({ length: 1000 }, (_, k) => k),
    0,
  );
  player.play();
  assert.equal(player.next(0, always), null);
  assert.equal(player.next(32, always), null);
  assert.equal(player.next(33, always), 1);
});

test("a picture that is late is waited for", () => {
  const player = showing(STEPS, 0);
  player.play();
  assert.equal(player.next(0, always), null);
  assert.equal(
    player.next(5000, (step) => step !== 10),
    null,
  );
  assert.equal(player.next(5010, always), 1);
  player.moveTo(1);
  assert.equal(player.next(5010, always), 2, "the one after it is due at once");
  player.moveTo(2);
  assert.equal(player.next(5020, always), null, "no more of the time lost is made up for");
});

test("a looping film pauses at its end and begins again", () => {
  const player = showing(STEPS, 59);
  player.loops = true;
  player.play();
  assert.equal(player.next(0, always), null);
  assert.equal(player.next(1899, always), null);
  assert.equal(player.next(1900, always), 0);
  assert.equal(player.isPlaying, true);
});

test("another run starts over at its newest step", () => {
  const player = showing(STEPS, 3);
  player.play();
  player.reset();
  assert.equal(player.isPlaying, false);
  assert.equal(player.setSteps([5, 6]), 1);
});

test("the share says how far along the scrubber it is", () => {
  assert.equal(showing([0, 10, 20], 1).share, 0.5);
  assert.equal(showing([7]).share, 1);
});
