// @ts-check
/**
 * The lesson on show: what to watch, what to try, and the next.
 * @import { LabData, LabSettings } from "../types.js"
 * @import { Lesson } from "./lessons.mjs"
 */
import { button, element } from "../../shared/dom.mjs";
import { DiracView } from "./dirac_view.mjs";
import { LESSONS, lessonOf } from "./lessons.mjs";

/**
 * @typedef {object} LessonEvents
 * @property {(lesson: Lesson | null) => void} onOpen null: no lesson any more
 * @property {(change: Partial<LabSettings>) => void} onTry
 */

export class LessonPanel {
  list = element("select", { className: "lesson-list" });
  root = element("aside", { className: "lesson", hidden: true });
  #data;
  #events;
  #shown = "";

  /**
   * @param {LabData} data
   * @param {LessonEvents} events
   */
  constructor(data, events) {
    this.#data = data;
    this.#events = events;
    const { texts } = data;
    this.list.setAttribute("aria-label", texts.lessons);
    this.list.append(
      element("option", { value: "", textContent: texts["lessons.none"] }),
      ...LESSONS.map(({ id }, k) =>
        element("option", { value: id, textContent: `${k + 1} · ${texts[`lesson.${id}`]}` }),
      ),
    );
    this.list.addEventListener("change", () => events.onOpen(lessonOf(this.list.value)));
  }

  /** @param {string} id of a lesson, or "" */
  show(id) {
    if (this.#shown === id) return;
    this.#shown = id;
    const lesson = lessonOf(id);
    this.list.value = lesson ? id : "";
    this.root.hidden = !lesson;
    this.root.replaceChildren(...(lesson ? this.#contents(lesson) : []));
  }

  /** @param {Lesson} lesson */
  #contents(lesson) {
    const { texts } = this.#data;
    const close = button("close", "", texts["lesson.close"], "close");
    close.addEventListener("click", () => this.#events.onOpen(null));
    const watch = element("ol");
    for (let k = 1; texts[`lesson.${lesson.id}.${k}`]; k++) {
      watch.append(element("li", { textContent: texts[`lesson.${lesson.id}.${k}`] }));
    }
    const head = element(
      "div",
      { className: "lesson-head" },
      element("h2", { textContent: texts[`lesson.${lesson.id}`] }),
      close,
    );
    /** @type {HTMLElement[]} */
    const parts = [head, watch];
    if (lesson.id === "dirac") parts.push(this.#dirac());
    parts.push(this.#buttons(lesson));
    return parts;
  }

  #dirac() {
    const view = new DiracView(this.#data);
    requestAnimationFrame(() => view.draw()); // when it is on the page and has its colours
    return view.root;
  }

  /** @param {Lesson} lesson */
  #buttons(lesson) {
    const { texts } = this.#data;
    const row = element("div", { className: "row tries" });
    for (const { key, change } of lesson.tries) {
      const created = button("", texts[`lesson.${lesson.id}.try.${key}`]);
      created.addEventListener("click", () => this.#events.onTry(change));
      row.append(created);
    }
    const next = LESSONS[LESSONS.indexOf(lesson) + 1];
    if (next) {
      const created = button("right", texts["lesson.next"], texts["lesson.next"], "next");
      created.addEventListener("click", () => this.#events.onOpen(next));
      row.append(created);
    }
    return row;
  }
}
