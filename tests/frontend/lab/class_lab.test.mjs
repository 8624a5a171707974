// @ts-check
/** What the lab gives to a class: settings in words, and where a follower's graphs come from. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { classGraphs } from "../../../gan_demo/frontend/lab/class/class_graphs.mjs";
import { settingsInWords } from "../../../gan_demo/frontend/lab/class/class_lab.mjs";
import { NotShipped } from "../../../gan_demo/frontend/lab/shipped_graphs.mjs";

/** @import { TrainerSettings } from "../../../gan_demo/frontend/trainer/types.js" */

/** @type {Record<string, string>} */
const SENTENCES = JSON.parse(readFileSync(new URL("../../../gan_demo/i18n/en/lab.json", import.meta.url), "utf-8"));
const texts = Object.fromEntries(Object.entries(SENTENCES).map(([key, text]) => [key.replace(/^lab\./, ""), text]));

test("a lab is said by the settings that are not the usual ones", () => {
  /** @param {string} hash */
  const words = (hash) => settingsInWords(hash, { texts, language: "en" });
  assert.equal(words("#data=ring"), "Ring");
  assert.equal(words("#data=moons&gLr=0.005&at=300"), "Moons · G: Learning rate 0.005 · Iteration 300");
  assert.equal(words("#data=<img>&evil=1"), words(""), "what is not understood is not repeated");
});

test("a class loads shipped graphs, and the server's only for settings that they lack", async () => {
  const settings = /** @type {TrainerSettings} */ ({});
  const [mine, theirs] = [new ArrayBuffer(1), new ArrayBuffer(2)];
  const server = async () => theirs;
  assert.equal(await classGraphs(async () => mine, server)(settings), mine);
  const lacking = async () => {
    throw new NotShipped("pack");
  };
  assert.equal(await classGraphs(lacking, server)(settings), theirs);
  const offline = async () => {
    throw new Error("offline");
  };
  await assert.rejects(classGraphs(offline, server)(settings), /offline/);
});
