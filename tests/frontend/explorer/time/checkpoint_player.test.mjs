// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { CheckpointPlayer } from "../../../../gan_demo/frontend/explorer/time/checkpoint_player.mjs";

/** @import { Checkpoint } from "../../../../gan_demo/frontend/explorer/time/types" */
/** @import { App } from "../../../../gan_demo/frontend/explorer/types" */

/** @type {Checkpoint[]} */
const OWN = [1, 2, 3].map((step) => ({ id: "run", title: "", step, source: `run/${step}` }));
const OTHER = { id: "other", title: "Other", step: 9, source: "other/9" };

/** Create a player at the last of three checkpoints; `arrive` ends a loading, `onStage` lists what was shown. */
function createPlayer() {
  /** @type {(string | null)[]} */
  const onStage = [];
  /** @type {Map<string, (network: string) => void>} */
  const loading = new Map();
  const app = {
    destroyed: false,
    stage: { useNetwork: async (/** @type {string | null} */ name) => void onStage.push(name) },
    drawingFailed: (/** @type {unknown} */ error) => assert.fail(String(error)),
  };
  const player = new CheckpointPlayer(/** @type {App} */ (/** @type {unknown} */ (app)), {
    checkpoints: OWN,
    home: 2,
    load: ({ source }) => new Promise((resolve) => loading.set(source, resolve)),
    nameOf: ({ source }) => source,
    onChange: () => {},
  });
  player.enable();
  const arrive = async (/** @type {Checkpoint} */ { source }) => {
    loading.get(source)?.(source);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { player, arrive, onStage };
}

test("the checkpoint that was asked for last comes on stage, however long another one loads", async () => {
  const { player, arrive, onStage } = createPlayer();
  player.show(OWN[0]);
  player.show(OTHER);
  await arrive(OTHER);
  await arrive(OWN[0]);
  assert.deepEqual(onStage, ["other/9"]);
  assert.deepEqual([player.current, player.index], [OTHER, 0], "the slider stays at the run's own checkpoint");
});

test("what arrives after another tool was opened stays off the stage, which is given back", async () => {
  const { player, arrive, onStage } = createPlayer();
  player.show(OWN[1]);
  player.disable();
  await arrive(OWN[1]);
  assert.deepEqual(onStage, [null]);
  assert.deepEqual([player.current, player.index], [OWN[2], 2]);
});
