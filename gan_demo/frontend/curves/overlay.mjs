// @ts-check
/**
 * Over a chart: the step on show, marks of changes, and short names at the lines' ends. Under it: evidence of findings.
 * All are elements, moved when the chart is drawn, so that none of them costs a redraw of its lines.
 * @import uPlot from "../vendor/uplot/uplot.mjs"
 * @import { Panel } from "./panel.mjs"
 * @import { Band, Mark } from "./types.js"
 */
import { lastIndex } from "../shared/arrays.mjs";
import { element, find } from "../shared/dom.mjs";
import { seriesColour } from "./palette.mjs";

const BADGE_WIDTH = 18; // CSS pixels of a mark's number
const TAG_HEIGHT = 12;

export class Overlay {
  /** @type {number[]} the marks that are lit */
  #highlighted = [];

  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
  }

  draw() {
    const { plot, board, spec } = this.panel;
    if (!plot) return;
    const { bands = [], marks = [] } = board.data;
    drawBands(
      plot,
      bands.filter((band) => !band.panel || band.panel === spec.id),
    );
    this.#drawMarks(plot, marks);
    this.#drawTags(plot);
    this.moveTo(board.at);
  }

  /**
   * Move the vertical line to the step that is on show elsewhere.
   * @param {number | null} step
   */
  moveTo(step) {
    const { plot } = this.panel;
    if (!plot) return;
    const [line] = layer(plot.over, "at", 1);
    const left = step === null ? Number.NaN : plot.valToPos(step, "x");
    line.hidden = !(left >= -1 && left <= width(plot) + 1);
    line.style.transform = `translateX(${Math.round(left)}px)`;
    line.dataset.step = String(step ?? "");
  }

  /**
   * Light up the marks of some numbers.
   * @param {number[]} numbers
   */
  highlight(numbers) {
    this.#highlighted = numbers;
    for (const mark of this.panel.plot?.over.querySelectorAll(".mark") ?? []) this.#light(mark);
  }

  /** @param {Element} mark */
  #light(mark) {
    const numbers = ((mark instanceof HTMLElement && mark.dataset.numbers) || "").split(" ").map(Number);
    mark.classList.toggle(
      "lit",
      numbers.some((number) => this.#highlighted.includes(number)),
    );
  }

  /**
   * Draw a line at each mark, and its number above the chart, where it hides no curve.
   * @param {uPlot} plot
   * @param {readonly Mark[]} marks
   */
  #drawMarks(plot, marks) {
    const groups = markGroups(marks, (step) => plot.valToPos(step, "x"), width(plot));
    layer(plot.over, "mark", groups.length).forEach((line, k) => {
      const { left, marks: group } = groups[k];
      if (!line.firstChild) line.append(this.#badge(line));
      const text = numbersText(group);
      const badge = find(line, "b");
      if (badge.textContent !== text) badge.textContent = text;
      badge.title = group.map(({ number, text: words }) => `${number}. ${words}`).join("\n");
      line.style.transform = `translateX(${left}px)`;
      line.dataset.numbers = group.map(({ number }) => number).join(" ");
      line.dataset.step = String(group[0].step);
      this.#light(line);
    });
  }

  /**
   * Return the place of a mark's number, which tells the board that the pointer is on it.
   * @param {HTMLElement} line
   */
  #badge(line) {
    const badge = element("b");
    const numbers = () => (line.dataset.numbers ?? "").split(" ").map(Number);
    badge.addEventListener("pointerenter", () => this.panel.board.data.onMarks?.(numbers()));
    badge.addEventListener("pointerleave", () => this.panel.board.data.onMarks?.([]));
    return badge;
  }

  /** @param {uPlot} plot */
  #drawTags(plot) {
    const { palette } = this.panel;
    const ends = this.#lineEnds(plot);
    pushApart(ends, plot.over.clientHeight);
    const elements = layer(plot.over, "tag", ends.length);
    ends.forEach(({ line, left, top }, k) => {
      elements[k].textContent = line.tag;
      elements[k].style.color = seriesColour(palette, line.color);
      elements[k].style.left = `${Math.round(left)}px`;
      elements[k].style.top = `${Math.round(top)}px`;
    });
  }

  /**
   * Return where each line with a tag ends in view.
   * @param {uPlot} plot
   */
  #lineEnds(plot) {
    const { lines, view } = this.panel;
    const ends = [];
    const [x] = plot.data;
    for (const [index, line] of lines.entries()) {
      if (line.isParent || line.isHidden || line.isFaint || !line.tag) continue;
      const values = plot.data[index + 1];
      const row = lastIndex(values, (value, k) => (value ?? null) !== null && x[k] <= view[1]);
      if (row < 0) continue;
      const left = Math.min(width(plot), plot.valToPos(x[row], "x")) + 4;
      ends.push({ line, left, top: plot.valToPos(Number(values[row]), "y") });
    }
    return ends;
  }
}

/** @param {uPlot} plot */
function width(plot) {
  return plot.over.clientWidth;
}

/**
 * Return `count` children of a class, made or removed as needed.
 * @param {HTMLElement} parent
 * @param {string} name
 * @param {number} count
 */
function layer(parent, name, count) {
  const children = /** @type {HTMLElement[]} */ (
    [...parent.children].filter((child) => child.classList.contains(name))
  );
  for (const extra of children.splice(count)) extra.remove();
  while (children.length < count) {
    const child = element("div", { className: name });
    parent.append(child);
    children.push(child);
  }
  return children;
}

/**
 * Return the marks in view, those whose numbers would lie on each other together.
 * @param {readonly Mark[]} marks by step, ascending
 * @param {(step: number) => number} leftOf pixels
 * @param {number} width of the chart
 * @returns {{ left: number, marks: Mark[] }[]}
 */
export function markGroups(marks, leftOf, width) {
  /** @type {{ left: number, marks: Mark[] }[]} */
  const groups = [];
  for (const mark of marks) {
    const left = Math.round(leftOf(mark.step));
    if (!(left >= 0 && left <= width)) continue;
    const last = groups[groups.length - 1];
    if (last && left - last.left < BADGE_WIDTH) last.marks.push(mark);
    else groups.push({ left, marks: [mark] });
  }
  return groups;
}

/**
 * Say the numbers of marks: "3", or "3–5" for several.
 * @param {readonly Mark[]} marks
 */
function numbersText(marks) {
  const [first, last] = [marks[0].number, marks[marks.length - 1].number];
  return first === last ? String(first) : `${first}–${last}`;
}

/**
 * @param {uPlot} plot
 * @param {readonly Band[]} bands
 */
function drawBands(plot, bands) {
  const elements = layer(plot.under, "band", bands.length);
  bands.forEach((band, i) => {
    const from = Math.max(0, plot.valToPos(band.from, "x"));
    const to = Math.min(width(plot), (band.to ?? null) === null ? Infinity : plot.valToPos(Number(band.to), "x"));
    elements[i].hidden = to < from;
    elements[i].className = `band ${band.kind || "warning"}`;
    elements[i].style.left = `${from}px`;
    elements[i].style.width = `${Math.max(2, to - from)}px`;
  });
}

/**
 * Move tags that would lie on each other apart, within the chart's height.
 * @param {{ top: number }[]} ends
 * @param {number} height
 */
function pushApart(ends, height) {
  for (const end of ends) end.top = Math.max(4, Math.min(height - 4, end.top));
  ends.sort((a, b) => a.top - b.top);
  for (let k = 1; k < ends.length; k++) ends[k].top = Math.max(ends[k].top, ends[k - 1].top + TAG_HEIGHT);
  const below = ends.length ? Math.max(0, ends[ends.length - 1].top - (height - 2)) : 0;
  for (const end of ends) end.top -= below;
}
