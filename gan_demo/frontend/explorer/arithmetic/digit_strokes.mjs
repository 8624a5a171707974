// What can be measured of drawn digits by their pixels alone; the same as gan_demo/explorer/directions/digit_strokes.py.
// Each takes a sample (H·W) in [-1, 1] and its shape (1, H, W).

const EMPTY = 1e-6; // ink of a blank picture

// Of the strokes, in pixels: twice the ink by the length of its outline, which is the total variation.
function thickness(x, [, h, w]) {
  const ink = (r, c) => (r < 0 || c < 0 || r >= h || c >= w ? 0 : inked(x[r * w + c]));
  let [all, outline] = [0, 0];
  for (let r = 0; r <= h; r++) {
    for (let c = 0; c <= w; c++) {
      const here = ink(r, c);
      all += here;
      outline += Math.hypot(here - ink(r, c - 1), here - ink(r - 1, c));
    }
  }
  return (2 * all) / Math.max(outline, EMPTY);
}

// Degrees by which the ink leans to the right.
function slant(x, shape) {
  const { up, both } = moments(x, shape);
  return (Math.atan(both / Math.max(up, EMPTY)) * 180) / Math.PI;
}

// Root mean square distance of the ink from its centre, in pixels.
function size(x, shape) {
  const { across, up } = moments(x, shape);
  return Math.sqrt(Math.max(0, across + up));
}

export const MEASURES = { thickness, slant, size };

const inked = (value) => Math.min(1, Math.max(0, (value + 1) / 2));

function moments(x, [, h, w]) {
  let [total, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < h * w; k++) {
    const [ink, right, up] = [inked(x[k]), (k % w) - (w - 1) / 2, (h - 1) / 2 - Math.floor(k / w)];
    total += ink;
    sx += ink * right;
    sy += ink * up;
    sxx += ink * right * right;
    syy += ink * up * up;
    sxy += ink * right * up;
  }
  total = Math.max(total, EMPTY);
  const [mx, my] = [sx / total, sy / total];
  return { across: sxx / total - mx * mx, up: syy / total - my * my, both: sxy / total - mx * my };
}
