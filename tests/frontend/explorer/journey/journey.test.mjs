// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  createJourney,
  duration,
  evenPositions,
  filmLength,
  firstJourney,
  keyframe,
  keyframesFromText,
  keyframesToText,
  legCount,
  MAX_KEYFRAMES,
  randomJourney,
  stateAt,
  withKeyframe,
  withMovedKeyframe,
  withoutKeyframe,
} from "../../../../gan_demo/frontend/explorer/journey/journey.mjs";
import { latentState, randomState, sameState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { Journey } from "../../../../gan_demo/frontend/explorer/journey/types" */

const SPACE = createSpace();
const CORNERS = [
  [1, 0],
  [0, 1],
  [-1, 0],
].map((z) => latentState(z, [], 1));

/**
 * @param {Journey} journey
 * @param {number} position
 */
function zAt(journey, position) {
  return [...stateAt(journey, position).z].map((value) => Math.round(100 * value) / 100);
}

test("a loop follows the arc and returns to its first keyframe", () => {
  const journey = createJourney(CORNERS);
  assert.equal(legCount(journey), 3);
  assert.equal(duration(journey), 6);
  assert.deepEqual(zAt(journey, 0.5), [0.71, 0.71]);
  assert.deepEqual(zAt(journey, 3), [1, 0]);
  assert.deepEqual(zAt(journey, 3.5), zAt(journey, 0.5), "beyond the end it begins again");
  assert.deepEqual(evenPositions(journey, 3), [0, 1, 2]);
});

test("a straight journey without loop ends at its last keyframe", () => {
  const journey = createJourney(CORNERS, { loop: false, spherical: false });
  assert.equal(legCount(journey), 2);
  assert.deepEqual(zAt(journey, 0.5), [0.5, 0.5]);
  for (const position of [2, 3, 3.5]) assert.deepEqual(zAt(journey, position), [-1, 0]);
  assert.deepEqual(evenPositions(journey, 3), [0, 1, 2]);
});

test("on an arc the distance from the centre changes linearly", () => {
  const journey = createJourney([latentState([1, 0]), latentState([0, 3])], { loop: false });
  const distances = evenPositions(journey, 5).map((position) => Math.hypot(...stateAt(journey, position).z));
  for (const [k, distance] of distances.entries()) assert.ok(Math.abs(distance - (1 + k / 2)) < 1e-6);
});

test("labels and truncation change along a leg", () => {
  const journey = createJourney([latentState([1, 0], [1, 0], 1), latentState([0, 1], [0, 1], 0.5)], { loop: false });
  const { y, psi } = stateAt(journey, 0.5);
  assert.deepEqual([...y], [0.5, 0.5]);
  assert.equal(psi, 0.75);
});

test("one keyframe has no legs, and every position is there", () => {
  const journey = createJourney(CORNERS.slice(0, 1));
  assert.equal(legCount(journey), 0);
  assert.equal(stateAt(journey, 7), CORNERS[0]);
});

test("the first journey begins at the current state and keeps its labels and truncation", () => {
  const here = keyframe(latentState([0.5, -1, 2], [0, 1, 0, 1, 0], 0.75));
  const { keys } = firstJourney(SPACE, here);
  assert.equal(keys.length, 3);
  assert.ok(sameState(keys[0], here));
  for (const { y, psi } of keys) assert.deepEqual([[...y], psi], [[...here.y], 0.75]);
});

test("a random journey has as many keyframes as the one before, and at least three", () => {
  const short = createJourney(CORNERS.slice(0, 1), { seconds: 4 });
  const long = createJourney(Array.from({ length: 5 }, () => CORNERS[0]));
  assert.equal(randomJourney(SPACE, short, 1).keys.length, 3);
  assert.equal(randomJourney(SPACE, short, 1).seconds, 4);
  assert.equal(randomJourney(SPACE, long, 1).keys.length, 5);
});

test("keyframes are inserted, removed and moved without changing the journey before", () => {
  const [a, b, c] = CORNERS;
  const journey = createJourney(CORNERS);
  const longer = withKeyframe(journey, 1, c);
  assert.deepEqual([...longer.keys[1].z], [...c.z]);
  assert.notEqual(longer.keys[1], c, "a keyframe is an object of its own");
  assert.deepEqual(withoutKeyframe(journey, 1).keys, [a, c]);
  assert.deepEqual(withMovedKeyframe(journey, 0, 2).keys, [b, c, a]);
  assert.deepEqual(journey.keys, CORNERS);
});

test("keyframes survive the address exactly", () => {
  const keys = [
    randomState(SPACE, 5),
    latentState([0.1, -3.3, 2], [0.25, 0.75, 0, 1, 0], 0.7),
    latentState([70.5, 0, 1], [0, 0, 1, 0, 1], 1),
  ].map(keyframe);
  const text = keyframesToText(createJourney(keys), SPACE);
  const again = keyframesFromText(text, SPACE);
  assert.equal(text.split("*")[0].length, "zzzzzzzz!1.0".length, "two bytes a number");
  assert.equal(encodeURIComponent(text), text);
  assert.ok(again?.every((key, k) => sameState(key, keys[k])));
});

for (const text of ["AAA", "AAAA!0", "AAAAAAAA!7.0", "AAAAAAAA!0.0!9", "%%", "AAAAAAAA!~AA", "AAAAAAAA!0.0*x"]) {
  test(`the text ${text} names no keyframes of this space`, () => {
    assert.equal(keyframesFromText(text, SPACE), null);
  });
}

test("more keyframes than a journey may have are refused", () => {
  const text = (/** @type {number} */ count) => Array.from({ length: count }, () => "AAAAAAAA!0.0").join("*");
  assert.equal(keyframesFromText(text(MAX_KEYFRAMES), SPACE)?.length, MAX_KEYFRAMES);
  assert.equal(keyframesFromText(text(MAX_KEYFRAMES + 1), SPACE), null);
});

test("a long journey has fewer frames a second, not more frames", () => {
  const keys = Array.from({ length: 20 }, () => latentState([1]));
  assert.deepEqual(filmLength(createJourney(keys, { seconds: 6 }), 20, 480), { count: 480, fps: 4 });
  assert.deepEqual(filmLength(createJourney(keys.slice(0, 3)), 20, 480), { count: 120, fps: 20 });
});
