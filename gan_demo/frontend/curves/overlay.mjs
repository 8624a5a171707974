// Over a chart: the step on show, marks of changes, and short names at the lines' ends. Under it: the evidence of findings.
// All are elements, moved when the chart is drawn, so that none of them costs a redraw of its lines.
import { colour } from "./palette.mjs";

export function overlay(p) {
  if (!p.plot) return;
  const { data } = p.board;
  bands(
    p,
    (data.bands || []).filter((one) => !one.panel || one.panel === p.panel.id),
  );
  marks(p, data.marks || []);
  tags(p);
  at(p, p.board.at);
}

// The vertical line at the step that is on show elsewhere.
export function at(p, step) {
  if (!p.plot) return;
  const line = layer(p, "at", p.plot.over)[0] || add(p, "at", p.plot.over);
  const left = step === null || step === undefined ? NaN : place(p, step);
  line.hidden = !(left >= -1 && left <= width(p) + 1);
  line.style.transform = `translateX(${Math.round(left)}px)`;
  line.dataset.step = step ?? "";
}

function place(p, step) {
  return p.plot.valToPos(step, "x");
}

function width(p) {
  return p.plot.over.clientWidth;
}

function layer(_p, name, parent) {
  return [...parent.children].filter((child) => child.classList.contains(name));
}

function add(_p, name, parent) {
  const element = document.createElement("div");
  element.className = name;
  parent.append(element);
  return element;
}

function many(p, name, parent, count) {
  const there = layer(p, name, parent);
  while (there.length > count) there.pop().remove();
  while (there.length < count) there.push(add(p, name, parent));
  return there;
}

function marks(p, all) {
  const elements = many(p, "mark", p.plot.over, all.length);
  let free = -Infinity; // where the next text may begin
  all.forEach((mark, i) => {
    const element = elements[i],
      left = place(p, mark.step);
    element.hidden = !(left >= 0 && left <= width(p));
    element.style.transform = `translateX(${Math.round(left)}px)`;
    element.dataset.step = mark.step;
    const fits = !element.hidden && left >= free;
    const text = fits ? mark.text : "";
    if (!element.firstChild) element.append(document.createElement("span"));
    if (element.textContent !== text) element.firstChild.textContent = text;
    element.classList.toggle("left", left > width(p) * 0.6);
    if (fits && text) free = left + Math.min(width(p) * 0.45, 14 + 6.5 * text.length);
  });
}

function bands(p, all) {
  const elements = many(p, "band", p.plot.under, all.length);
  all.forEach((band, i) => {
    const from = Math.max(0, place(p, band.from));
    const to = Math.min(width(p), band.to === null || band.to === undefined ? width(p) : place(p, band.to));
    elements[i].hidden = to < from;
    elements[i].className = `band ${band.kind || "warning"}`;
    elements[i].style.left = `${from}px`;
    elements[i].style.width = `${Math.max(2, to - from)}px`;
  });
}

// Where each line ends in view; names that would lie on each other are pushed apart.
function tags(p) {
  const ends = [];
  p.lines.forEach((line, i) => {
    if (line.ghost || line.off || line.faint || !line.tag) return;
    const x = p.plot.data[0],
      values = p.plot.data[i + 1];
    for (let k = values.length - 1; k >= 0; k--) {
      if (values[k] === null || values[k] === undefined || x[k] > p.view[1]) continue;
      ends.push({ line, left: Math.min(width(p), place(p, x[k])) + 4, top: p.plot.valToPos(values[k], "y") });
      break;
    }
  });
  const height = p.plot.over.clientHeight;
  ends.forEach((end) => {
    end.top = Math.max(4, Math.min(height - 4, end.top));
  });
  ends.sort((a, b) => a.top - b.top);
  for (let k = 1; k < ends.length; k++) ends[k].top = Math.max(ends[k].top, ends[k - 1].top + 12);
  const below = ends.length ? Math.max(0, ends[ends.length - 1].top - (height - 2)) : 0;
  const elements = many(p, "tag", p.plot.over, ends.length);
  ends.forEach(({ line, left, top }, k) => {
    elements[k].textContent = line.tag;
    elements[k].style.color = colour(p.colours, line.color);
    elements[k].style.left = `${Math.round(left)}px`;
    elements[k].style.top = `${Math.round(top - below)}px`;
  });
}
