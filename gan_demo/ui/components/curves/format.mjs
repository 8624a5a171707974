// Colours of the page and numbers in its language.

export function css(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

// The page's colours, read once for each time that something is drawn.
export function palette(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    text: of("--st-text-color"), hair: of("--st-border-color"), primary: of("--st-primary-color"),
    chart: of("--st-chart-categorical-colors").split(",").map((one) => one.trim()).filter(Boolean),
  };
}

export function colour(colours, k) {
  return typeof k === "string" ? k : colours.chart[k] || colours.primary;
}

export function mix(hex, share) {
  return /^#[0-9a-f]{6}$/i.test(hex) ? hex + Math.round(255 * share).toString(16).padStart(2, "0") : hex;
}

// On an axis: few characters.
export function short(value, language) {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(0).replace("e-", "e−");
  return new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

// In a legend.
export function precise(value, language) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(2).replace("e-", "e−");
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value);
}

export function whole(value, language) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}
