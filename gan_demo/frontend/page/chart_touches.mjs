// @ts-check
// Fingers on Plotly's charts. Plotly takes a finger for a mouse that is pressed: it drags the axes where a page should
// scroll, and selects the point that was hovered last, while a finger hovers over none. Without the touch, browsers
// scroll the page, and make of a tap a mouse that moves there and clicks.
const FRAMES = ["select", "lasso"];

/**
 * Keep the start of a touch from a chart, except where it draws a frame. For the capturing phase.
 * @param {TouchEvent} event
 */
export function keepFromChart(event) {
  if (!(event.target instanceof Element) || !event.target.matches(".nsewdrag")) return;
  const chart = /** @type {{ layout?: { dragmode?: string } } | null} */ (event.target.closest(".js-plotly-plot"));
  if (!FRAMES.includes(chart?.layout?.dragmode ?? "")) event.stopPropagation();
}
