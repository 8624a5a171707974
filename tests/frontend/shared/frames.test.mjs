// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { Frames } from "../../../gan_demo/frontend/shared/frames.mjs";

/** Picture that a test decodes. */
class FakeImage {
  /** @type {FakeImage[]} */
  static requested = [];
  /** @type {{ step?: string }} */
  dataset = {};
  src = "";
  #resolve = () => {};
  #reject = (/** @type {Error} */ _error) => {};

  constructor() {
    FakeImage.requested.push(this);
  }

  decode() {
    return new Promise((resolve, reject) => {
      this.#resolve = () => resolve(undefined);
      this.#reject = reject;
    });
  }

  async arrive() {
    this.#resolve();
    await setImmediate();
  }

  async fail() {
    this.#reject(new Error("404"));
    await setImmediate();
  }
}

/**
 * Return frames of pictures that a test decodes, and the steps that were reported as loaded.
 * @param {import("node:test").TestContext} t
 */
function framesOf(t) {
  FakeImage.requested = [];
  Object.assign(globalThis, { Image: FakeImage });
  t.after(() => Reflect.deleteProperty(globalThis, "Image"));
  /** @type {number[]} */
  const loaded = [];
  const frames = new Frames(
    (step) => `grids/${step}.png`,
    (step) => loaded.push(step),
  );
  return { frames, loaded };
}

const requestedSteps = () => FakeImage.requested.map((image) => Number(image.dataset.step));

/** Decode every picture that is requested, also those that are requested meanwhile. */
async function arriveAll() {
  for (let k = 0; k < FakeImage.requested.length; k++) await FakeImage.requested[k].arrive();
}

test("a picture is there once it is decoded, and then it is reported", async (t) => {
  const { frames, loaded } = framesOf(t);
  frames.look([0, 10], 1, false);
  assert.equal(FakeImage.requested[0].src, "grids/10.png");
  assert.equal(frames.image(10), null);
  await FakeImage.requested[0].arrive();
  assert.equal(frames.image(10), /** @type {unknown} */ (FakeImage.requested[0]));
  assert.deepEqual(loaded, [10]);
});

test("until somebody drags, only the wanted picture is loaded", async (t) => {
  const { frames } = framesOf(t);
  frames.look([0, 10, 20], 0, false);
  await arriveAll();
  assert.deepEqual(requestedSteps(), [0]);
});

test("while somebody drags, the neighbours come next, and in the end all", async (t) => {
  const { frames } = framesOf(t);
  const steps = Array.from({ length: 60 }, (_, k) => 10 * k);
  frames.look(steps, 30, true);
  await arriveAll();
  assert.deepEqual(requestedSteps().slice(0, 5), [300, 310, 290, 320, 280]);
  assert.deepEqual([...new Set(requestedSteps())].length, 60);
  assert.equal(FakeImage.requested.length, 60, "each once");
});

test("the nearest picture stands in for one that is not there yet", async (t) => {
  const { frames } = framesOf(t);
  const steps = [0, 10, 20, 30];
  assert.equal(frames.nearest(3), -1);
  frames.look(steps, 1, false);
  await arriveAll();
  assert.equal(frames.nearest(3), 1);
});

test("a picture that failed is requested again after two seconds, not before", async (t) => {
  let time = 1000;
  t.mock.method(performance, "now", () => time);
  const { frames } = framesOf(t);
  frames.look([0], 0, false);
  await FakeImage.requested[0].fail();
  assert.ok(frames.failed(0));
  time += 2000;
  frames.look([0], 0, false);
  assert.equal(FakeImage.requested.length, 1);
  time += 1;
  frames.look([0], 0, false);
  assert.equal(FakeImage.requested.length, 2);
});

test("at rest few pictures are kept, those nearest to what is on show", async (t) => {
  const { frames } = framesOf(t);
  const steps = Array.from({ length: 20 }, (_, k) => k);
  for (const step of steps) {
    frames.look(steps, step, false);
    await arriveAll();
  }
  assert.deepEqual(
    steps.filter((step) => frames.image(step)),
    [12, 13, 14, 15, 16, 17, 18, 19],
  );
});
