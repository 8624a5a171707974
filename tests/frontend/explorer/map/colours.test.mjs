// @ts-check
// Verdicts are compared with torch's by tests/frontend/test_torch_values.py.
import assert from "node:assert/strict";
import test from "node:test";
import {
  CLASSES,
  channels,
  classColour,
  VERDICT,
  verdictColour,
} from "../../../../gan_demo/frontend/explorer/map/colours.mjs";

test("verdicts go from the colour of generated over undecided to that of real", () => {
  assert.deepEqual([0, 0.5, 1].map(verdictColour), VERDICT.map(channels));
  assert.deepEqual(verdictColour(-1), channels(VERDICT[0]));
  assert.deepEqual(verdictColour(2), channels(VERDICT[2]));
  const [from, to] = VERDICT.map(channels);
  assert.deepEqual(
    verdictColour(0.25),
    from.map((value, k) => Math.round((value + to[k]) / 2)),
  );
});

test("more classes than colours begin again with the first", () => {
  assert.equal(classColour(0), CLASSES[0]);
  assert.equal(classColour(CLASSES.length + 1), CLASSES[1]);
});
