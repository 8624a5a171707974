// @ts-check
// The strip of a class on pages without a live board. Where the page presents, it stands above what presents.

import { element } from "../shared/dom.mjs";
import { pageMoment } from "../shared/page_moment.mjs";
import { isPresenting, PRESENTING, reservePresenterTop } from "../shared/presenter_page.mjs";
import { ClassStrip } from "./class_strip.mjs";

/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { ClassroomData } from "./types.js" */

/** @typedef {ComponentArguments<ClassroomData>["parentElement"]} Parent */

/**
 * @typedef {object} Bar
 * @property {ClassStrip} strip
 * @property {StripFrame} frame
 * @property {ClassroomData} data
 * @property {ComponentArguments<ClassroomData>["setTriggerValue"]} trigger
 */

/** Where the strip stands: in the page, or above what presents, which begins below it. */
class StripFrame {
  root;
  #listeners = new AbortController();
  #observer = new ResizeObserver(() => this.#measure());

  /** @param {HTMLElement} strip */
  constructor(strip) {
    this.root = element("div", { className: "strip-place" }, strip);
    this.#observer.observe(this.root);
    window.addEventListener(PRESENTING, () => this.#show(), { signal: this.#listeners.signal });
    this.#show();
  }

  close() {
    this.#observer.disconnect();
    this.#listeners.abort();
    reservePresenterTop(0);
  }

  #show() {
    this.root.classList.toggle("presenter", isPresenting());
    this.#measure();
  }

  #measure() {
    reservePresenterTop(isPresenting() ? this.root.offsetHeight : 0);
  }
}

/** @type {WeakMap<Parent, Bar>} */
const bars = new WeakMap();

/** @param {ComponentArguments<ClassroomData>} component */
export function draw({ data, parentElement, setTriggerValue }) {
  let bar = bars.get(parentElement);
  if (!bar) {
    parentElement.querySelector(".strip-place")?.remove();
    const root = element("div", { className: "class-bar" });
    const frame = new StripFrame(root);
    parentElement.append(frame.root);
    const strip = new ClassStrip(root, {
      goTo: (at) => bars.get(parentElement)?.data.place?.page !== "compare" || pageMoment.goTo(at),
      highlight: () => {},
      trigger: (_name, value) => bars.get(parentElement)?.trigger("key", value),
      control: () => {},
      onResize: () => {},
    });
    bar = { strip, frame, data, trigger: setTriggerValue };
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
  bars.get(parentElement)?.frame.close();
  bars.delete(parentElement);
}
