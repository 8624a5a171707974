// What our classifiers and D read from samples, in the browser: networks "classifier" and "discriminator" of the engine.

const NO_YES = ["no", "yes"];
const numbers = (count) => Array.from({ length: count }, (_, k) => String(k));
// The fields of gan_demo.classifier's two, in the order of their outputs; tests/browser checks them against Python's.
export const FIELDS = {
  digits: [{ name: "digit", values: numbers(10) }],
  faces: [
    { name: "smile", values: NO_YES },
    { name: "glasses", values: ["none", "light", "dark"] },
    { name: "hat", values: NO_YES },
    { name: "beard", values: NO_YES },
    { name: "long_hair", values: NO_YES },
    { name: "hair_color", values: numbers(11) },
    { name: "skin_tone", values: numbers(8) },
    { name: "background", values: numbers(5) },
  ],
};

export class SampleReader {
  constructor(app) {
    this.app = app;
    this.fields = app.url("classifier") ? (FIELDS[app.space.classifier] ?? []) : [];
    this.hasDiscriminator = Boolean(app.space.discriminator && app.url("discriminator"));
    this.width = this.fields.reduce((sum, one) => sum + one.values.length, 0);
  }

  // Probabilities, for each of n samples an array of fields of Float32Array.
  async read(x, n) {
    await this.app.engine.load("classifier", this.app.url("classifier"));
    const { p } = await this.app.engine.run("classifier", { x: { data: x, dims: [n, ...this.app.space.shape] } });
    return Array.from({ length: n }, (_, k) => {
      let at = k * this.width;
      return this.fields.map(({ values }) => p.data.slice(at, (at += values.length)));
    });
  }

  // D's logits (n), of samples of these states.
  async judge(x, states) {
    await this.app.engine.load("discriminator", this.app.url("discriminator"));
    const n = states.length;
    const feeds = { x: { data: x, dims: [n, ...this.app.space.shape] } };
    const width = states[0].y.length;
    if (width) feeds.y = { data: Float32Array.from(states.flatMap((one) => [...one.y])), dims: [n, width] };
    const { logit } = await this.app.engine.run("discriminator", feeds);
    return logit.data;
  }
}

// [value index, probability] of the most probable.
export function mostProbable(p) {
  const best = p.reduce((top, value, k) => (value > p[top] ? k : top), 0);
  return [best, p[best]];
}
