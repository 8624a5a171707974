// @ts-check
/**
 * The tools in the order of their tabs, and which models each suits.
 * @import { ExplorerData, Space } from "./types.js"
 */
import { otherCheckpoints, ownCheckpoints } from "./time/checkpoints.mjs";

/** @param {Space} space */
const drawsImages = (space) => space.shape.length === 3;

/**
 * Return how many checkpoints draw the same latent space.
 * @param {Space} space
 * @param {ExplorerData} data
 */
function countCheckpoints(space, { models = [], id }) {
  return Math.max(1, ownCheckpoints(models, id).length) + otherCheckpoints(models, id, space).length;
}

/** @type {Record<string, (space: Space, data: ExplorerData) => boolean>} */
export const TOOLS = {
  sliders: () => true,
  journey: () => true,
  styles: (space) => Boolean(space.styles),
  map: (space) => space.z_dim > 1,
  arithmetic: drawsImages,
  find: drawsImages,
  time: (space, data) => countCheckpoints(space, data) > 1,
  quiz: (space, data) => drawsImages(space) && Boolean(data.urls.real),
};
