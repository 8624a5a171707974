// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  duration,
  fill,
  fixed,
  labels,
  number,
  percent,
  precise,
  significant,
} from "../../../gan_demo/frontend/shared/format.mjs";

const TIMES = {
  seconds: "{n} s",
  minutes: "{m} min {s} s",
  hours: "{h} h {m} min",
  whole_minutes: "{n} min",
  whole_hours: "{n} h",
};

test("each name of a template is filled, as often as it stands there", () => {
  assert.equal(fill("{n} of {all}, {n} px", { n: 3, all: "9" }), "3 of 9, 3 px");
});

test("zero and the empty text are values", () => {
  assert.equal(fill("{n}{s}!", { n: 0, s: "" }), "0!");
});

test("a name without a value stays visible", () => {
  assert.equal(
    fill("{n} {missing} {empty} {toString}", { n: 1, missing: undefined, empty: null }),
    "1 {missing} {empty} {toString}",
  );
});

test("a value is not itself a template", () => {
  assert.equal(fill("{a} {b}", { a: "{b}", b: "$&" }), "{b} $&");
});

test("numbers are grouped as the language does", () => {
  assert.equal(number("en", 1234567.4), "1,234,567");
  assert.equal(number("de", 1234.56, 1), "1.234,6");
});

test("a fixed number of digits keeps its zeros, and zero has no sign", () => {
  assert.equal(fixed("en", 2, 2), "2.00");
  assert.equal(fixed("en", -0.001, 2), "0.00");
  assert.equal(fixed("en", -0.5, 1), "−0.5");
});

test("negative numbers have a minus sign, not a hyphen", () => {
  assert.equal(number("en", -1234), "−1,234");
  assert.equal(number("zh", -0.25, 2), "−0.25");
  assert.equal(significant("en", -0.012345), "−0.0123");
});

test("shares are percentages of two digits", () => {
  assert.equal(percent("en", 0.1234), "12%");
  assert.equal(percent("en", 0.00456), "0.46%");
});

test("a measured value has three digits, an exponent when tiny, and a dash when missing", () => {
  assert.equal(precise("en", 1234.5), "1,230");
  assert.equal(precise("en", 0), "0");
  assert.equal(precise("en", 2.5512e-12), "2.55e−12");
  assert.equal(precise("en", null), "–");
  assert.equal(precise("en", undefined), "–");
});

test("what runs off has an exponent, too", () => {
  assert.equal(precise("en", 2.331e23), "2.33e23");
  assert.equal(precise("zh", -4e12), "−4.00e12");
  assert.deepEqual(labels("en", [0, 2e23]), ["0", "2e23"]);
});

test("a tiny negative value has one kind of minus sign", () => {
  assert.equal(precise("en", -2.5512e-12), "−2.55e−12");
  assert.deepEqual(labels("en", [-2e-5, -1e-5, 0]), ["−2e−5", "−1e−5", "0"]);
});

for (const values of [
  [0, 0.5, 1],
  [9.997e-4, 9.998e-4, 9.999e-4],
  [1e-5, 1e-4, 1e-3, 1e-2],
  [99_000, 100_000],
  [-3e-7, -2e-7, -1e-7],
]) {
  test(`labels of the axis ${values.join(", ")} tell its lines apart and are short`, () => {
    const texts = labels("en", [...values, null]);
    assert.equal(new Set(texts).size, values.length + 1);
    assert.ok(
      texts.every((text) => text.length <= 8),
      texts.join(" "),
    );
    assert.equal(texts.at(-1), "");
  });
}

test("large numbers on an axis are compact, small ones have the digits they need", () => {
  assert.deepEqual(labels("en", [0, 500, 1000, 1500]), ["0", "500", "1K", "1.5K"]);
  assert.deepEqual(labels("en", [1000.1, 1000.2]), ["1.0001K", "1.0002K"]);
});

test("durations are said in seconds, minutes or hours", () => {
  assert.equal(duration(TIMES, 7.4), "7 s");
  assert.equal(duration(TIMES, 59.7), "1 min");
  assert.equal(duration(TIMES, 61), "1 min 1 s");
  assert.equal(duration(TIMES, 2 * 3600 + 5 * 60 + 1), "2 h 5 min");
  assert.equal(duration(TIMES, 3600), "1 h");
});

test("an unknown duration is three dots", () => {
  assert.equal(duration(TIMES, null), "…");
  assert.equal(duration(TIMES, undefined), "…");
});
