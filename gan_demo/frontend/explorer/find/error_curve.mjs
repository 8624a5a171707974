// The error of every step, on a logarithmic scale, with the step on show.
const [WIDTH, HEIGHT, EDGE] = [320, 64, 4];

export class Curve {
  constructor(host) {
    host.innerHTML = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      <path class="error" vector-effect="non-scaling-stroke"/><path class="best" vector-effect="non-scaling-stroke"/>
      <line y1="0" y2="${HEIGHT}" vector-effect="non-scaling-stroke"/></svg>`;
    [this.error, this.best, this.line] = host.firstElementChild.children;
  }

  draw(steps) {
    const logs = steps.map((one) => Math.log10(Math.max(1e-6, one.error)));
    const [low, high] = [Math.min(...logs), Math.max(...logs)];
    this.x = (k) => (steps.length < 2 ? 0 : (k / (steps.length - 1)) * WIDTH);
    const y = (value) => EDGE + (1 - (value - low) / Math.max(1e-6, high - low)) * (HEIGHT - 2 * EDGE);
    const to = (k, value) => `${this.x(k).toFixed(1)} ${y(value).toFixed(1)}`;
    let [error, best, least] = ["", "", Infinity];
    logs.forEach((value, k) => {
      error += `${k && steps[k].start === steps[k - 1].start ? "L" : "M"}${to(k, value)}`;
      least = Math.min(least, value);
      best += `${k ? "L" : "M"}${to(k, least)}`;
    });
    this.error.setAttribute("d", error);
    this.best.setAttribute("d", best);
  }

  mark(k) {
    this.line.setAttribute("x1", this.x(k));
    this.line.setAttribute("x2", this.x(k));
  }
}
