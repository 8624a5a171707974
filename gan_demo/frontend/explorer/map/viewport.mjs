// What part of the map is on show: {x, y, scale}, the middle in units of the axes and CSS pixels a unit. Up is up.
// The map is cut into cells, level by level finer: at level L a cell has 2^-L units, and the sample of its middle. Pure.

const CELL = 48; // CSS pixels of a cell, about: between 34 and 68
export const FINEST = 9;

export function fit(box, width, height) {
  const scale = Math.min(width / (box.right - box.left), height / (box.top - box.bottom));
  return { x: (box.left + box.right) / 2, y: (box.bottom + box.top) / 2, scale };
}

// The nearest view that is allowed: not smaller than the whole, not finer than FINEST, its middle on the map.
export function allowed(view, box, width, height) {
  const least = fit(box, width, height).scale;
  const scale = Math.min(Math.max(view.scale, least), CELL * 2 ** FINEST);
  const within = (value, low, high, half) =>
    high - low <= 2 * half ? (low + high) / 2 : Math.min(high - half, Math.max(low + half, value));
  return {
    x: within(view.x, box.left, box.right, width / 2 / scale),
    y: within(view.y, box.bottom, box.top, height / 2 / scale),
    scale,
  };
}

// The place at (px, py), pixels from the top left, stays where it is.
export function zoomed(view, factor, px, py, width, height) {
  const [x, y] = toWorld(view, px, py, width, height);
  const scale = view.scale * factor;
  return { x: x - (px - width / 2) / scale, y: y + (py - height / 2) / scale, scale };
}

export function toWorld(view, px, py, width, height) {
  return [view.x + (px - width / 2) / view.scale, view.y - (py - height / 2) / view.scale];
}

export function toScreen(view, x, y, width, height) {
  return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
}

export function level(view, coarsest) {
  return Math.min(FINEST, Math.max(coarsest, Math.round(Math.log2(view.scale / CELL))));
}

// The cells of a level that are on show, `margin` more of them around, from the middle outwards: {level, i, j, key}.
export function cells(view, box, width, height, at, margin = 0) {
  const times = 2 ** at;
  const [left, top] = toWorld(view, 0, 0, width, height);
  const [right, bottom] = toWorld(view, width, height, width, height);
  const range = (low, high, least, most) => [
    Math.max(Math.floor(low * times) - margin, Math.floor(least * times)),
    Math.min(Math.ceil(high * times) + margin, Math.ceil(most * times)),
  ];
  const [i0, i1] = range(left, right, box.left, box.right);
  const [j0, j1] = range(bottom, top, box.bottom, box.top);
  const found = [];
  for (let j = j0; j < j1; j++) for (let i = i0; i < i1; i++) found.push({ level: at, i, j, key: `${at}/${i}/${j}` });
  const away = ({ i, j }) => ((i + 0.5) / times - view.x) ** 2 + ((j + 0.5) / times - view.y) ** 2;
  return found.sort((a, b) => away(a) - away(b));
}

export function middle({ level: at, i, j }) {
  return [(i + 0.5) / 2 ** at, (j + 0.5) / 2 ** at];
}

// In the address: the middle and the units across the shorter side, which no screen changes.
export function write(view, width, height) {
  const short = (value) => String(Number(value.toPrecision(7)));
  return [view.x, view.y, Math.min(width, height) / view.scale].map(short).join("_");
}

// The view that `text` of an address names; null for "" and anything else that is none.
export function read(text, width, height) {
  const [x, y, span] = text.split("_").map(Number);
  return text && [x, y, span].every(Number.isFinite) && span > 0
    ? { x, y, scale: Math.min(width, height) / span }
    : null;
}

// A round length that is about `most` pixels long, for the scale: 1, 2 or 5 times a power of ten.
export function ruler(scale, most) {
  const power = 10 ** Math.floor(Math.log10(most / scale));
  const units = [5, 2, 1].map((one) => one * power).find((one) => one * scale <= most) ?? power;
  return { units, pixels: units * scale };
}
