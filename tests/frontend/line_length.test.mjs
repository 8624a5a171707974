// @ts-check
/** Lines of the frontend and of its tests, of which the formatter leaves comments, texts and templates as they are. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const LONGEST = 120; // characters
const FOLDERS = ["../../gan_demo/frontend", "."].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** @param {string} folder */
function sources(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf-8" })
    .filter((path) => /\.(mjs|d\.ts|css)$/.test(path) && !path.startsWith(`vendor${sep}`))
    .map((path) => join(folder, path));
}

test(`no line has more than ${LONGEST} characters`, () => {
  const files = FOLDERS.flatMap(sources);
  assert.ok(files.length > 300);
  const long = files.flatMap((file) =>
    readFileSync(file, "utf-8")
      .split("\n")
      .flatMap((line, k) => ([...line].length > LONGEST ? [`${file}:${k + 1}`] : [])),
  );
  assert.deepEqual(long, []);
});
