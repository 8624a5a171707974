// Colours of the page and numbers in its language.

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

// On an axis: few characters, and as many digits as tell two neighbours apart.
export function labels(values, language) {
  const known = values.filter((v) => v !== null);
  const most = Math.max(...known.map(Math.abs), 0);
  const apart = Math.min(
    ...known
      .slice(1)
      .map((v, i) => Math.abs(v - known[i]))
      .filter((d) => d > 0),
  );
  const digits =
    most > 0 && Number.isFinite(apart)
      ? Math.floor(Math.log10(most) + 1e-9) - Math.floor(Math.log10(apart) + 1e-9) + 1
      : 3;
  return values.map((v) => (v === null ? "" : short(v, language, Math.max(1, Math.min(5, digits)))));
}

function short(value, language, digits) {
  if (value !== 0 && Math.abs(value) < 1e-3) return power(Number(value.toPrecision(digits)).toExponential());
  return new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: Math.max(3, digits) }).format(
    value,
  );
}

function power(text) {
  return text.replace("e-", "e−").replace("e+", "e");
}

// In a legend.
export function precise(value, language) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && Math.abs(value) < 1e-3) return power(value.toExponential(2));
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value);
}

export function whole(value, language) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}
