// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { outcomeOf } from "../../../gan_demo/frontend/classroom/offer_form.mjs";
import { PageLab } from "../../../gan_demo/frontend/shared/page_lab.mjs";

const LAB = { hash: () => "#", open: () => {}, picture: () => "", describe: () => "" };

test("a pupil is told what came of an offer", () => {
  const outcomes = [200, 409, 429, 403, 500, 0].map(outcomeOf);
  assert.deepEqual(outcomes, ["lab_sent", "lab_full", "lab_soon", "lab_failed", "lab_failed", "lab_failed"]);
});

test("the strip hears of a lab that comes and goes, and a new view is not withdrawn with the old one", () => {
  const page = new PageLab();
  let heard = 0;
  const follower = () => heard++;
  page.follow(follower);
  const next = { ...LAB };
  page.offer(LAB);
  page.offer(next);
  page.withdraw(LAB);
  assert.equal(page.current, next);
  page.withdraw(next);
  assert.equal(page.current, null);
  assert.equal(heard, 3);
  page.follow(() => {});
  page.unfollow(follower);
  page.follow(follower);
  page.unfollow(follower);
  page.offer(LAB);
  assert.equal(heard, 3);
});
