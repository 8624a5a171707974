// What the map is coloured by: classes, and D's verdict. Checked for colour blindness in tests/ui/test_colours.py.

// Found by a search: the two that are nearest to each other, to any eyes, are as far apart as may be.
export const CLASSES = [
  "#307890",
  "#f09060",
  "#4830a8",
  "#d83000",
  "#78c0c0",
  "#a878f0",
  "#d8d800",
  "#900000",
  "#9000f0",
  "#90f0f0",
  "#603060",
];
export const VERDICT = ["#c75a00", "#f0e9df", "#1f66b8"]; // surely generated, undecided, surely real

export function classColour(k) {
  return CLASSES[k % CLASSES.length];
}

// 0 to 1 -> [r, g, b].
export function verdictColour(share) {
  const t = 2 * Math.min(1, Math.max(0, share));
  const [from, to] = t < 1 ? VERDICT : VERDICT.slice(1);
  const [a, b] = [channels(from), channels(to)];
  return a.map((value, k) => Math.round(value + (b[k] - value) * (t < 1 ? t : t - 1)));
}

export function channels(colour) {
  return [1, 3, 5].map((k) => Number.parseInt(colour.slice(k, k + 2), 16));
}

// D's logit as a share from 0, surely generated, to 1, surely real; what explorer/sample_explanation.py says of it.
export function verdict(logit, { loss = "", relative, real_logit: real, fake_logit: fake }) {
  if (loss === "least_squares") return Math.min(1, Math.max(0, logit)); // D's output is the verdict
  const middle = relative && real !== null && fake !== null ? (real + fake) / 2 : 0;
  return 1 / (1 + Math.exp(middle - logit));
}
