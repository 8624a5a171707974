// @ts-check
// The strip of a class on pages without a live board.

import { element } from "../shared/dom.mjs";
import { ClassStrip } from "./class_strip.mjs";

/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { ClassroomData } from "./types.js" */

/** @typedef {ComponentArguments<ClassroomData>["parentElement"]} Parent */

/** @type {WeakMap<Parent, { strip: ClassStrip, trigger: ComponentArguments<ClassroomData>["setTriggerValue"] }>} */
const bars = new WeakMap();

/** @param {ComponentArguments<ClassroomData>} component */
export function draw({ data, parentElement, setTriggerValue }) {
  let bar = bars.get(parentElement);
  if (!bar) {
    parentElement.querySelector(".class-bar")?.remove();
    const root = element("div", { className: "class-bar" });
    parentElement.append(root);
    const strip = new ClassStrip(root, {
      goTo: () => true,
      highlight: () => {},
      trigger: (_name, value) => bars.get(parentElement)?.trigger("key", value),
      control: () => {},
      onResize: () => {},
    });
    bar = { strip, trigger: setTriggerValue };
    bars.set(parentElement, bar);
  }
  bar.trigger = setTriggerValue;
  bar.strip.update({ ...data, offered: "", control: null, canApply: false });
}

/** @param {Parent} parentElement */
export function clear(parentElement) {
  bars.get(parentElement)?.strip.close();
  bars.delete(parentElement);
}
