// @ts-check
/**
 * Zooming and reading values without a mouse: two fingers, and the keyboard.
 * @import uPlot from "../vendor/uplot/uplot.mjs"
 * @import { Panel } from "./panel.mjs"
 * @import { Stretch } from "./types.js"
 */

const LEAST_SPREAD = 8; // pixels between two fingers that zoom
const KEY_STEPS = 50; // presses of an arrow key from one side of a chart to the other

/**
 * Zoom about what is between two fingers, and read values under one. Scrolling up and down stays the page's.
 * @param {Panel} panel
 * @param {uPlot} plot
 */
export function listenToTouch(panel, plot) {
  const { over } = plot;
  /** @type {Map<number, number>} pointer id -> its x within the chart */
  const fingers = new Map();
  /** @type {Stretch | null} the values that were under the two fingers when the second came */
  let held = null;
  over.style.touchAction = "pan-y";
  /** @param {PointerEvent} event */
  const leftOf = (event) => event.clientX - over.getBoundingClientRect().left;
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, leftOf(event));
    const [first, second] = fingers.values();
    if (fingers.size === 2) held = [plot.posToVal(first, "x"), plot.posToVal(second, "x")];
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, leftOf(event));
    const [first, second] = fingers.values();
    if (held && fingers.size === 2) pinch(panel, held, [first, second], over.clientWidth);
    else if (fingers.size === 1) plot.setCursor({ left: first, top: 1 });
  });
  /** @param {PointerEvent} event */
  const lift = (event) => {
    fingers.delete(event.pointerId);
    if (!held || fingers.size >= 2) return;
    held = null;
    panel.board.reportZoom(panel);
  };
  over.addEventListener("pointerup", lift);
  over.addEventListener("pointercancel", lift);
}

/**
 * Zoom so that the values that were under the fingers stay under them.
 * @param {Panel} panel
 * @param {Stretch} held values
 * @param {Stretch} fingers pixels
 * @param {number} width of the chart
 */
function pinch(panel, held, [first, second], width) {
  if (Math.abs(first - second) < LEAST_SPREAD || held[0] === held[1]) return;
  const scale = (held[1] - held[0]) / (second - first);
  if (!(scale > 0)) return; // the fingers have crossed
  const from = held[0] - first * scale;
  panel.board.setZoom([from, from + width * scale], panel, true);
}

/**
 * Make a chart reachable by the keyboard: arrows read values, + and - zoom, Enter goes to the step, Escape shows all.
 * @param {Panel} panel
 */
export function listenToKeys(panel) {
  const { plotBox, legendBox } = panel.section;
  plotBox.tabIndex = 0;
  plotBox.setAttribute("role", "img");
  plotBox.addEventListener("focus", () => legendBox.setAttribute("aria-live", "polite"));
  plotBox.addEventListener("blur", () => legendBox.removeAttribute("aria-live"));
  /** @type {Record<string, (plot: uPlot) => void>} */
  const actions = {
    ArrowLeft: (plot) => moveCursor(plot, -1),
    ArrowRight: (plot) => moveCursor(plot, 1),
    "+": (plot) => zoom(panel, plot, 0.5),
    "=": (plot) => zoom(panel, plot, 0.5),
    "-": (plot) => zoom(panel, plot, 2),
    Enter: (plot) => panel.seek(plot.cursor.left),
    Escape: () => panel.board.setZoom(null, panel),
  };
  plotBox.addEventListener("keydown", (event) => {
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (!panel.plot || isShortcut || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key](panel.plot);
  });
}

/**
 * @param {uPlot} plot
 * @param {1 | -1} direction
 */
function moveCursor(plot, direction) {
  const width = plot.over.clientWidth;
  const { left } = plot.cursor;
  const start = direction > 0 ? 0 : width;
  const next = left < 0 ? start : left + (direction * width) / KEY_STEPS;
  plot.setCursor({ left: Math.max(0, Math.min(width, next)), top: 1 });
}

/**
 * Zoom about the cursor, or about the middle while there is none.
 * @param {Panel} panel
 * @param {uPlot} plot
 * @param {number} factor of the stretch in view
 */
function zoom(panel, plot, factor) {
  const [from, to] = panel.view;
  const { left } = plot.cursor;
  const centre = left >= 0 ? plot.posToVal(left, "x") : (from + to) / 2;
  panel.board.setZoom([centre - (centre - from) * factor, centre + (to - centre) * factor], panel);
}
