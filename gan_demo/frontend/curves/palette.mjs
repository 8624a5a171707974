// Colours of the page.

export function css(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

// The page's colours, read once for each time that something is drawn.
export function palette(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    text: of("--st-text-color"),
    hair: of("--st-border-color"),
    primary: of("--st-primary-color"),
    chart: of("--st-chart-categorical-colors")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
  };
}

export function colour(colours, k) {
  return typeof k === "string" ? k : colours.chart[k] || colours.primary;
}

export function mix(hex, share) {
  return /^#[0-9a-f]{6}$/i.test(hex)
    ? hex +
        Math.round(255 * share)
          .toString(16)
          .padStart(2, "0")
    : hex;
}
