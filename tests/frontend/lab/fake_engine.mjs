// @ts-check
/**
 * The lab's engine in plain JavaScript, for tests alone: the non-saturating and the relativistic loss, no penalties.
 * @import { Divergence, Engine, EngineFrame, LabSettings } from "../../../gan_demo/frontend/lab/types.js"
 * @import { Trace, Units, WatchRequest } from "../../../gan_demo/frontend/lab/types.js"
 * @import { HistoryRows } from "../../../gan_demo/frontend/trainer/types.js"
 */
import { rng } from "../../../gan_demo/frontend/explorer/rng.mjs";
import { planeGrid } from "../../../gan_demo/frontend/lab/frames.mjs";
import { Adam, mean, Network, norm, sigmoid, softplus } from "./fake_network.mjs";

const [EXTENT, FRAME_TIME] = [2.5, 50]; // of the plane; ms

/** @implements {Engine} */
export class FakeEngine {
  onframe = (/** @type {EngineFrame} */ _frame) => {};
  onhistory = (/** @type {HistoryRows} */ _rows) => {};
  ondiverged = (/** @type {Divergence} */ _what) => {};
  onerror = (/** @type {unknown} */ _error) => {};
  calls = /** @type {string[]} */ ([]); // what was asked of it
  iteration = 0;
  #settings = /** @type {LabSettings} */ ({});
  /** @type {WatchRequest} */
  #watched = { latents: new Float32Array(), surface: 0, arrows: 0 };
  #random = rng(0);
  #timer = /** @type {ReturnType<typeof setTimeout> | 0} */ (0);
  /** @type {Omit<EngineFrame, "samples" | "logits" | "slopes" | "iteration">} */
  #numbers = this.#noNumbers();

  /**
   * @param {LabSettings} settings
   * @param {Float32Array | null} points
   * @param {Uint8Array | null} [state]
   */
  async open(settings, points, state = null) {
    this.calls.push("open");
    this.#settings = settings;
    this.points = points;
    this.iteration = 0;
    this.#random = rng(settings.seed);
    this.#build();
    this.#numbers = this.#noNumbers();
    if (state) await this.seek(JSON.parse(new TextDecoder().decode(state)).iteration);
  }

  /** @param {LabSettings} settings */
  async change(settings) {
    this.calls.push("change");
    const before = this.#settings;
    this.#settings = settings;
    if (
      ["gLayers", "gWidth", "dLayers", "dWidth"].some(
        (key) => before[/** @type {"gWidth"} */ (key)] !== settings[/** @type {"gWidth"} */ (key)],
      )
    )
      this.#build();
    this.#report();
  }

  /** @param {number} speed */
  play(speed) {
    this.calls.push(`play ${speed}`);
    clearTimeout(this.#timer);
    const run = () => {
      const end = performance.now() + FRAME_TIME / 2;
      do this.#train("both");
      while (speed === Infinity && performance.now() < end);
      this.#report();
      this.#timer = setTimeout(run, speed === Infinity ? FRAME_TIME / 2 : 1000 / speed);
    };
    run();
  }

  pause() {
    clearTimeout(this.#timer);
  }

  /** @param {"both" | "d" | "g"} kind */
  async step(kind) {
    this.calls.push(`step ${kind}`);
    this.#train(kind);
    this.#report();
  }

  async back() {
    await this.seek(this.iteration - 1);
  }

  /** @param {number} iteration */
  async seek(iteration) {
    await this.open(this.#settings, this.points ?? null);
    while (this.iteration < iteration) this.#train("both");
    this.#report();
  }

  /** @returns {[number, number]} */
  span() {
    return [0, this.iteration];
  }

  /** @param {WatchRequest} request */
  watch(request) {
    this.#watched = request;
    if (!this.#timer) queueMicrotask(() => this.#report());
  }

  /** @returns {Promise<Trace>} */
  async trace() {
    const batch = this.#batch();
    const latents = this.#noise(this.#settings.batch);
    const fakes = this.#generate(latents);
    const grid = planeGrid(50, EXTENT);
    return {
      iteration: this.iteration,
      batch,
      latents,
      fakes,
      realLogits: this.#logits(batch),
      fakeLogits: this.#logits(fakes),
      ...{ dLoss: 1.38, gLoss: 0.69, penalty: 0 },
      surfaceBefore: this.#logits(grid),
      surfaceAfter: this.#logits(grid).map((value) => value + 0.05),
      slopes: this.#slopes(fakes),
      movedFakes: fakes.map((value) => value * 1.02),
      gradNormD: 0.2,
      gradNormG: 0.1,
    };
  }

  /**
   * @param {"g" | "d"} network
   * @returns {Promise<Units>}
   */
  async units(network) {
    const net = network === "g" ? this.g : this.d;
    if (!net) throw new Error("not open");
    const n = 20;
    const activations = net.forward(planeGrid(n, EXTENT)).slice(1);
    const counts = net.layers.map(({ outputs }) => outputs);
    const width = counts.reduce((sum, count) => sum + count, 0);
    const values = new Float32Array(n * n * width);
    let start = 0;
    activations.forEach((layer, index) => {
      for (let node = 0; node < n * n; node++) {
        for (let unit = 0; unit < counts[index]; unit++)
          values[node * width + start + unit] = layer[node * counts[index] + unit];
      }
      start += counts[index];
    });
    return { counts, values, n, weights: net.layers.map(({ weights }) => Float32Array.from(weights)) };
  }

  /** @param {number} count */
  latents(count) {
    return this.#noise(count, rng(99));
  }

  /** @param {number} count */
  realPoints(count) {
    return this.#draw(count, rng(7));
  }

  modes() {
    if (this.#settings.data !== "ring") return null;
    return { centres: this.#centres(), sigma: 0.05 };
  }

  async exportState() {
    return new TextEncoder().encode(JSON.stringify({ iteration: this.iteration }));
  }

  close() {
    clearTimeout(this.#timer);
  }

  #noNumbers() {
    return { dLoss: 0, gLoss: 0, penalty: 0, dReal: 0, dFake: 0, gradNormG: 0, gradNormD: 0, rate: 0 };
  }

  #build() {
    const { noiseDim, gLayers, gWidth, dLayers, dWidth } = this.#settings;
    this.g = new Network([noiseDim, ...Array(gLayers).fill(gWidth), 2], this.#random);
    this.d = new Network([2, ...Array(dLayers).fill(dWidth), 1], this.#random);
    this.gAdam = new Adam(this.g.parameters);
    this.dAdam = new Adam(this.d.parameters);
  }

  #centres() {
    return Float32Array.from({ length: 16 }, (_, k) => 1.5 * (k % 2 ? Math.sin : Math.cos)((Math.PI * (k >> 1)) / 4));
  }

  /** @param {number} count */
  #draw(count, random = this.#random) {
    const [centres, sigma] = this.points?.length ? [this.points, 0] : [this.#centres(), 0.05];
    const points = new Float32Array(2 * count);
    for (let k = 0; k < points.length; k += 2) {
      const mode = random.integer(centres.length / 2);
      points[k] = centres[2 * mode] + sigma * random.normal();
      points[k + 1] = centres[2 * mode + 1] + sigma * random.normal();
    }
    return points;
  }

  /** @param {number} count */
  #noise(count, random = this.#random) {
    const { noiseDim, noiseKind } = this.#settings;
    if (noiseKind === "gaussian") return random.normals(count * noiseDim);
    return Float32Array.from({ length: count * noiseDim }, () => 2 * random.uniform() - 1);
  }

  #batch() {
    return this.#draw(this.#settings.batch);
  }

  /** @param {Float32Array} latents */
  #generate(latents) {
    return Float32Array.from(this.g?.forward(latents).at(-1) ?? []);
  }

  /** @param {Float32Array} points */
  #logits(points) {
    return Float32Array.from(this.d?.forward(points).at(-1) ?? []);
  }

  /** @param {Float32Array} points */
  #slopes(points) {
    if (!this.d) return new Float32Array();
    const activations = this.d.forward(points);
    const logits = activations[activations.length - 1];
    return Float32Array.from(
      this.d.backward(
        activations,
        logits.map((value) => -sigmoid(-value)),
      ).input,
    );
  }

  /** @param {"both" | "d" | "g"} kind */
  #train(kind) {
    const { g, d } = this;
    if (!g || !d) return;
    const { batch, gLr, dLr, beta1, beta2 } = this.#settings;
    const [real, latents] = [this.#batch(), this.#noise(batch)];
    const activations = g.forward(latents);
    const fakes = activations[activations.length - 1];
    if (kind !== "g") {
      const [onReal, onFake] = [d.forward(real), d.forward(fakes)];
      const [realLogits, fakeLogits] = [onReal[onReal.length - 1], onFake[onFake.length - 1]];
      const byReal = d.backward(
        onReal,
        realLogits.map((value) => -sigmoid(-value) / batch),
      ).parameters;
      const byFake = d.backward(
        onFake,
        fakeLogits.map((value) => sigmoid(value) / batch),
      ).parameters;
      const gradients = byReal.map((values, k) => values.map((value, i) => value + byFake[k][i]));
      this.dAdam?.update(d.parameters, gradients, { rate: dLr, beta1, beta2 });
      Object.assign(this.#numbers, {
        dLoss: mean(realLogits.map((value) => softplus(-value))) + mean(fakeLogits.map(softplus)),
        dReal: mean(realLogits),
        dFake: mean(fakeLogits),
        gradNormD: norm(gradients),
      });
    }
    if (kind !== "d") {
      const judged = d.forward(fakes);
      const logits = judged[judged.length - 1];
      const { input } = d.backward(
        judged,
        logits.map((value) => -sigmoid(-value) / batch),
      );
      const gradients = g.backward(activations, input).parameters;
      this.gAdam?.update(g.parameters, gradients, { rate: gLr, beta1, beta2 });
      Object.assign(this.#numbers, {
        gLoss: mean(logits.map((value) => softplus(-value))),
        gradNormG: norm(gradients),
      });
    }
    this.iteration++;
    const { dLoss, gLoss, penalty, gradNormD, gradNormG } = this.#numbers;
    const values = Float32Array.of(dLoss, gLoss, penalty, gradNormD, gradNormG);
    this.onhistory({ iterations: Float64Array.of(this.iteration), values });
  }

  #report() {
    const { latents, surface, arrows } = this.#watched;
    this.onframe({
      ...this.#numbers,
      iteration: this.iteration,
      rate: 123,
      samples: this.#generate(latents),
      logits: surface ? this.#logits(planeGrid(surface, EXTENT)) : null,
      slopes: arrows ? this.#slopes(planeGrid(arrows, EXTENT)) : null,
    });
  }
}
