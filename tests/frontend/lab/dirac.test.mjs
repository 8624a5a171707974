// @ts-check
/** The Dirac-GAN against the figures of Mescheder et al. 2018: θ = ψ = 1, h 0.2, 500 steps. */
import assert from "node:assert/strict";
import test from "node:test";
import { diracPath, diracSlopes, finalDistance } from "../../../gan_demo/frontend/lab/lessons/dirac.mjs";

/** @import { DiracSettings } from "../../../gan_demo/frontend/lab/lessons/dirac.mjs" */

/** @type {Omit<DiracSettings, "alternates">} */
const PLAIN = { loss: "minimax", rate: 0.2, gamma: 0, clip: 0 };

for (const [
  name,
  change,
  simultaneous,
  alternating,
] of /** @type {[string, Partial<DiracSettings>, number, number][]} */ ([
  ["GAN", {}, 3.0969, 1.4126],
  ["the non-saturating GAN", { loss: "non_saturating" }, 0.6402, 0.2706],
  ["WGAN clipped at 1", { loss: "wasserstein", clip: 1 }, 1.0022, 0.9846],
  ["R1 with γ 0.3", { gamma: 0.3 }, 2.6e-6, 2.4e-7],
  ["R1 with γ 1, the critical one", { gamma: 1 }, 9.5e-22, 8.5e-17],
])) {
  test(`${name} ends as far from the equilibrium as published`, () => {
    const settings = { ...PLAIN, ...change };
    const apart = [false, true].map((alternates) => finalDistance(diracPath({ ...settings, alternates })));
    [simultaneous, alternating].forEach((expected, k) => {
      const isSmall = expected < 1e-3; // published with two digits
      assert.ok(
        Math.abs(apart[k] - expected) <= (isSmall ? 0.02 * expected : 6e-5),
        `${apart[k]} instead of ${expected}`,
      );
    });
  });
}

test("at the equilibrium nothing moves", () => {
  const { theta, psi } = diracSlopes({ ...PLAIN, alternates: true, gamma: 0.3 }, 0, 0);
  assert.equal(Math.hypot(theta, psi), 0);
});
