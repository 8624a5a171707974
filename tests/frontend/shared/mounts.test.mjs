// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { Mounts } from "../../../gan_demo/frontend/shared/mounts.mjs";

test("an element has one view until it is cleared, which closes it", () => {
  /** @type {string[]} */
  const closed = [];
  /** @type {Mounts<object, { close: () => void }>} */
  const mounts = new Mounts();
  const parent = {};
  const view = mounts.at(parent, () => ({ close: () => closed.push("first") }));
  assert.equal(
    mounts.at(parent, () => assert.fail()),
    view,
  );
  assert.equal(mounts.get({}), undefined);
  mounts.clear(parent);
  mounts.clear(parent);
  assert.deepEqual(closed, ["first"]);
  assert.equal(mounts.get(parent), undefined);
});
