// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  attributesOf,
  average,
  kindsOf,
  parse,
  presets,
  sum,
  WAYS,
  write,
} from "../../../../gan_demo/frontend/explorer/arithmetic/formula.mjs";
import { latentState, norm, oneHot, rng } from "../../../../gan_demo/frontend/explorer/latent.mjs";

const DIGIT = { name: "digit", values: [..."0123456789"] };
const DIGITS = attributesOf({ labels: [DIGIT] }, []);
const GLASSES = { name: "glasses", values: ["none", "light", "dark"] };
const HAIR = { name: "long_hair", values: ["no", "yes"] };
const FIELDS = [GLASSES, HAIR];

/** @param {number} count @param {number} seed */
function statesOf(count, seed) {
  const random = rng(seed);
  return Array.from({ length: count }, () => latentState(random.normals(5)));
}

/** @param {ArrayLike<number>} actual @param {readonly number[]} expected */
function assertClose(actual, expected, tolerance = 1e-5) {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, k) => {
    assert.ok(Math.abs(actual[k] - value) <= tolerance, `${actual[k]} is not ${value}`);
  });
}

// ---- the sum

for (const way of /** @type {const} */ (["both", "z"])) {
  test(`z of the sum (${way}) is mean(a) − mean(b) + mean(c) at the mean norm of a`, () => {
    const terms = [statesOf(3, 1), statesOf(2, 2), statesOf(1, 3)];
    const [a, b, c] = terms.map((states) =>
      Array.from({ length: 5 }, (_, k) => states.reduce((total, { z }) => total + z[k], 0) / states.length),
    );
    const direction = a.map((value, k) => value - b[k] + c[k]);
    const typical = terms[0].reduce((total, { z }) => total + Math.hypot(...z), 0) / terms[0].length;
    const scale = typical / Math.hypot(...direction);
    const { z } = sum(terms[0], terms[1], terms[2], [], way);
    assertClose(
      z,
      direction.map((value) => value * scale),
    );
  });
}

test("labels are added with z, and each way leaves the other half as it was", () => {
  const [a, b, c] = [
    [2, 0],
    [0, 0],
    [0, 1],
  ].map(([glasses, hair], k) => [latentState([k === 0 ? 3 : 0, k + 1], [...oneHot(3, glasses), ...oneHot(2, hair)])]);
  const [both, labels, z] = WAYS.map((way) => sum(a, b, c, FIELDS, way));
  const [darkAndLong, darkAndShort] = [
    [0, 0, 1, 0, 1],
    [0, 0, 1, 1, 0],
  ];
  assert.deepEqual([...both.y], darkAndLong);
  assert.deepEqual([...labels.y], darkAndLong);
  assert.deepEqual([...z.y], darkAndShort);
  assertClose(labels.z, [3, 1]);
});

test("labels below 0 are 0, and the rest of a field is 1 in sum", () => {
  /** @param {number} glasses */
  const term = (glasses) => [latentState([1], [...oneHot(3, glasses), 1, 0])];
  assertClose(sum(term(0), term(1), term(2), FIELDS).y, [0.5, 0, 0.5, 1, 0]);
});

test("a field whose labels cancel out has those of the first term", () => {
  const fields = [{ name: "hat", values: ["no", "yes"] }];
  const [a, b, c] = [
    [0.5, 0.5],
    [1, 1],
    [0, 0],
  ].map((y) => [latentState([1], y)]);
  assertClose(sum(a, b, c, fields).y, [0.5, 0.5]);
});

test("with labels alone z has the mean norm of the first term's examples, not the norm of their mean", () => {
  const states = statesOf(4, 9);
  const typical = states.reduce((total, { z }) => total + norm(z), 0) / states.length;
  const result = sum(states, statesOf(2, 2), statesOf(2, 3), [], "labels");
  assert.ok(Math.abs(norm(result.z) - typical) < 1e-4);
  assert.ok(norm(average(states).z) < 0.9 * typical);
});

// ---- formulas

test("a formula is the same from the address", () => {
  const text = "thickness.more.less~digit.7.4";
  assert.equal(write(parse(text, DIGITS), DIGITS), text);
  assert.equal(write(null, DIGITS), "");
});

for (const [text, why] of [
  ["", "is empty"],
  ["digit.7.4", "has one part"],
  ["thickness.more.less~digit.7.4~digit.7.4", "has three parts"],
  ["digit.7.4~thickness.more.less", "has the trait second"],
  ["digit.7.7~digit.1.2", "adds nothing"],
  ["digit.7.4~digit.1.2", "has one attribute twice"],
  ["hat.yes.no~digit.1.2", "names an unknown attribute"],
  ["thickness.more.less~digit.7.x", "names an unknown value"],
]) {
  test(`no formula comes of an address that ${why}`, () => {
    assert.equal(parse(text, DIGITS), null);
  });
}

test("a model is offered the formulas that its attributes allow", () => {
  assert.equal(presets(DIGITS).length, 4);
  assert.equal(presets(attributesOf({ labels: FIELDS }, [])).length, 1);
  assert.deepEqual(presets(attributesOf({ labels: [] }, [])), []);
});

test("the terms differ from the wanted result in one attribute or both", () => {
  const [less, more] = [0, 1];
  assert.deepEqual(kindsOf(parse("thickness.more.less~digit.7.4", DIGITS)), {
    a: { thickness: more, digit: 4 },
    b: { thickness: less, digit: 4 },
    c: { thickness: less, digit: 7 },
    wanted: { thickness: more, digit: 7 },
  });
  assert.deepEqual(kindsOf(null), { a: {}, b: {}, c: {}, wanted: {} });
});

test("an attribute is known by its label, by what the classifier reads, or by both", () => {
  const attributes = attributesOf({ labels: [HAIR] }, [GLASSES, HAIR, { name: "plain", values: ["only"] }]);
  assert.deepEqual(
    attributes.map(({ name, label, read, trait }) => [name, label, read, trait]),
    [
      ["long_hair", 0, 1, false],
      ["glasses", -1, 0, false],
    ],
  );
});

test("digits have traits that are measured on the pixels", () => {
  const traits = DIGITS.filter(({ trait }) => trait);
  assert.deepEqual(
    traits.map(({ name, values }) => [name, values.join()]),
    ["thickness", "slant", "size"].map((name) => [name, "less,more"]),
  );
});
