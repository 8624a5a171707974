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

const LETTER_WIDTH = 6.5; // CSS pixels of a Latin letter in a mark's text; a Chinese sign takes two
const MARK_PADDING = 14;
const MAX_MARK_SHARE = 0.45; // of the chart's width that a mark's text may take, as in curves.css
const TAG_HEIGHT = 12;

export class Overlay {
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
    drawMarks(plot, marks);
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
 * @param {uPlot} plot
 * @param {readonly Mark[]} marks
 */
function drawMarks(plot, marks) {
  const elements = layer(plot.over, "mark", marks.length);
  let free = -Infinity; // where the next text may begin
  marks.forEach((mark, i) => {
    const line = elements[i];
    const left = plot.valToPos(mark.step, "x");
    line.hidden = !(left >= 0 && left <= width(plot));
    line.style.transform = `translateX(${Math.round(left)}px)`;
    line.dataset.step = String(mark.step);
    const length = Math.min(MAX_MARK_SHARE * width(plot), textWidth(mark.text));
    const isLeft = left + length > width(plot); // beyond the chart's edge it would be cut
    const fits = !line.hidden && (isLeft ? left - length : left) >= free;
    if (!line.firstChild) line.append(element("span"));
    const text = fits ? mark.text : "";
    if (line.textContent !== text) find(line, "span").textContent = text;
    line.classList.toggle("left", isLeft);
    if (text) free = isLeft ? left : left + length;
  });
}

/** @param {string} text */
function textWidth(text) {
  return MARK_PADDING + LETTER_WIDTH * lettersWide(text);
}

/**
 * Return how many Latin letters wide a text is; a Chinese sign takes two.
 * @param {string} text
 */
export function lettersWide(text) {
  return [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 2 : 1), 0);
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
