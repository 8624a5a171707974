// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { PageMoment } from "../../../gan_demo/frontend/shared/page_moment.mjs";

test("without a board nothing can be shown, and whoever follows hears when one comes", () => {
  const moment = new PageMoment();
  /** @type {unknown[]} */
  const heard = [];
  moment.follow(
    (at, byHand) => heard.push([at, byHand]),
    () => heard.push("board"),
  );
  assert.equal(moment.goTo(3), false);
  /** @type {unknown[]} */
  const shown = [];
  /** @param {number | null} at */
  const show = (at) => shown.push(at) > 0;
  moment.offer(show);
  moment.offer(show);
  assert.deepEqual(heard, ["board"], "once");
  assert.equal(moment.goTo(3), true);
  assert.deepEqual(shown, [3]);
  moment.moved(5, true);
  moment.moved(null, false);
  assert.deepEqual(heard.slice(1), [
    [5, true],
    [null, false],
  ]);
});

test("a board that is gone is not led any more, unless another has taken its place", () => {
  const moment = new PageMoment();
  const first = () => true;
  const second = () => true;
  moment.offer(first);
  moment.offer(second);
  moment.withdraw(first);
  assert.equal(moment.goTo(1), true);
  moment.withdraw(second);
  assert.equal(moment.goTo(1), false);
});

test("whoever follows no more hears nothing", () => {
  const moment = new PageMoment();
  moment.follow(assert.fail, assert.fail);
  moment.unfollow();
  moment.offer(() => true);
  moment.moved(1, true);
});
