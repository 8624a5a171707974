// @ts-check
/** The order in which the folders of the frontend may import each other. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const FRONTEND = fileURLToPath(new URL("../../gan_demo/frontend", import.meta.url));

/** @type {Record<string, string[]>} what each folder may import besides itself */
const MAY_IMPORT = {
  vendor: [],
  shared: ["vendor"],
  curves: ["shared", "vendor"],
  film: ["shared", "vendor"],
  explorer: ["shared", "vendor"],
  trainer: ["shared", "vendor"],
  classroom: ["shared"],
  help: ["shared"],
  page: ["shared"],
  compare_board: ["curves", "film", "shared"],
  browser_training: ["curves", "shared", "trainer", "vendor"],
  lab: ["curves", "shared", "trainer", "vendor"],
  live_board: ["classroom", "curves", "film", "shared"],
  site: ["browser_training", "curves", "explorer", "film", "lab", "shared"],
};

/** Modules and types of ours, by their path below the frontend, with "/" on every system. */
const SOURCES = new Map(
  readdirSync(FRONTEND, { recursive: true, encoding: "utf-8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.(mjs|d\.ts)$/.test(path) && !path.startsWith("vendor/"))
    .map((path) => [path, readFileSync(join(FRONTEND, path), "utf-8")]),
);

/**
 * Return the relative specifiers of import and export statements, of `import()` and of `new URL()` for workers.
 * @param {string} source
 */
function specifiers(source) {
  const pattern = /(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*["'](\.[^"'$`]+)["']/g;
  return [...source.matchAll(pattern)].map((match) => match[1]);
}

/** @param {string} source */
function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/**
 * Return the paths below the frontend that a module names.
 * @param {string} path
 * @param {string} source
 */
function targets(path, source) {
  return specifiers(source).map((target) => {
    const absolute = join(FRONTEND, dirname(path), target);
    return relative(FRONTEND, absolute).split(sep).join("/");
  });
}

test("every folder of the frontend has its place in the order", () => {
  const folders = readdirSync(FRONTEND, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map((folder) => folder.name).sort(), Object.keys(MAY_IMPORT).sort());
});

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${folder}/ imports nothing above itself, types included`, () => {
    const violations = [...SOURCES]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .flatMap(([path, source]) => targets(path, source).map((target) => ({ path, target })))
      .filter(({ target }) => ![folder, ...allowed].includes(target.split("/")[0]));
    assert.deepEqual(violations, []);
  });
}

test("every module that is imported exists", () => {
  const missing = [...SOURCES]
    .flatMap(([path, source]) => targets(path, withoutComments(source)).map((target) => ({ path, target })))
    .filter(({ target }) => target.endsWith(".mjs") && !SOURCES.has(target) && !target.startsWith("vendor/"));
  assert.deepEqual(missing, []);
});

test("no modules import each other in a circle", () => {
  const imports = new Map([...SOURCES].map(([path, source]) => [path, targets(path, withoutComments(source))]));
  /** @type {Map<string, "open" | "done">} */
  const visits = new Map();
  /**
   * @param {string} path
   * @param {string[]} chain
   */
  function visit(path, chain) {
    assert.notEqual(visits.get(path), "open", [...chain, path].join(" -> "));
    if (visits.has(path)) return;
    visits.set(path, "open");
    for (const target of imports.get(path) ?? []) visit(target, [...chain, path]);
    visits.set(path, "done");
  }
  for (const path of SOURCES.keys()) visit(path, []);
});
