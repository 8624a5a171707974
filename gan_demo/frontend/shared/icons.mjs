// @ts-check
/** Icons of buttons, drawn on a grid of 16 by 16 in the colour of the text. */

/**
 * Return an icon as SVG markup, hidden from screen readers: the button around it has a name.
 * @param {IconName} name
 */
export function svg(name, size = 16) {
  const look = `width="${size}" height="${size}" aria-hidden="true" fill="currentColor"`;
  return `<svg viewBox="0 0 16 16" ${look}>${ICONS[name]}</svg>`;
}

const STROKE = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"';

/** @param {...string} parts of a path */
const line = (...parts) => `<path d="${parts.join("")}" ${STROKE}/>`;

/** @param {...string} parts of a path whose holes are empty */
const area = (...parts) => `<path d="${parts.join("")}" fill-rule="evenodd"/>`;

const ICONS = {
  dice: area(
    "M4 1.5h8A2.5 2.5 0 0 1 14.5 4v8a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 12V4A2.5 2.5 0 0 1 4 1.5z",
    "m1 2.2a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zm6 6a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z",
    "M8 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z",
  ),
  undo: line("M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7"),
  redo: line("m10 3 3.5 3.5L10 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9"),
  centre: line("M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"),
  link: line(
    "M6.5 9.5a2.8 2.8 0 0 0 4 0l2.7-2.7a2.8 2.8 0 0 0-4-4l-.8.8",
    "M9.5 6.5a2.8 2.8 0 0 0-4 0L2.8 9.2a2.8 2.8 0 0 0 4 4l.8-.8",
  ),
  save: line("M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"),
  single: '<path d="M2.5 2.5h11v11h-11z"/>',
  grid: area(
    "M2 2h3.3v3.3H2zM6.4 2h3.3v3.3H6.4zM10.7 2H14v3.3h-3.3z",
    "M2 6.4h3.3v3.3H2zM6.4 6.4h3.3v3.3H6.4zM10.7 6.4H14v3.3h-3.3z",
    "M2 10.7h3.3V14H2zM6.4 10.7h3.3V14H6.4zM10.7 10.7H14V14h-3.3z",
  ),
  mix: line("M6 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z"),
  upload: line("M8 10.5V2.5M4.5 6 8 2.5 11.5 6M2.5 13.5h11"),
  picture: line("M2 3h12v10H2zM2 11l3.5-3.5 3 3L11 8l3 3"),
  close: line("m4 4 8 8M12 4l-8 8"),
  plus: line("M8 3v10M3 8h10"),
  minus: line("M3 8h10"),
  all: line("M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"),
  swap: line("M2.5 5.5h10M10 3l2.5 2.5L10 8M13.5 10.5h-10M6 8l-2.5 2.5L6 13"),
  play: '<path d="M4 2.5v11l9-5.5z"/>',
  left: line("M9.5 3.5 5 8l4.5 4.5"),
  right: line("M6.5 3.5 11 8l-4.5 4.5"),
  pin: line("M8 13.5c3-3.2 4.5-5.4 4.5-7.2a4.5 4.5 0 0 0-9 0c0 1.8 1.5 4 4.5 7.2zM8 5v3M6.5 6.5h3"),
  copy: line("M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"),
  bin: line("M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 6.8l.2 4M9.3 6.8l-.2 4"),
  loop: line("M3 7.5a5 5 0 0 1 9-2.5M12.5 2v3.3H9.2M13 8.5a5 5 0 0 1-9 2.5M3.5 14v-3.3h3.3"),
  arc: line("M2.5 12.5C3.5 6 7 3 13.5 3"),
  line: line("M2.5 13 13.5 3"),
  compare: '<path d="M2 3h5v10H2z"/><path d="M8.4 3H14v10H8.4zM9.6 4.2v7.6h3.2V4.2z" fill-rule="evenodd"/>',
  leave: '<path d="m4 3 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z"/>',
  pause: '<path d="M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z"/>',
};

/** @typedef {keyof typeof ICONS} IconName */
