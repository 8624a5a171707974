// @ts-check
/**
 * A training: its state, and the steps that compiled graphs make of it. It knows nothing of workers and pages.
 * @import { Batch } from "./data/batches.mjs"
 * @import { Graphs } from "./bundle.mjs"
 * @import { NetworkName, Report, State, StepKind, TrainerSettings, TrainingData } from "./types.js"
 */
import { controls, isPenalised } from "./controls.mjs";
import { drawBatch } from "./data/batches.mjs";
import { initialState, initialVector, sameLayout } from "./initial.mjs";
import { Random } from "./random.mjs";
import { mean, meanShares } from "./shares.mjs";

/** @type {Readonly<Report>} */
export const NO_REPORT = Object.freeze({
  dLoss: NaN,
  gLoss: NaN,
  penalty: NaN,
  gradNormD: NaN,
  gradNormG: NaN,
  dReal: NaN,
  dFake: NaN,
  realShare: NaN,
  fakeShare: NaN,
});

export class Training {
  /** @type {Report} of the last step */
  report = NO_REPORT;
  #random = new Random(0);

  /**
   * @param {TrainerSettings} settings
   * @param {Graphs} graphs
   * @param {TrainingData} data
   * @param {State} [state] that of an untrained network if missing
   */
  constructor(settings, graphs, data, state = initialState(graphs.header.layout, settings)) {
    this.settings = settings;
    this.graphs = graphs;
    this.data = data;
    this.state = state;
  }

  get layout() {
    return this.graphs.header.layout;
  }

  /**
   * Make one step. The state is another object afterwards; vectors of earlier ones are never written to. A step to
   * numbers that are not finite is not taken: the report has them.
   * @param {StepKind} kind
   * @returns {Promise<Report>}
   */
  async step(kind) {
    const [before, begin] = [this.state, performance.now()];
    const updates = [];
    for (const update of updatesOf(kind, this.settings))
      updates.push({ update, report: await this.update(update, this.draw()) });
    this.report = summary(updates);
    if (notFinite(this.report)) this.state = before;
    else {
      const seconds = before.seconds + (performance.now() - begin) / 1000;
      this.state = { ...this.state, iteration: before.iteration + 1, seconds };
    }
    return this.report;
  }

  /** Draw the next batch; the random generator's state moves on. */
  draw() {
    this.#random.state = this.state.random;
    const batch = drawBatch(this.data, this.settings, this.#random);
    this.state = { ...this.state, random: this.#random.state };
    return batch;
  }

  /**
   * Update D and then G, or one of them.
   * @param {"step" | NetworkName} update
   * @param {Batch} batch
   * @returns {Promise<Report & { logits: Float32Array }>} D's logits of the real samples, then of the generated ones
   */
  async update(update, batch) {
    const { graphs, settings, state } = this;
    const isPlain = update !== "g" && graphs.has(`${update}_plain`) && !isPenalised(settings, state);
    const inputs = { g: state.g, d: state.d, controls: controls(settings, state), ...batch };
    const outputs = await graphs.run(isPlain ? `${update}_plain` : update, inputs);
    const [ofG, ofD] = [update === "d" ? 0 : 1, update === "g" ? 0 : 1];
    this.state = {
      ...state,
      g: outputs.next_g?.data ?? state.g,
      d: outputs.next_d?.data ?? state.d,
      gUpdates: state.gUpdates + ofG,
      dUpdates: state.dUpdates + ofD,
      gOptimizerSteps: state.gOptimizerSteps + ofG,
      dOptimizerSteps: state.dOptimizerSteps + ofD,
    };
    return reportOf(settings.loss, outputs.report.data, outputs.logits.data);
  }

  /**
   * Go on with other settings and graphs. A network whose tensors are others starts anew; another kind of optimiser
   * starts without moments.
   * @param {TrainerSettings} settings
   * @param {Graphs} graphs
   */
  change(settings, graphs) {
    const before = this.layout;
    const isOtherOptimizer = settings.optimizer !== this.settings.optimizer;
    this.settings = settings;
    this.graphs = graphs;
    for (const network of /** @type {NetworkName[]} */ (["g", "d"])) {
      const isNew = !sameLayout(before[network], this.layout[network]);
      if (isNew) this.#replace(network, initialVector(this.layout[network], settings, network));
      else if (isOtherOptimizer) this.#replace(network, this.#withoutMoments(network));
    }
  }

  /** @param {NetworkName} network */
  #withoutMoments(network) {
    const { parts } = this.layout[network];
    const vector = this.state[network].slice();
    vector.fill(0, parts.moment1[0], parts.moment2[1]);
    return vector;
  }

  /**
   * @param {NetworkName} network
   * @param {Float32Array} vector
   */
  #replace(network, vector) {
    this.state = { ...this.state, [network]: vector, [`${network}OptimizerSteps`]: 0 };
  }
}

/**
 * Return the updates that a step consists of.
 * @param {StepKind} kind
 * @param {TrainerSettings} settings
 * @returns {("step" | NetworkName)[]}
 */
export function updatesOf(kind, { dSteps, gSteps }) {
  if (kind !== "both") return [kind];
  return [...Array(dSteps - 1).fill("d"), "step", ...Array(gSteps - 1).fill("g")];
}

/**
 * @param {string} loss
 * @param {Float32Array} numbers
 * @param {Float32Array} logits of the real samples, then of as many generated ones
 */
function reportOf(loss, [dLoss, gLoss, penalty, gradNormD, gradNormG], logits) {
  const [real, fake] = [logits.subarray(0, logits.length / 2), logits.subarray(logits.length / 2)];
  const [realShare, fakeShare] = meanShares(loss, real, fake);
  const numbers = { dLoss, gLoss, penalty, gradNormD, gradNormG, dReal: mean(real), dFake: mean(fake) };
  return { ...numbers, realShare, fakeShare, logits };
}

/**
 * Return the report of a step from those of its updates: D's last, G's last, and the mean penalty of D's updates.
 * @param {{ update: "step" | NetworkName, report: Report }[]} updates
 * @returns {Report}
 */
function summary(updates) {
  const ofD = updates.filter(({ update }) => update !== "g").map(({ report }) => report);
  const ofG = updates.filter(({ update }) => update !== "d").map(({ report }) => report);
  const [d, g] = [ofD.at(-1) ?? ofG[0], ofG.at(-1) ?? ofD[0]];
  const penalty = ofD.reduce((sum, report) => sum + report.penalty, 0) / Math.max(1, ofD.length);
  const { dLoss, gradNormD, dReal, dFake, realShare, fakeShare } = d;
  return { dLoss, gLoss: g.gLoss, penalty, gradNormD, gradNormG: g.gradNormG, dReal, dFake, realShare, fakeShare };
}

/**
 * Return the first number of a report that is not finite, or null.
 * @param {Report} report
 */
export function notFinite(report) {
  const names = /** @type {(keyof Report)[]} */ (Object.keys(NO_REPORT));
  return names.find((name) => !Number.isFinite(report[name])) ?? null;
}
