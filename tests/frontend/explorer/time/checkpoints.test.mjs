// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  otherCheckpoints,
  ownCheckpoints,
  spreadSteps,
} from "../../../../gan_demo/frontend/explorer/time/checkpoints.mjs";
import { createSpace } from "../space_fixture.mjs";

/** @import { ModelOffer } from "../../../../gan_demo/frontend/explorer/types" */

const SPACE = createSpace();

/**
 * @param {string} id
 * @param {Partial<ModelOffer>} [changes]
 * @returns {ModelOffer}
 */
function offer(id, changes = {}) {
  const checkpoints = /** @type {[number, string][]} */ ([1, 9].map((step) => [step, `${id}/${step}`]));
  return {
    id,
    title: id.toUpperCase(),
    shape: SPACE.shape,
    z_dim: SPACE.z_dim,
    labels: SPACE.labels,
    checkpoints,
    ...changes,
  };
}

test("of many steps some are chosen, closer together at the beginning", () => {
  const steps = spreadSteps(
    Array.from({ length: 1000 }, (_, k) => k),
    5,
  );
  const gaps = steps.slice(1).map((step, k) => step - steps[k]);
  assert.deepEqual([steps.length, steps[0], steps[4]], [5, 0, 999]);
  assert.deepEqual(
    gaps,
    [...gaps].sort((a, b) => a - b),
  );
  assert.deepEqual(spreadSteps([3, 4], 6), [3, 4]);
});

test("the checkpoints of the run on show have no title", () => {
  const models = [offer("a"), offer("b")];
  assert.deepEqual(ownCheckpoints(models, "b"), [
    { id: "b", title: "", step: 1, source: "b/1" },
    { id: "b", title: "", step: 9, source: "b/9" },
  ]);
  assert.deepEqual(ownCheckpoints(models, "upload"), []);
});

test("other runs are offered with their last checkpoint, if they take the same numbers", () => {
  const models = [
    offer("a"),
    offer("same"),
    offer("other-z", { z_dim: 8 }),
    offer("other-shape", { shape: [3, 4, 4] }),
    offer("other-labels", { labels: SPACE.labels.slice(1) }),
    offer("untrained", { checkpoints: [] }),
  ];
  assert.deepEqual(otherCheckpoints(models, "a", SPACE), [{ id: "same", title: "SAME", step: 9, source: "same/9" }]);
});
