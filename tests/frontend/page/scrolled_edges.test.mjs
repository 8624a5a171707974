// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { scrolledEdges } from "../../../gan_demo/frontend/page/scrolled_edges.mjs";

/** @param {number} scrollLeft */
const wide = (scrollLeft) => scrolledEdges({ scrollLeft, scrollWidth: 900, clientWidth: 300 });

test("a region that shows all of itself has no edge behind which there is more", () => {
  assert.equal(scrolledEdges({ scrollLeft: 0, scrollWidth: 300, clientWidth: 300 }), "");
  assert.equal(scrolledEdges({ scrollLeft: 0, scrollWidth: 301, clientWidth: 300 }), "", "a rounded pixel is nothing");
});

test("a wide region has more behind the edge that was not reached", () => {
  assert.equal(wide(0), "end");
  assert.equal(wide(200), "start end");
  assert.equal(wide(600), "start");
  assert.equal(wide(599.5), "start", "browsers scroll by fractions");
});
