// @ts-check
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { Game } from "../../../../gan_demo/frontend/explorer/quiz/game.mjs";
import { RoundsLoader } from "../../../../gan_demo/frontend/explorer/quiz/rounds_loader.mjs";

/**
 * @import { App, LabelField, Pixels, Tensors } from "../../../../gan_demo/frontend/explorer/types.js"
 * @import { RealImages } from "../../../../gan_demo/frontend/explorer/quiz/rounds_loader.mjs"
 */

const SHAPE = [1, 1, 2];
const HAT = { name: "hat", values: ["no", "yes"] };

before(() => {
  globalThis.document = /** @type {Document} */ ({ baseURI: "http://127.0.0.1/" });
});

/**
 * Return an app of pictures of two pixels, and what its engine was asked for. D's logit is the first pixel, so that a
 * bright picture is real.
 * @param {{ labels?: LabelField[], checkpoints?: [number, string][], states?: number[], hasD?: boolean }} [options]
 */
function fakeApp({ labels = [], checkpoints = [], states = [], hasD = true } = {}) {
  /** @type {{ loaded: [string, string][], runs: [string, Tensors][] }} */
  const calls = { loaded: [], runs: [] };
  const app = {
    data: { id: "x", models: [{ id: "x", checkpoints, states }] },
    shape: SHAPE,
    space: { step: 9, z_dim: 2, labels, shape: SHAPE, classifier: "", discriminator: hasD },
    rng,
    url: (/** @type {string} */ name) => (name === "discriminator" ? "http://127.0.0.1/d.onnx" : ""),
    samples: async (/** @type {unknown[]} */ states) => new Float32Array(2 * states.length).fill(-1),
    pixels: () => grey(0, 0),
    engine: {
      load: async (/** @type {string} */ name, /** @type {string} */ address) => {
        calls.loaded.push([name, address]);
      },
      run: async (/** @type {string} */ name, /** @type {Tensors} */ feeds) => {
        calls.runs.push([name, feeds]);
        const { data } = feeds.x;
        return { logit: { data: data.filter((_, k) => k % 2 === 0), dims: [data.length / 2] } };
      },
    },
  };
  return { app: /** @type {App} */ (/** @type {unknown} */ (app)), calls };
}

/**
 * @param {...number} values
 * @returns {Pixels}
 */
function grey(...values) {
  return Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255]));
}

/**
 * Return white training images with these labels.
 * @param {number[] | null} values
 */
function whiteImages(values) {
  const images = {
    count: 8,
    pixels: () => grey(255, 255),
    x: () => Float32Array.of(1, 1),
    values: () => values,
  };
  return /** @type {RealImages} */ (images);
}

test("D sees the pictures that the person sees, with their labels", async () => {
  const { app, calls } = fakeApp();
  const pictures = [grey(0, 255), grey(255, 0)];
  const logits = await new RoundsLoader(app).logits("judge", pictures, [
    [1, 0],
    [0, 1],
  ]);
  assert.deepEqual([...logits], [-1, 1]);
  const [[name, { x, y }]] = calls.runs;
  assert.equal(name, "judge");
  assert.deepEqual([...x.data], [-1, 1, 1, -1]);
  assert.deepEqual(x.dims, [2, ...SHAPE]);
  assert.deepEqual([...y.data], [1, 0, 0, 1]);
  assert.deepEqual(y.dims, [2, 2]);
});

test("a round has the odd picture in its place, and D answers by its logits", async () => {
  const { app } = fakeApp();
  for (let seed = 1; seed < 9; seed++) {
    const game = new Game(seed, [9]);
    while (!game.isOver) {
      const round = await new RoundsLoader(app).round(
        game,
        { generator: "main", discriminator: "d" },
        whiteImages(null),
      );
      const odd = round.pictures.flatMap(({ isReal }, k) => (isReal === (round.wanted === "real") ? [k] : []));
      assert.deepEqual(odd, [round.odd]);
      assert.equal(round.pictures.length, round.size);
      assert.equal(round.dsChoice, round.odd); // black ones are fakes, white ones real
      game.answer(true, true);
    }
  }
});

test("D gets the labels of training images, and of samples those that they were drawn with", async () => {
  const { app, calls } = fakeApp({ labels: [HAT] });
  const networks = { generator: "main", discriminator: "d" };
  const { pictures } = await new RoundsLoader(app).round(new Game(3, [9]), networks, whiteImages([1]));
  const expected = pictures.flatMap((picture) => (picture.isReal ? [0, 1] : [...picture.state.y]));
  const [[, { y }]] = calls.runs;
  assert.deepEqual([...y.data], expected);
});

test("a conditional D does not play if nobody knows the labels of a training image", async () => {
  const { app, calls } = fakeApp({ labels: [HAT] });
  const networks = { generator: "main", discriminator: "d" };
  const { dsChoice } = await new RoundsLoader(app).round(new Game(3, [9]), networks, whiteImages(null));
  assert.deepEqual([dsChoice, calls.runs], [-1, []]);
});

test("networks of two rounds load in turn under two names, D of the same step where its state was saved", async () => {
  /** @type {[number, string][]} */
  const checkpoints = [
    [1, "a/1/generator.onnx"],
    [3, "a/3/generator.onnx"],
    [9, "a/9/generator.onnx"],
  ];
  const { app, calls } = fakeApp({ checkpoints, states: [3] });
  const loader = new RoundsLoader(app);
  assert.deepEqual(loader.steps, [1, 3, 9]);
  assert.deepEqual(await loader.load(1, 0), { generator: "quiz-generator-0", discriminator: "quiz-judge-0" });
  assert.deepEqual(await loader.load(3, 1), { generator: "quiz-generator-1", discriminator: "quiz-judge-1" });
  assert.deepEqual(await loader.load(9, 2), { generator: "main", discriminator: "quiz-judge-0" });
  const host = "http://127.0.0.1";
  assert.deepEqual(calls.loaded, [
    ["quiz-generator-0", `${host}/a/1/generator.onnx`],
    ["quiz-judge-0", `${host}/d.onnx`],
    ["quiz-generator-1", `${host}/a/3/generator.onnx`],
    ["quiz-judge-1", `${host}/a/3/discriminator.onnx`],
    ["quiz-judge-0", `${host}/a/9/discriminator.onnx`],
  ]);
});

test("without checkpoints to choose from, the network on show plays; without D, the person plays alone", async () => {
  const { app, calls } = fakeApp({ hasD: false });
  const loader = new RoundsLoader(app);
  assert.deepEqual(loader.steps, [9]);
  assert.deepEqual(await loader.load(9, 0), { generator: "main", discriminator: "" });
  const networks = { generator: "main", discriminator: "" };
  const { dsChoice } = await loader.round(new Game(1, [9]), networks, whiteImages(null));
  assert.deepEqual([dsChoice, calls.loaded, calls.runs], [-1, [], []]);
});
