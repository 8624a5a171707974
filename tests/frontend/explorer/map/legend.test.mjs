// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { wrapEntries } from "../../../../gan_demo/frontend/explorer/map/legend.mjs";

test("entries of a saved map's legend begin a new row where the width ends", () => {
  const entries = ["aaaa", "bb", "cccc", "d"].map((text) => ({ text }));
  const rows = wrapEntries(entries, (text) => 10 * text.length, 65);
  assert.deepEqual(rows, [
    [
      { text: "aaaa", x: 0 },
      { text: "bb", x: 40 },
    ],
    [
      { text: "cccc", x: 0 },
      { text: "d", x: 40 },
    ],
  ]);
  assert.deepEqual(
    wrapEntries([], () => 0, 10),
    [],
  );
});
