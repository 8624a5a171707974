// @ts-check
/** Colours of the page. */

/**
 * @typedef {object} Palette
 * @property {string} text
 * @property {string} gridLine
 * @property {string} primary
 * @property {string[]} chart the theme's chart colours
 */

/**
 * Read the page's colours, which change with its theme.
 * @param {Element} element
 * @returns {Palette}
 */
export function readPalette(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const property = (name) => style.getPropertyValue(name).trim();
  const chart = property("--st-chart-categorical-colors").split(",");
  return {
    text: property("--st-text-color"),
    gridLine: property("--st-border-color"),
    primary: property("--st-primary-color"),
    chart: chart.map((name) => name.trim()).filter(Boolean),
  };
}

/**
 * Return the CSS colour of a series: an index of the chart colours, or a colour itself.
 * @param {Palette} palette
 * @param {number | string} color
 */
export function seriesColour(palette, color) {
  return typeof color === "string" ? color : palette.chart[color] || palette.primary;
}

/**
 * Return a colour of the form #rrggbb with an opacity from 0 to 1; colours of another form stay as they are.
 * @param {string} colour
 * @param {number} opacity
 */
export function withOpacity(colour, opacity) {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  const alpha = Math.round(255 * opacity);
  return colour + alpha.toString(16).padStart(2, "0");
}
