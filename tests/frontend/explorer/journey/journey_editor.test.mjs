// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { createJourney, keyframesToText } from "../../../../gan_demo/frontend/explorer/journey/journey.mjs";
import { JourneyEditor } from "../../../../gan_demo/frontend/explorer/journey/journey_editor.mjs";
import { latentState, sameState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { createSpace } from "../space_fixture.mjs";

const STATE = latentState([1, 2, 3], [1, 0, 0, 1, 0], 1);

/** @param {Record<string, string>} [address] */
function createApp(address = {}) {
  const values = new Map(Object.entries(address));
  /** @type {string[]} */
  const announced = [];
  return {
    space: createSpace(),
    state: STATE,
    values,
    announced,
    params: {
      get: (/** @type {string} */ _, name = "") => values.get(name) ?? "",
      set: (/** @type {string} */ _, /** @type {string} */ text, name = "") => void values.set(name, text),
    },
    t: (/** @type {string} */ key, values = {}) => `${key} ${JSON.stringify(values)}`,
    announce: (/** @type {string} */ text) => void announced.push(text),
  };
}

test("every change is in the address, and a new editor reads it from there", () => {
  const app = createApp();
  const editor = new JourneyEditor(app, () => {});
  editor.append(latentState([0, 0, 1], STATE.y, 0.5));
  editor.setOptions({ spherical: false });
  editor.setOptions({ loop: false, seconds: 3.5 });
  const again = new JourneyEditor(app, () => {});
  const { keys, ...options } = again.journey;
  assert.deepEqual(options, { spherical: false, loop: false, seconds: 3.5 });
  assert.equal(keys.length, 4);
  assert.ok(keys.every((key, k) => sameState(key, editor.journey.keys[k])));
});

test("seconds of an address stay within the slider's range", () => {
  const keys = keyframesToText(createJourney([STATE, STATE]), createSpace());
  /** @type {(s: string) => number} */
  const seconds = (s) => new JourneyEditor(createApp({ keys, s }), () => {}).journey.seconds;
  assert.deepEqual(["99", "0.1", "", "x"].map(seconds), [6, 0.5, 2, 2]);
});

test("undo goes back change by change, but leaves the seconds as they are", () => {
  const editor = new JourneyEditor(createApp(), () => {});
  const first = editor.journey;
  editor.randomise(3);
  editor.setOptions({ seconds: 5 });
  editor.remove(0);
  editor.undo();
  editor.undo();
  assert.deepEqual(editor.journey, { ...first, seconds: 5 });
  assert.equal(editor.canUndo, false);
});

test("the selection follows the keyframe that it is on", () => {
  const editor = new JourneyEditor(createApp(), () => {});
  const [a, b, c] = editor.journey.keys;
  editor.selected = 1;
  editor.move(1, 2);
  assert.deepEqual([editor.journey.keys, editor.selected], [[a, c, b], 2]);
  editor.remove(0);
  assert.deepEqual([editor.journey.keys, editor.selected], [[c, b], 1]);
  editor.replaceSelected(a);
  assert.ok(sameState(editor.journey.keys[1], a));
  editor.remove(0);
  editor.remove(0);
  assert.equal(editor.journey.keys.length, 1, "the last keyframe stays");
});

test("another link in the address bar replaces the journey, a damaged one does not", () => {
  const app = createApp();
  let changes = 0;
  const editor = new JourneyEditor(app, () => changes++);
  app.values.set("keys", keyframesToText(createJourney([STATE, STATE]), app.space));
  editor.followAddress();
  editor.followAddress();
  assert.deepEqual([editor.journey.keys.length, changes], [2, 1]);
  app.values.set("keys", "%%");
  editor.followAddress();
  assert.equal(editor.journey.keys.length, 2);
});
