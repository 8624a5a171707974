// @ts-check
// A small latent space for tests.

/** @import { Space } from "../../../gan_demo/frontend/explorer/types" */

/**
 * @param {Partial<Space>} [changes]
 * @returns {Space}
 */
export function createSpace(changes = {}) {
  return {
    arch: "dcgan",
    shape: [1, 4, 4],
    z_dim: 3,
    mapped: false,
    labels: [
      { name: "digit", values: ["0", "1", "2"] },
      { name: "hat", values: ["no", "yes"] },
    ],
    data: "digits",
    classifier: "",
    discriminator: true,
    relative: false,
    real_logit: null,
    fake_logit: null,
    directions: [],
    cloud: [],
    ...changes,
  };
}
