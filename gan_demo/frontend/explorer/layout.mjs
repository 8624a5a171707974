// @ts-check
/**
 * The explorer's elements: on the left the stage and what belongs to it, on the right the tools.
 * @import { ExplorerTexts } from "./texts.mjs"
 */
import { element } from "../shared/dom.mjs";

/**
 * Create the elements. The root has its size, and is invisible until class "building" is removed.
 * @param {ExplorerTexts} texts
 * @param {boolean} hasCloud are points of the data drawn?
 */
export function createLayout(texts, hasCloud) {
  const stage = element("div", { className: "stage-place" });
  const caption = element("p", {
    className: "caption",
    hidden: !texts.drawsPoints,
    textContent: texts.t(hasCloud ? "stage.points" : "stage.samples"),
  });
  const actions = element("div", { className: "actions" });
  const near = element("div", { className: "near", hidden: true });
  const mixer = element("div", { className: "mixer" });
  const left = element("div", { className: "left" }, stage, caption, actions, near, mixer);
  const right = element("div", { className: "right" });
  const status = element("p", { className: "said" });
  status.setAttribute("aria-live", "polite");
  const root = element("div", { className: "explorer with-controls building" }, left, right, status);
  root.classList.toggle("points", texts.drawsPoints);
  return { root, stage, actions, near, mixer, right, status };
}
