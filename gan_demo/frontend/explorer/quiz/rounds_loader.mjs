// The generator of a checkpoint and the D of its time, loaded in turn under two names: one plays while the next comes.
import { fromPixels } from "../training_images.mjs";

export class Networks {
  constructor(app) {
    const run = app.data.models?.find((one) => one.id === app.data.id);
    Object.assign(this, { app, addresses: new Map(run?.checkpoints ?? []), states: run?.states ?? [] });
  }

  // Steps to play with, ascending.
  get steps() {
    const found = [...this.addresses.keys()];
    return found.length ? found : [this.app.space.step];
  }

  // {generator: name, judge: name or ""} in the engine.
  async of(step, turn) {
    const [generator, judge] = await Promise.all([this.generator(step, turn), this.judge(step, turn)]);
    return { generator, judge };
  }

  async generator(step, turn) {
    if (step === this.app.space.step || !this.addresses.has(step)) return "main";
    const name = `quiz-generator-${turn % 2}`;
    await this.app.engine.load(name, absolute(this.addresses.get(step)));
    return name;
  }

  // D as it was at that step, where its state was kept by then, else as it is at the step on show; "" where there is none.
  async judge(step, turn) {
    if (!this.app.space.discriminator) return "";
    const then =
      this.states.some((one) => one <= step) &&
      this.addresses.get(step)?.replace("generator.onnx", "discriminator.onnx");
    const name = `quiz-judge-${turn % 2}`;
    await this.app.engine.load(name, then ? absolute(then) : this.app.url("discriminator"));
    return name;
  }

  // What D says of each picture, as it is seen: RGBA and label vectors.
  async logits(judge, pictures, ys) {
    const { app } = this;
    const size = app.shape.reduce((a, b) => a * b, 1);
    const x = new Float32Array(pictures.length * size);
    pictures.forEach((pixels, k) => x.set(fromPixels(pixels, app.shape), k * size));
    const feeds = { x: { data: x, dims: [pictures.length, ...app.shape] } };
    const width = ys[0]?.length ?? 0;
    if (width) feeds.y = { data: Float32Array.from(ys.flatMap((y) => [...y])), dims: [ys.length, width] };
    const { logit } = await app.engine.run(judge, feeds);
    return [...logit.data];
  }
}

const absolute = (address) => new URL(address, document.baseURI).href;
