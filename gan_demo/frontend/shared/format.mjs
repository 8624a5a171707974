// Numbers and times within the page's texts.

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export function number(language, value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

export function duration(texts, seconds) {
  if (seconds === null || seconds === undefined) return "…";
  if (seconds < 60) return fill(texts.seconds, { n: Math.round(seconds) });
  if (seconds < 3600) return fill(texts.minutes, { m: Math.floor(seconds / 60), s: Math.floor(seconds % 60) });
  return fill(texts.hours, { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
}

export function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
