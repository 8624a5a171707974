// @ts-check
/** @import { Space } from "../../../gan_demo/frontend/explorer/types.js" */

/**
 * Create a space.json of a small model.
 * @param {Partial<Space>} [changes]
 * @returns {Space}
 */
export function createSpace(changes = {}) {
  return {
    arch: "dcgan",
    shape: [1, 28, 28],
    z_dim: 4,
    mapped: false,
    labels: [],
    data: "mnist",
    classifier: "digits",
    discriminator: false,
    relative: false,
    real_logit: null,
    fake_logit: null,
    directions: [],
    cloud: [],
    ...changes,
  };
}
