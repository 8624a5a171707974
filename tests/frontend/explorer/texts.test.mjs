// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { ExplorerTexts } from "../../../gan_demo/frontend/explorer/texts.mjs";

/** @import { Direction } from "../../../gan_demo/frontend/explorer/types.js" */

const TEXTS = {
  percent: "{n} %",
  "field.hat": "Hat",
  "value.hair.2": "red",
  "field.hair": "Hair",
  "direction.slant": "Slant",
  "direction.value": "{field}: {value}",
  "direction.nth": "Number {n}",
  "direction.nth_of": "{family} {n}",
  "family.sefa": "SeFa",
  "effect.pixels": "changes {n}",
  "effect.probability": "{low} to {high}",
  "effect.stroke": "{low} to {high}",
  "effect.weak": "weak: {effect}",
};
const texts = new ExplorerTexts({ texts: TEXTS, language: "en" }, false);

/**
 * @param {Partial<Direction>} changes
 * @returns {Direction}
 */
function direction(changes) {
  return { key: "sefa-3", family: "sefa", name: "", u: [1], ...changes };
}

/**
 * @param {string} measure
 * @param {number[]} values
 */
const effect = (measure, values) => direction({ effect: { measure, values, at: [-2, 2], r2: 1 } });

test("a learned direction is called by its attribute", () => {
  assert.equal(texts.directionName(direction({ name: "slant" })), "Slant");
  assert.equal(texts.directionName(direction({ name: "hat" })), "Hat");
  assert.equal(texts.directionName(direction({ name: "hat.yes" })), "Hat");
  assert.equal(texts.directionName(direction({ name: "hair.2" })), "Hair: red");
});

test("other directions are numbered, with their family where nothing else names it", () => {
  assert.equal(texts.directionName(direction({})), "Number 3");
  assert.equal(texts.directionName(direction({}), true), "SeFa 3");
});

test("an effect is said in its measure's words", () => {
  assert.equal(texts.effectText(effect("pixels", [0.1, 0, 0.34])), "changes 34 %");
  assert.equal(texts.effectText(effect("probability", [0.05, 0.5])), "5 % to 50 %");
  assert.equal(texts.effectText(effect("stroke", [-1.26, 2])), "−1.3 to 2.0");
});

test("an attribute that changes by less than 20 % is called weak", () => {
  assert.equal(texts.effectText(effect("probability", [0.31, 0.4])), "weak: 31 % to 40 %");
  assert.equal(texts.effectText(effect("probability", [0.6, 0.41])), "weak: 60 % to 41 %");
  assert.equal(texts.effectText(effect("probability", [0.6, 0.39])), "60 % to 39 %");
  assert.equal(texts.effectText(effect("stroke", [0.1, 0.15])), "0.1 to 0.2", "strokes are no shares");
});

test("nothing is said of an unknown measure, of none, and of points", () => {
  assert.equal(texts.effectText(effect("other", [1, 2])), "");
  assert.equal(texts.effectText(direction({})), "");
  assert.equal(new ExplorerTexts({ texts: TEXTS, language: "en" }, true).effectText(effect("stroke", [1, 2])), "");
});

test("names without a text stay as they are, and a missing text is its key", () => {
  assert.deepEqual([texts.fieldName("x"), texts.valueName("hair", "9"), texts.t("nothing")], ["x", "9", "nothing"]);
});
