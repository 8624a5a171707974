// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { writeGif } from "../../../../gan_demo/frontend/explorer/journey/gif.mjs";
import { createJourney } from "../../../../gan_demo/frontend/explorer/journey/journey.mjs";
import { latentState } from "../../../../gan_demo/frontend/explorer/latent.mjs";
import { readGif } from "./gif_reader.mjs";

/** @import { FramePainter } from "../../../../gan_demo/frontend/explorer/journey/types" */
/** @import { LatentState } from "../../../../gan_demo/frontend/explorer/types" */

const WIDTH = 3;
const HEIGHT = 2;
const APP = {
  samples: async (/** @type {readonly LatentState[]} */ states) => Float32Array.from(states, ({ z }) => z[0]),
};

/**
 * Draws a sample as pixels of one red, and its index as green and blue in a colour picture.
 *
 * @param {boolean} grey
 * @returns {FramePainter}
 */
function createPainter(grey, times = 2) {
  return {
    isGrey: grey,
    width: WIDTH,
    height: HEIGHT,
    scale: times,
    pixels(x, index) {
      const pixel = (/** @type {number} */ k) => {
        const red = Math.round(x[index]) + k;
        return grey ? [red, red, red, 255] : [red, 10 * k, 200, 255];
      };
      return Uint8ClampedArray.from(Array.from({ length: WIDTH * HEIGHT }, (_, k) => pixel(k)).flat());
    },
  };
}

/**
 * @param {{ grey?: boolean, loop?: boolean, signal?: AbortSignal, shares?: number[] }} [options]
 */
function write({ grey = true, loop = true, signal = new AbortController().signal, shares = [] } = {}) {
  const keys = [latentState([0]), latentState([100])];
  const journey = createJourney(keys, { loop, seconds: 0.5, spherical: false });
  return writeGif({ app: APP, journey, signal, report: (share) => shares.push(share) }, createPainter(grey));
}

test("a GIF of a loop repeats for ever at 20 frames a second", async () => {
  const shares = /** @type {number[]} */ ([]);
  const { width, height, repeat, frames } = readGif(await write({ shares }));
  assert.deepEqual([width, height, repeat], [2 * WIDTH, 2 * HEIGHT, 0]);
  assert.deepEqual(
    frames.map(({ delay }) => delay),
    Array(20).fill(5),
  );
  assert.deepEqual([shares.length, shares.at(-1)], [20, 1]);
});

test("greys are exact, and every pixel is enlarged", async () => {
  const { palette, frames } = readGif(await write());
  assert.deepEqual(palette[77], [77, 77, 77]);
  for (const [index, { pixels }] of frames.entries()) {
    const red = Math.round(index <= 10 ? 10 * index : 200 - 10 * index);
    const rows = [0, 3].map((first) => [0, 0, 1, 1, 2, 2].map((k) => red + first + k));
    assert.deepEqual([...pixels], [...rows[0], ...rows[0], ...rows[1], ...rows[1]]);
  }
});

test("frames of a picture in colour share one palette, whose colours are near the picture's", async () => {
  const { palette, frames } = readGif(await write({ grey: false }));
  const [red, green, blue] = palette[frames[10].pixels[0]];
  assert.ok(Math.abs(red - 100) < 12 && Math.abs(green) < 12 && Math.abs(blue - 200) < 12, `${[red, green, blue]}`);
});

test("the last frame of a journey without loop stays for a second", async () => {
  const { frames } = readGif(await write({ loop: false }));
  assert.deepEqual(
    frames.map(({ delay }) => delay),
    [...Array(9).fill(5), 105],
  );
});

test("a cancelled GIF ends with the signal's reason", async () => {
  const controller = new AbortController();
  controller.abort(new Error("cancelled"));
  await assert.rejects(write({ signal: controller.signal }), /cancelled/);
});
