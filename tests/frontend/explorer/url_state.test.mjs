// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { blend, latentState, rng, sameState } from "../../../gan_demo/frontend/explorer/latent.mjs";
import { decodeNumbers, encodeNumbers, readHash, writeHash } from "../../../gan_demo/frontend/explorer/url_state.mjs";

const SPACE = { z_dim: 20, labels: [{ name: "digit", values: [..."0123456789"] }] };
const STATE = latentState(rng(3).normals(20), blend(10, 4, 9, 0.6), 0.7);
const HASH = writeHash(STATE, "sliders", [["sliders.across", "sefa-1 & 2"]]);

test("a state comes back from its address bit by bit, with its tool and the tool's parameters", () => {
  const { state, tool, params } = readHash(HASH, SPACE);
  assert.ok(state && sameState(state, STATE));
  assert.equal(tool, "sliders");
  assert.deepEqual([...params], [["sliders.across", "sefa-1 & 2"]]);
});

test("an address has no characters that a mail program would break", () => {
  assert.match(HASH, /^[#&=.%\-_A-Za-z0-9]+$/);
});

test("empty parameters are left out", () => {
  assert.equal(writeHash(latentState([0]), "map", [["map.x", ""]]), "#z=AAAAAA&psi=1&tool=map");
});

test("a state of another model is refused", () => {
  assert.equal(readHash(HASH, { ...SPACE, z_dim: 19 }).state, null);
  assert.equal(readHash(HASH, { ...SPACE, labels: [] }).state, null);
  assert.equal(readHash("", SPACE).state, null);
});

test("a truncation that is none is refused", () => {
  for (const psi of ["-1", "9", "x"]) assert.equal(readHash(HASH.replace("psi=0.7", `psi=${psi}`), SPACE).state, null);
});

test("numbers that are not finite, and texts that are no numbers, are refused", () => {
  assert.equal(decodeNumbers(encodeNumbers([NaN])), null);
  assert.equal(decodeNumbers(encodeNumbers([Infinity])), null);
  assert.equal(decodeNumbers("§"), null);
  assert.equal(decodeNumbers("AAA"), null);
});

test("numbers up to 1000 are taken, larger ones refused", () => {
  assert.deepEqual(decodeNumbers(encodeNumbers([1000, -1000])), Float32Array.of(1000, -1000));
  assert.equal(decodeNumbers(encodeNumbers([1001])), null);
});

test("links of earlier versions open the sliders under their former name", () => {
  const former = HASH.replace("tool=sliders", "tool=hold").replace("sliders.across", "hold.across");
  assert.deepEqual(readHash(former, SPACE), readHash(HASH, SPACE));
});
