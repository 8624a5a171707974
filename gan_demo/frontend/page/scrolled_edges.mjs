// @ts-check

const ROUNDING = 1; // pixels by which a region may differ from what it shows

/**
 * Return on which sides of a region there is more than it shows: "start", "end", "start end", or "" if all is in sight.
 * @param {{ scrollLeft: number, scrollWidth: number, clientWidth: number }} region
 */
export function scrolledEdges({ scrollLeft, scrollWidth, clientWidth }) {
  const before = Math.abs(scrollLeft) > ROUNDING; // negative where text runs from right to left
  const after = scrollWidth - clientWidth - Math.abs(scrollLeft) > ROUNDING;
  return [before ? "start" : "", after ? "end" : ""].filter(Boolean).join(" ");
}
