// @ts-check
/** A session with an engine that really trains, in plain JavaScript. */
import assert from "node:assert/strict";
import test from "node:test";
import { readAddress } from "../../../gan_demo/frontend/lab/address.mjs";
import { measure } from "../../../gan_demo/frontend/lab/measure/measure.mjs";
import { Session } from "../../../gan_demo/frontend/lab/session.mjs";
import { STEPS, scene } from "../../../gan_demo/frontend/lab/slow/steps.mjs";
import { FakeEngine } from "./fake_engine.mjs";

/** @import { EngineFrame, Measures, StageFrame } from "../../../gan_demo/frontend/lab/types.js" */

const SMALL = "#batch=32&gWidth=4&dWidth=4&gLayers=1&dLayers=1&data=ring";

/** @param {string} [hash] */
async function opened(hash = SMALL) {
  const engine = new FakeEngine();
  const { wrong: _, ...state } = readAddress(hash);
  const seen = {
    frames: /** @type {EngineFrame[]} */ ([]),
    stages: /** @type {StageFrame[]} */ ([]),
    measures: /** @type {Measures[]} */ ([]),
    broken: /** @type {unknown[]} */ ([]),
    errors: /** @type {unknown[]} */ ([]),
  };
  /** @type {Float32Array[]} what was measured */
  const generated = [];
  /** @type {((measures: Measures) => void)[]} */
  const waiting = [];
  const meter = {
    isBusy: false,
    measure: async (/** @type {any} */ input) => {
      generated.push(input.generated);
      return measure(input.real, input.generated, input.modes, input.extent);
    },
  };
  const session = new Session(
    engine,
    meter,
    state,
    {
      onFrame: (frame, stage) => {
        seen.frames.push(frame);
        seen.stages.push(stage);
      },
      onMeasures: (measures) => {
        seen.measures.push(measures);
        for (const resolve of waiting.splice(0)) resolve(measures);
      },
      onBusy: () => {},
      onState: () => {},
      onBroken: (suspect, back) => seen.broken.push([suspect, back]),
      onError: (error) => seen.errors.push(error),
    },
    2.5,
  );
  /** @returns {Promise<Measures>} */
  const measured = () => new Promise((resolve) => waiting.push(resolve));
  const first = measured();
  await session.restart();
  await first;
  return { engine, session, seen, measured, generated };
}

test("a session opens, measures what is there, and knows what perfect samples would read", async () => {
  const { session, seen } = await opened();
  assert.equal(session.iteration, 0);
  assert.equal(session.history.length, 0);
  assert.equal(seen.measures.length, 1);
  assert.ok(session.measuring.floor);
  assert.ok(session.measuring.floor.kl > 0, "the bias of finite samples");
  assert.ok(
    session.measuring.floor.kl < seen.measures[0].kl &&
      session.measuring.floor.wasserstein < seen.measures[0].wasserstein,
  );
  assert.equal(session.measuring.floor.reached, 8);
  assert.ok(seen.frames.some(({ samples }) => samples.length === 2 * 5120));
  assert.equal(session.frame?.samples.length, 2 * 500, "many only where they are measured");
});

test("steps and their losses become rows, and going back and on again replaces those after", async () => {
  const { session, measured } = await opened();
  for (let k = 0; k < 3; k++) {
    const next = measured();
    await session.step("both");
    await next;
  }
  assert.deepEqual(session.history.columns.step, [1, 2, 3]);
  const before = session.history.columns.d_loss[1];
  assert.ok(session.history.columns.kl.every((value) => value !== null));
  await session.back();
  assert.equal(session.iteration, 2);
  assert.deepEqual(session.history.columns.step, [1, 2]);
  assert.equal(session.history.columns.d_loss[1], before, "the same training again");
  assert.equal(session.isChanged, false);
  await session.step("d");
  assert.equal(session.isChanged, true, "a link alone does not repeat a step of D alone");
});

test("every iteration has a row, though a jump shows only the last of them", async () => {
  const { session, seen, measured } = await opened();
  const next = measured();
  seen.frames.length = 0;
  await session.seek(40);
  await next;
  assert.ok(seen.frames.every(({ iteration }) => iteration === 40));
  const { step, d_loss, grad_g, grad_d } = session.history.columns;
  assert.deepEqual(
    step,
    Array.from({ length: 40 }, (_, k) => k + 1),
  );
  assert.ok(Math.abs((d_loss.at(-1) ?? 0) - (session.frame?.dLoss ?? NaN)) < 1e-6);
  assert.ok(Math.abs((grad_g.at(-1) ?? 0) - (session.frame?.gradNormG ?? NaN)) < 1e-6);
  assert.notEqual(grad_g.at(-1), grad_d.at(-1));
  await session.seek(10);
  assert.equal(session.history.columns.step.at(-1), 10);
});

test("what is measured after a jump is the state that it led to", async () => {
  const { session, measured, generated } = await opened();
  const next = measured();
  await session.seek(3);
  await next;
  assert.deepEqual(generated.at(-1)?.slice(0, 20), session.frame?.samples.slice(0, 20));
});

test("a learning rate changes while it runs, another seed begins anew", async () => {
  const { engine, session } = await opened();
  await session.step("both");
  engine.calls.length = 0;
  await session.change({ gLr: 0.002 });
  assert.deepEqual(engine.calls, ["change"]);
  assert.deepEqual([session.isChanged, session.iteration], [true, 1]);
  await session.change({ seed: 5 });
  assert.deepEqual(engine.calls, ["change", "open"]);
  assert.deepEqual([session.isChanged, session.iteration, session.history.length], [false, 0, 0]);
});

test("own points come with their set, and measurements without clusters have no modes", async () => {
  const { session, measured } = await opened();
  const next = measured();
  await session.change(
    { data: "drawn" },
    Float32Array.from({ length: 40 }, (_, k) => (k % 7) / 7),
  );
  const measures = await next;
  assert.deepEqual([measures.reached, measures.fair, measures.highQuality], [null, null, null]);
  assert.ok(Number.isFinite(measures.kl));
});

test("layers decide what the engine computes", async () => {
  const { session, seen } = await opened();
  session.setLayers(["fake"]);
  await session.step("both");
  assert.equal(seen.stages.at(-1)?.surface, null);
  session.setLayers(["surface", "warp", "arrows"]);
  await session.step("both");
  const stage = seen.stages.at(-1);
  assert.equal(stage?.surface?.values.length, 2500);
  assert.equal(stage?.arrows?.points.length, stage?.arrows?.gradients.length);
  assert.equal(stage?.warp?.output.length, 2 * 21 * 21);
  assert.equal(stage?.samples.length, 1000);
});

test("noise with one dimension is a line of nodes on its way to G's output", async () => {
  const { session, seen } = await opened(`${SMALL}&noiseDim=1&show=warp`);
  await session.step("both");
  const warp = seen.stages.at(-1)?.warp;
  assert.deepEqual([warp?.dim, warp?.noise.length, warp?.output.length], [1, 400, 400]);
  assert.equal(warp?.noise[1], 0);
});

test("a number that is none pauses and names the setting and the way back", async () => {
  const { engine, session, seen } = await opened();
  session.isPlaying = true;
  engine.ondiverged({ setting: "dLr", back: 7 });
  assert.deepEqual(seen.broken, [[{ key: "dLr", value: 0.001, remedy: 0.0001 }, 0]]);
  assert.equal(session.isPlaying, false);
});

test("a saved state is taken up where it was", async () => {
  const { session } = await opened();
  for (let k = 0; k < 2; k++) await session.step("both");
  const bytes = await session.engine.exportState();
  const other = await opened();
  await other.session.goOn(bytes);
  assert.equal(other.session.iteration, 2);
  assert.deepEqual(other.session.frame?.samples.slice(0, 20), session.frame?.samples.slice(0, 20));
});

test("an error of the engine ends the play and is reported; the next action still works", async () => {
  const { engine, session, seen } = await opened();
  const step = engine.step;
  engine.step = async () => {
    throw new Error("lost");
  };
  await session.step("both");
  assert.equal(String(seen.errors[0]), "Error: lost");
  engine.step = step;
  await session.step("both");
  assert.equal(session.iteration, 1);
});

test("every step of slow motion shows a scene of the traced iteration", async () => {
  const { session } = await opened();
  const trace = await session.engine.trace();
  const scenes = STEPS.map((_, index) => scene(trace, session.settings, index));
  assert.equal(scenes[0].frame.samples.length, 0);
  assert.equal(scenes[0].real, trace.batch);
  assert.equal(scenes[6].real.length, 0);
  assert.equal(scenes[9].frame.samples, trace.movedFakes);
  assert.notDeepEqual(scenes[4].frame.surface?.values, scenes[5].frame.surface?.values);
  assert.ok(scenes.every(({ numbers }) => Object.values(numbers).every(Number.isFinite)));
});
