// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { choiceOfD, Game, ROUNDS } from "../../../../gan_demo/frontend/explorer/quiz/game.mjs";

const SPACE = { z_dim: 4, labels: [{ name: "digit", values: ["0", "1", "2"] }] };
const IMAGES = 64;
const STEPS = Array.from({ length: 11 }, (_, k) => 100 * k);

/**
 * Play a game with these answers (the first round's first); return its questions and steps.
 * @param {number} seed
 * @param {(round: number) => boolean} isRight
 */
function play(seed, isRight, steps = STEPS) {
  const game = new Game(seed, steps);
  const rounds = [];
  while (!game.isOver) {
    const { step } = game;
    rounds.push({ step, ...game.question(SPACE, IMAGES) });
    game.answer(isRight(game.round), null);
  }
  return { game, rounds };
}

/** @param {boolean[]} answers */
function stepsAfter(answers) {
  const game = new Game(1, STEPS);
  return answers.map((right) => {
    const { step } = game;
    game.answer(right, null);
    return step;
  });
}

test("a seed and the answers decide the whole game", () => {
  const everyThird = (/** @type {number} */ round) => round % 3 > 0;
  assert.deepEqual(play(5, everyThird).rounds, play(5, everyThird).rounds);
  assert.notDeepEqual(play(5, everyThird).rounds, play(6, everyThird).rounds);
  assert.notDeepEqual(
    play(5, everyThird).rounds.map(({ step }) => step),
    play(5, () => true).rounds.map(({ step }) => step),
  );
});

test("a game has ten rounds, two of two pictures and eight of six", () => {
  const { rounds } = play(3, () => true);
  assert.equal(rounds.length, ROUNDS);
  assert.deepEqual(
    rounds.map(({ size }) => size),
    [2, 2, 6, 6, 6, 6, 6, 6, 6, 6],
  );
  assert.equal(rounds.filter(({ wanted }) => wanted === "real").length, 3);
});

test("every question has one odd picture among different others", () => {
  for (let seed = 1; seed < 30; seed++) {
    for (const { size, wanted, odd, reals, fakes } of play(seed, () => true).rounds) {
      const [odds, others] = wanted === "fake" ? [fakes, reals] : [reals, fakes];
      assert.deepEqual([odds.length, others.length], [1, size - 1]);
      assert.ok(odd >= 0 && odd < size);
      assert.equal(new Set(reals).size, reals.length);
      assert.ok(reals.every((index) => index >= 0 && index < IMAGES));
    }
  }
});

test("the right answer is in every place now and then", () => {
  const places = Array.from({ length: 30 }, (_, seed) => play(seed + 1, () => true).rounds[2].odd);
  assert.deepEqual(new Set(places), new Set([0, 1, 2, 3, 4, 5]));
});

test("too few training images are shown again", () => {
  const game = new Game(1, STEPS);
  game.answer(true, null);
  game.answer(true, null);
  const { reals } = game.question(SPACE, 2);
  assert.equal(reals.length, 5);
  assert.deepEqual(new Set(reals), new Set([0, 1]));
});

test("right answers lead to later checkpoints, up to the last", () => {
  const steps = stepsAfter(Array(10).fill(true));
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  assert.deepEqual([steps[0], steps[9]], [100, 1000]);
});

test("wrong answers lead back, down to the first checkpoint", () => {
  assert.deepEqual(stepsAfter([false, false, false, false]), [100, 0, 0, 0]);
  const mixed = stepsAfter([true, true, false, true]);
  assert.ok(mixed[3] < mixed[2]);
});

test("D takes the least real picture for the fake, and the most real one for the real", () => {
  assert.equal(choiceOfD([0.5, -2, 1], "fake"), 1);
  assert.equal(choiceOfD([0.5, -2, 1], "real"), 2);
});

test("the score counts D's answers apart, and right ones in a row", () => {
  const game = new Game(1, [1]);
  game.answer(true, false);
  game.answer(true, true);
  game.answer(false, null);
  game.answer(true, true);
  assert.deepEqual(game.score, { right: 3, d: 2, judged: 3, streak: 1, best: 2 });
});

test("guessing finds one in two of two rounds and one in six of eight", () => {
  assert.ok(Math.abs(Game.expectedByGuessing - (2 / 2 + 8 / 6)) < 1e-12);
});

test("whoever always picks at random gets about as many right as guessing is said to", () => {
  const random = rng(1);
  const games = 400;
  let right = 0;
  for (let seed = 1; seed <= games; seed++) {
    right += play(seed, () => true).rounds.filter(({ odd, size }) => random.integer(size) === odd).length;
  }
  assert.ok(Math.abs(right / games - Game.expectedByGuessing) < 0.25);
});
