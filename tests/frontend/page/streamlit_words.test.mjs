// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { StreamlitWords } from "../../../gan_demo/frontend/page/streamlit_words.mjs";

const WORDS = new StreamlitWords({
  names: { Upload: "选择文件", "Choose files": "选择文件", 选择文件: "选择文件" },
  patterns: [
    ["File must be {} or smaller.", "文件不能超过 {}。"],
    ["up to {} per file", "每个文件不超过 {}"],
    ["{} per file", "每个文件不超过 {}"],
  ],
});

test("a word is translated from English and from what another language left", () => {
  assert.equal(WORDS.translated("Upload"), "选择文件");
  assert.equal(WORDS.translated("Choose files"), "选择文件");
});

test("what stands in the page's language already, and what is not known, is left as it is", () => {
  for (const text of ["选择文件", "Uploads", "toString", "", " per file"]) assert.equal(WORDS.translated(text), null);
});

test("the part in between stays as it is, whatever is in it", () => {
  assert.equal(WORDS.translated("256MB per file"), "每个文件不超过 256MB");
  assert.equal(WORDS.translated("up to 256MB per file"), "每个文件不超过 256MB");
  assert.equal(WORDS.translated("File must be $&1.5KB or smaller."), "文件不能超过 $&1.5KB。");
});

test("a translation that Streamlit's own words are a part of is not translated again", () => {
  const words = new StreamlitWords({ names: {}, patterns: [["{} per file", "up to {} per file"]] });
  assert.equal(words.translated("256MB per file"), "up to 256MB per file");
  assert.equal(words.translated("up to 256MB per file"), null);
});
