// @ts-check
/** A multilayer perceptron in plain JavaScript, for tests of the lab without the compiled step. */

/** @typedef {{ uniform: () => number, normal: () => number, normals: (count: number) => Float32Array }} Random */

const SLOPE = 0.2; // of leaky ReLU below zero

export class Network {
  /** @type {{ weights: Float64Array, bias: Float64Array, inputs: number, outputs: number }[]} */
  layers = [];

  /**
   * @param {number[]} sizes
   * @param {Random} random
   */
  constructor(sizes, random) {
    for (let k = 0; k + 1 < sizes.length; k++) {
      const bound = 1 / Math.sqrt(sizes[k]);
      const draw = () => (2 * random.uniform() - 1) * bound;
      const weights = Float64Array.from({ length: sizes[k] * sizes[k + 1] }, draw);
      this.layers.push({
        weights,
        bias: Float64Array.from({ length: sizes[k + 1] }, draw),
        inputs: sizes[k],
        outputs: sizes[k + 1],
      });
    }
  }

  /** All parameters, layer by layer. */
  get parameters() {
    return this.layers.flatMap(({ weights, bias }) => [weights, bias]);
  }

  /**
   * Return the activations of the input and of each layer, for N rows.
   * @param {ArrayLike<number>} x
   */
  forward(x) {
    const activations = [Float64Array.from(x)];
    this.layers.forEach(({ weights, bias, inputs, outputs }, index) => {
      const before = activations[index];
      const rows = before.length / inputs;
      const after = new Float64Array(rows * outputs);
      const isLast = index === this.layers.length - 1;
      for (let row = 0; row < rows; row++) {
        for (let out = 0; out < outputs; out++) {
          let sum = bias[out];
          for (let k = 0; k < inputs; k++) sum += weights[out * inputs + k] * before[row * inputs + k];
          after[row * outputs + out] = isLast || sum > 0 ? sum : SLOPE * sum;
        }
      }
      activations.push(after);
    });
    return activations;
  }

  /**
   * Return the gradients of the parameters, in their order, and of the input.
   * @param {Float64Array[]} activations of `forward`
   * @param {Float64Array} gradient of the output
   */
  backward(activations, gradient) {
    /** @type {Float64Array[]} */
    const parameters = [];
    let after = gradient;
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const { weights, inputs, outputs } = this.layers[index];
      const before = activations[index];
      const rows = before.length / inputs;
      const own = after.map((value, k) =>
        index === this.layers.length - 1 || activations[index + 1][k] > 0 ? value : SLOPE * value,
      );
      const [byWeights, byBias, byInput] = [
        new Float64Array(weights.length),
        new Float64Array(outputs),
        new Float64Array(before.length),
      ];
      for (let row = 0; row < rows; row++) {
        for (let out = 0; out < outputs; out++) {
          const value = own[row * outputs + out];
          byBias[out] += value;
          for (let k = 0; k < inputs; k++) {
            byWeights[out * inputs + k] += value * before[row * inputs + k];
            byInput[row * inputs + k] += value * weights[out * inputs + k];
          }
        }
      }
      parameters.unshift(byWeights, byBias);
      after = byInput;
    }
    return { parameters, input: after };
  }
}

/** Adam with bias correction. */
export class Adam {
  #first;
  #second;
  #count = 0;

  /** @param {Float64Array[]} parameters */
  constructor(parameters) {
    this.#first = parameters.map((values) => new Float64Array(values.length));
    this.#second = parameters.map((values) => new Float64Array(values.length));
  }

  /**
   * @param {Float64Array[]} parameters
   * @param {Float64Array[]} gradients
   * @param {{ rate: number, beta1: number, beta2: number }} settings
   */
  update(parameters, gradients, { rate, beta1, beta2 }) {
    this.#count++;
    parameters.forEach((values, index) => {
      const [first, second] = [this.#first[index], this.#second[index]];
      values.forEach((_, k) => {
        const gradient = gradients[index][k];
        first[k] = beta1 * first[k] + (1 - beta1) * gradient;
        second[k] = beta2 * second[k] + (1 - beta2) * gradient ** 2;
        const mean = first[k] / (1 - beta1 ** this.#count);
        values[k] -= (rate * mean) / (Math.sqrt(second[k] / (1 - beta2 ** this.#count)) + 1e-8);
      });
    });
  }
}

/** @param {Float64Array[]} gradients */
export function norm(gradients) {
  return Math.sqrt(gradients.reduce((sum, values) => sum + values.reduce((part, value) => part + value ** 2, 0), 0));
}

/** @param {number} x */
export const sigmoid = (x) => 1 / (1 + Math.exp(-x));
/** @param {number} x */
export const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** @param {ArrayLike<number>} values */
export const mean = (values) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
