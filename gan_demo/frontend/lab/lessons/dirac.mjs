// @ts-check
/**
 * The Dirac-GAN of Mescheder et al. 2018: the data is the point 0, G draws the point θ, and D(x) = −ψ·x: the
 * paper's D says how generated a point is, ours how real. Plain gradient descent on two numbers, in double precision.
 */

export const DIRAC_STEPS = 500;
export const DIRAC_LOSSES = /** @type {const} */ (["minimax", "non_saturating", "wasserstein"]);

/** @typedef {typeof DIRAC_LOSSES[number]} DiracLoss */

/**
 * @typedef {object} DiracSettings
 * @property {DiracLoss} loss
 * @property {number} rate h of each step
 * @property {number} gamma weight of R1: γ/2 · ψ²
 * @property {number} clip bound of |ψ|; 0 is none
 * @property {boolean} alternates whether G sees D's step already
 */

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/**
 * Return the slopes that θ and ψ go down, of the losses in gan/losses.py and of R1.
 * @param {DiracSettings} settings
 * @param {number} theta
 * @param {number} psi
 */
export function diracSlopes({ loss, gamma }, theta, psi) {
  const logit = -psi * theta; // of the generated point; the real one's is 0
  const weightD = loss === "wasserstein" ? 1 : sigmoid(logit);
  const weightG = { minimax: sigmoid(logit), non_saturating: sigmoid(-logit), wasserstein: 1 }[loss];
  return { theta: weightG * psi, psi: -weightD * theta + gamma * psi };
}

/**
 * Return θ and ψ after each step, the start first.
 * @param {DiracSettings} settings
 * @param {number} [steps]
 * @returns {[theta: number, psi: number][]}
 */
export function diracPath(settings, steps = DIRAC_STEPS) {
  const { rate, clip, alternates } = settings;
  /** @type {[number, number][]} */
  const path = [[1, 1]];
  let [theta, psi] = path[0];
  for (let k = 0; k < steps; k++) {
    const slopes = diracSlopes(settings, theta, psi);
    let next = psi - rate * slopes.psi;
    if (clip) next = Math.min(clip, Math.max(-clip, next));
    const byTheta = alternates ? diracSlopes(settings, theta, next).theta : slopes.theta;
    theta -= rate * byTheta;
    psi = next;
    path.push([theta, psi]);
  }
  return path;
}

/** @param {[number, number][]} path */
export function finalDistance(path) {
  const [theta, psi] = path[path.length - 1];
  return Math.hypot(theta, psi);
}
