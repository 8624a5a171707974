// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { allAxes } from "../../../../gan_demo/frontend/explorer/map/axes.mjs";
import { axisGroups, axisName } from "../../../../gan_demo/frontend/explorer/map/choices.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { Direction, DirectionFamily } from "../../../../gan_demo/frontend/explorer/types" */

/**
 * @param {string} key
 * @param {DirectionFamily} family
 * @param {string} [name]
 * @returns {Direction}
 */
function direction(key, family, name = "") {
  return { key, family, name, u: [1, 0, 0] };
}

const SPACE = createSpace({
  directions: [
    direction("learned-hat", "learned", "hat.yes"),
    direction("learned-slant", "learned", "slant"),
    direction("change-1", "change"),
    direction("ganspace-1", "ganspace"),
    direction("sefa-1", "sefa"),
  ],
});
const APP = {
  space: SPACE,
  t: (/** @type {string} */ key, values = {}) => [key, ...Object.values(values)].join(" "),
  fieldName: (/** @type {string} */ name) => name,
  // As the app's: an attribute, or a number, with its family where that is asked for.
  directionName: (/** @type {Direction} */ { key, family, name }, withFamily = false) =>
    name.split(".")[0] || `${withFamily ? family : "direction"} ${key.at(-1)}`,
};

test("every axis has a name of its own, with its family where a number alone would not tell", () => {
  assert.deepEqual(
    allAxes(SPACE).map((axis) => axisName(APP, axis)),
    ["digit", "hat", "map.learned_axis hat", "slant", "change 1", "ganspace 1", "sefa 1"],
  );
});

test("axes are grouped as labels and families", () => {
  const groups = axisGroups(APP, allAxes(SPACE));
  assert.deepEqual(
    groups.map(({ title, options }) => [title, options.length]),
    [
      ["map.labels", 2],
      ["family.learned", 2],
      ["family.change", 1],
      ["family.ganspace", 1],
      ["family.sefa", 1],
    ],
  );
});
