// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { Scores } from "../../../../gan_demo/frontend/explorer/quiz/scores.mjs";

const NONE = { games: 0, rounds: 0, right: 0, judged: 0, d: 0, best: 0, streak: 0 };
const GAME = { right: 7, d: 4, judged: 10, streak: 1, best: 5 };

/** Return a store like the browser's, with this content. */
function storage(content = /** @type {Record<string, string>} */ ({})) {
  const items = new Map(Object.entries(content));
  return {
    items,
    /** @param {string} key */
    getItem: (key) => items.get(key) ?? null,
    /** @param {string} key @param {string} value */
    setItem: (key, value) => items.set(key, value),
    /** @param {string} key */
    removeItem: (key) => items.delete(key),
  };
}

test("games add up, and the best game and the longest run stay", () => {
  const store = storage();
  const scores = new Scores("digits", () => store);
  scores.add(GAME, 10);
  scores.add({ right: 9, d: 0, judged: 0, streak: 2, best: 3 }, 10);
  assert.deepEqual(scores.read(), { games: 2, rounds: 20, right: 16, judged: 10, d: 4, best: 9, streak: 5 });
  assert.deepEqual([...store.items.keys()], ["gan_demo.quiz.digits"]);
});

test("each model has its own score", () => {
  const store = storage();
  new Scores("digits", () => store).add(GAME, 10);
  assert.deepEqual(new Scores("faces", () => store).read(), NONE);
});

test("a score can be forgotten", () => {
  const store = storage();
  const scores = new Scores("digits", () => store);
  scores.add(GAME, 10);
  scores.forget();
  assert.deepEqual(scores.read(), NONE);
  assert.equal(store.items.size, 0);
});

for (const text of ["no JSON", "null", "7", "[]", '{"games": -1, "right": 1.5, "d": "3"}']) {
  test(`what is stored as ${text} counts nothing`, () => {
    const store = storage({ "gan_demo.quiz.digits": text });
    assert.deepEqual(new Scores("digits", () => store).read(), NONE);
  });
}

test("a browser that refuses to store anything plays on", () => {
  const scores = new Scores("digits", () => {
    throw new DOMException("refused", "SecurityError");
  });
  scores.add(GAME, 10);
  scores.forget();
  assert.deepEqual(scores.read(), NONE);
});
