// @ts-check

/** Losses in which only differences of logits count. */
const RELATIVE = ["relativistic", "wasserstein"];

/**
 * Return the mean shares from 0, surely generated, to 1, surely real, that D gives to real and to generated samples, as
 * real_shares in gan/losses.py does.
 * @param {string} loss
 * @param {Float32Array} real logits
 * @param {Float32Array} fake
 * @returns {[real: number, fake: number]}
 */
export function meanShares(loss, real, fake) {
  const middle = RELATIVE.includes(loss) ? (mean(real) + mean(fake)) / 2 : 0;
  /** @param {number} logit */
  const share = (logit) => {
    return loss === "least_squares" ? Math.min(1, Math.max(0, logit)) : 1 / (1 + Math.exp(middle - logit));
  };
  return [mean(real, share), mean(fake, share)];
}

/**
 * @param {Float32Array} values
 * @param {(value: number) => number} [of]
 */
export function mean(values, of = (value) => value) {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}
