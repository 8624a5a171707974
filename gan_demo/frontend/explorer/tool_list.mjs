// The tools in the order of their tabs, and which models each suits. A tool shows up once tools/NAME.mjs is there.
import { otherCheckpoints, ownCheckpoints } from "./time/checkpoints.mjs";

const images = (space) => space.shape.length === 3;

export const TOOLS = {
  hold: () => true,
  journey: () => true,
  map: (space) => space.z_dim > 1,
  arithmetic: (space) => images(space),
  find: (space) => images(space),
  time: (space, data) =>
    Math.max(1, ownCheckpoints(data.models ?? [], data.id).length) +
      otherCheckpoints(data.models ?? [], data.id, space).length >
    1,
  quiz: (space, data) => images(space) && Boolean(data.urls.real),
};
