// @ts-check
/** Worker that measures, so that the page goes on drawing: {id, real, generated, modes, extent} → {id, measures}. */
import { measure } from "./measure.mjs";

addEventListener("message", ({ data: { id, real, generated, modes, extent } }) => {
  postMessage({ id, measures: measure(real, generated, modes, extent) });
});
