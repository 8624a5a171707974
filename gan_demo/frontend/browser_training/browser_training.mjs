// @ts-check
/**
 * Training of images in the viewer's own browser: what it costs, then a live board.
 * @import { ComponentArguments } from "../shared/types.js"
 * @import { BrowserTrainingData } from "./types.js"
 */
import { Mounts } from "../shared/mounts.mjs";
import { TrainingView } from "./training_view.mjs";

/** @type {Mounts<Node, TrainingView>} */
const views = new Mounts();

/** @param {Pick<ComponentArguments<BrowserTrainingData>, "data" | "parentElement">} component */
export function draw({ data, parentElement }) {
  const view = views.get(parentElement);
  if (view?.preset === data.preset) return view.update(data);
  views.clear(parentElement);
  views.at(parentElement, () => new TrainingView(parentElement, data));
}

/** @param {HTMLElement | ShadowRoot} parentElement */
export function clear(parentElement) {
  views.clear(parentElement);
}
