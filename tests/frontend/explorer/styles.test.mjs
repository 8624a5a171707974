// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  chosenInputs,
  noiseInputs,
  readStyles,
  writeSource,
} from "../../../gan_demo/frontend/explorer/engine/styles.mjs";
import { latentState } from "../../../gan_demo/frontend/explorer/latent.mjs";
import { createSpace } from "./space_fixture.mjs";

/** @import { StyleSpace } from "../../../gan_demo/frontend/explorer/types" */

/** @type {StyleSpace} */
const STYLES = { layers: [2, 2, 2], noise: 1000, uniform_noise: false, preview: null };
const space = createSpace({ z_dim: 2, labels: [{ name: "class", values: ["0", "1"] }], styles: STYLES });

const data = { urls: {} };

/** Parameters of an address. */
class Address {
  /** @type {Map<string, string>} */
  #values;

  /** @param {Record<string, string>} values */
  constructor(values = {}) {
    this.#values = new Map(Object.entries(values));
  }

  /** @param {string} tool */
  get(tool, name = "") {
    return this.#values.get(`${tool}.${name}`) ?? "";
  }

  /**
   * @param {string} tool
   * @param {string} text
   */
  set(tool, text, name = "") {
    this.#values.set(`${tool}.${name}`, text);
  }
}

test("what is written into the address is read again", () => {
  const address = new Address();
  writeSource(address, "coarse", { index: 5, share: 1 });
  writeSource(address, "fine", { index: 0, share: 0.25 });
  assert.deepEqual(readStyles(address).groups, [{ index: 5, share: 1 }, null, { index: 0, share: 0.25 }]);
  writeSource(address, "coarse", null);
  assert.deepEqual(readStyles(address).groups[0], null);
});

test("nonsense in the address is no choice", () => {
  for (const text of ["7", "0", "1-2", "1-0.1234", "x", "-1"])
    assert.deepEqual(readStyles(new Address({ "styles.coarse": text })).groups[0], null, text);
  assert.equal(readStyles(new Address({ "styles.noise": "loud" })).noise, "fixed");
});

test("each sample gets the latents, the labels and the shares of three groups", () => {
  const params = new Address({ "styles.seed": "3", "styles.coarse": "2", "styles.fine": "2-0.5" });
  const states = [latentState([9, 9], [1, 0]), latentState([8, 8], [0, 1])];
  const { rows, shared, piece } = chosenInputs({ space, params, data }, states);
  const [first, second] = [rows?.style.slice(0, 15), rows?.style.slice(15)];
  assert.equal(piece, 1);
  assert.deepEqual(shared?.full.data, new Float32Array([1]));
  assert.deepEqual(first?.slice(0, 2), first?.slice(4, 6)); // coarse and fine take the same picture
  assert.notDeepEqual(first?.slice(0, 2), first?.slice(2, 4));
  assert.deepEqual([...(first?.slice(6) ?? [])], [1, 0, 1, 0, 1, 0, 1, 0, 0.5]);
  assert.deepEqual([...(second?.slice(6) ?? [])], [0, 1, 0, 1, 0, 1, 1, 0, 0.5]);
  assert.deepEqual(second?.slice(0, 6), first?.slice(0, 6));
});

test("sources are drawn plain, and a preview asks for no full image", () => {
  const params = new Address({ "styles.coarse": "2", "styles.noise": "off" });
  const { rows, shared } = chosenInputs({ space, params, data }, [latentState([1, 2], [1, 0])], {
    plain: true,
    preview: true,
  });
  assert.deepEqual([...(rows?.style.slice(-3) ?? [])], [0, 0, 0]);
  assert.deepEqual(shared?.fixed.data, new Float32Array([1]));
  assert.deepEqual(shared?.full.data, new Float32Array([0]));
});

test("where the server draws, the noise is a seed", () => {
  /** @type {(noise: string) => number[]} */
  const seeds = (noise) => {
    const app = { space, params: new Address({ "styles.noise": noise }), data: { urls: { samples: "samples" } } };
    const { shared = {} } = chosenInputs(app, [latentState([1, 2], [1, 0])]);
    assert.deepEqual(Object.keys(shared), ["noise_seed"]);
    return [...shared.noise_seed.data];
  };
  assert.deepEqual(["", "off", "12"].flatMap(seeds), [-1, -2, 12]);
});

test("a network without styles takes nothing more", () => {
  assert.deepEqual(chosenInputs({ space: createSpace(), params: new Address(), data }, [latentState([1, 2, 3])]), {});
});

test("random noise follows from its seed; fixed and none add nothing", () => {
  const mean = (/** @type {Float32Array} */ data) => data.reduce((sum, value) => sum + value, 0) / data.length;
  const normal = noiseInputs(STYLES, 7).noise.data;
  assert.ok(Math.abs(mean(normal)) < 0.15 && Math.abs(mean(normal.map((value) => value ** 2)) - 1) < 0.2);
  assert.deepEqual(noiseInputs(STYLES, 8).noise.data.length, 1000);
  assert.deepEqual(noiseInputs(STYLES, 7).noise.data, normal);
  const uniform = noiseInputs({ ...STYLES, uniform_noise: true }, 7).noise.data;
  assert.ok(uniform.every((value) => value >= 0 && value < 1) && Math.abs(mean(uniform) - 0.5) < 0.05);
  assert.deepEqual(noiseInputs(STYLES, "fixed"), {
    fixed: { data: new Float32Array([1]), dims: [1] },
    noise: { data: new Float32Array(1000), dims: [1, 1000] },
  });
  assert.deepEqual(noiseInputs(STYLES, "off").fixed.data, new Float32Array([0]));
  assert.deepEqual(noiseInputs({ ...STYLES, noise: 0 }, "fixed"), {});
});
