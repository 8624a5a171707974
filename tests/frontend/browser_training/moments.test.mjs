// @ts-check
/** Samples of a training over time. */
import assert from "node:assert/strict";
import test from "node:test";
import { Moments } from "../../../gan_demo/frontend/browser_training/moments.mjs";

test("a long training keeps evenly spread moments, the newest among them, within their bytes", () => {
  for (const [size, most] of /** @type {const} */ ([
    [10, 160],
    [400_000, 20],
  ])) {
    const moments = new Moments();
    const samples = new Float32Array(size);
    for (let step = 0; step < 1000; step++) moments.add(step, samples);
    const steps = moments.all.map((moment) => moment.step);
    assert.ok(steps.length <= most && steps.length > most / 4, `${steps.length}`);
    assert.equal(steps.at(-1), 999);
    assert.equal(steps[0], 0);
  }
});

test("samples become the bytes that the server makes of them, and a step from before replaces later ones", () => {
  const moments = new Moments();
  moments.add(5, Float32Array.of(-1, 0, 1, 2, -0.5));
  assert.deepEqual([...moments.all[0].samples], [0, 128, 255, 255, 64]);
  moments.add(9, new Float32Array(1));
  moments.add(5, new Float32Array(1));
  assert.deepEqual(
    moments.all.map(({ step }) => step),
    [5],
  );
});
