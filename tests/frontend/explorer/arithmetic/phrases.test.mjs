// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { attributesOf, kindsOf, parse } from "../../../../gan_demo/frontend/explorer/arithmetic/formula.mjs";
import { inWords, phrase, title } from "../../../../gan_demo/frontend/explorer/arithmetic/phrases.mjs";
import { englishWords } from "../words.mjs";

const WORDS = englishWords();
const DIGITS = attributesOf({ labels: [{ name: "digit", values: [..."0123456789"] }] }, []);
const FACES = attributesOf({ labels: [] }, [
  { name: "glasses", values: ["none", "light", "dark"] },
  { name: "long_hair", values: ["no", "yes"] },
  { name: "unknown", values: ["a", "b"] },
]);

test("the terms of a formula are named by their attributes", () => {
  const thick = kindsOf(parse("thickness.more.less~digit.7.4", DIGITS));
  assert.deepEqual(
    Object.values(thick).map((kind) => inWords(WORDS, DIGITS, kind)),
    ["thick 4", "thin 4", "thin 7", "thick 7"],
  );
  const dark = kindsOf(parse("glasses.dark.none~long_hair.yes.no", FACES));
  assert.deepEqual(inWords(WORDS, FACES, dark.wanted), "dark glasses, long hair");
});

test("a formula is called by what comes out of it", () => {
  const formulas = [parse("slant.more.less~digit.9.1", DIGITS), parse("glasses.dark.none~long_hair.yes.no", FACES)];
  const [slanted, dark] = formulas;
  assert.ok(slanted && dark);
  assert.equal(title(WORDS, DIGITS, slanted), "slanted 9");
  assert.equal(title(WORDS, FACES, dark), "dark glasses + long hair");
});

test("an attribute without a phrase is named by its field and value", () => {
  assert.equal(phrase(WORDS, FACES, "unknown", 1), "unknown: b");
});

test("no attribute is no word", () => {
  assert.equal(inWords(WORDS, FACES, {}), "");
});
