// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { coveredPixels } from "../../../gan_demo/frontend/live_board/settings_in_sight.mjs";

test("the page scrolls by what the settings cover, and leaves the samples' top below the header", () => {
  assert.equal(coveredPixels({ top: 381, bottom: 727 }, 625, 60), 110);
  assert.equal(coveredPixels({ top: 310, bottom: 656 }, 757, 60), 0);
  assert.equal(coveredPixels({ top: 100, bottom: 700 }, 400, 60), 32);
  assert.equal(coveredPixels({ top: 20, bottom: 700 }, 400, 60), 0);
});
