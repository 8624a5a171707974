// @ts-check
// The strip of a class on pages without a live board.

import { element } from "../shared/dom.mjs";
import { pageMoment } from "../shared/page_moment.mjs";
import { ClassStrip } from "./class_strip.mjs";

/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { ClassroomData } from "./types.js" */

/** @typedef {ComponentArguments<ClassroomData>["parentElement"]} Parent */

/**
 * @typedef {object} Bar
 * @property {ClassStrip} strip
 * @property {ClassroomData} data
 * @property {ComponentArguments<ClassroomData>["setTriggerValue"]} trigger
 */

/** @type {WeakMap<Parent, Bar>} */
const bars = new WeakMap();

/** @param {ComponentArguments<ClassroomData>} component */
export function draw({ data, parentElement, setTriggerValue }) {
  let bar = bars.get(parentElement);
  if (!bar) {
    parentElement.querySelector(".class-bar")?.remove();
    const root = element("div", { className: "class-bar" });
    parentElement.append(root);
    const strip = new ClassStrip(root, {
      goTo: (at) => bars.get(parentElement)?.data.place?.page !== "compare" || pageMoment.goTo(at),
      highlight: () => {},
      trigger: (_name, value) => bars.get(parentElement)?.trigger("key", value),
      control: () => {},
      onResize: () => {},
    });
    bar = { strip, data, trigger: setTriggerValue };
    bars.set(parentElement, bar);
    pageMoment.follow(
      (at, byHand) => strip.shows(at, byHand),
      () => update(bars.get(parentElement)),
    );
  }
  bar.data = data;
  bar.trigger = setTriggerValue;
  update(bar);
}

/** @param {Bar | undefined} bar */
function update(bar) {
  bar?.strip.update({ ...bar.data, offered: "", control: null, canApply: false });
}

/** @param {Parent} parentElement */
export function clear(parentElement) {
  if (bars.has(parentElement)) pageMoment.unfollow();
  bars.get(parentElement)?.strip.close();
  bars.delete(parentElement);
}
