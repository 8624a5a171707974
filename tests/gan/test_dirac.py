"""The Dirac-GAN (Mescheder et al. 2018): a G that is one parameter, a D without bias, real samples at 0.

Its figures are known, so the losses and penalties of a step are held to them over 500 updates in double precision.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_demo.config import TrainConfig
from gan_demo.gan.step import discriminator_loss, generator_loss

RATE, STEPS = 0.2, 500


def distance(train: TrainConfig, alternating: bool, clipped: bool = False) -> float:
    """Return √(θ² + ψ²) after plain gradient descent; D comes first where they alternate.

    The paper begins at θ = ψ = 1 with a D that is high at generated samples. Ours is high at real ones, so ψ = -1.
    """
    theta, psi = torch.ones(1, dtype=torch.float64), -torch.ones(1, dtype=torch.float64)
    for _ in range(STEPS):
        psi_after = psi - RATE * d_gradient(train, theta, psi)
        psi_after = psi_after.clamp(-1, 1) if clipped else psi_after
        theta = theta - RATE * g_gradient(train, theta, psi_after if alternating else psi)
        psi = psi_after
    return math.hypot(float(theta), float(psi))


def d_gradient(train: TrainConfig, theta: Tensor, psi: Tensor) -> Tensor:
    psi = psi.clone().requires_grad_()
    x, fake = torch.zeros(1, 1, dtype=torch.float64), theta.reshape(1, 1)
    total = discriminator_loss(
        lambda points, y: (psi * points).sum(1), train, x, fake, None, penalised=True, joint=True
    ).total
    (gradient,) = torch.autograd.grad(total, psi)
    return gradient


def g_gradient(train: TrainConfig, theta: Tensor, psi: Tensor) -> Tensor:
    theta = theta.clone().requires_grad_()
    x = torch.zeros(1, 1, dtype=torch.float64)
    loss = generator_loss(lambda points, y: (psi * points).sum(1), train, x, theta.reshape(1, 1), None)
    (gradient,) = torch.autograd.grad(loss, theta)
    return gradient


@pytest.mark.parametrize(
    ("train", "clipped", "simultaneous", "alternating"),
    [
        (TrainConfig("minimax"), False, 3.0969, 1.4126),
        (TrainConfig("non_saturating"), False, 0.6402, 0.2706),
        (TrainConfig("wasserstein"), True, 1.0022, 0.9846),
        (TrainConfig("minimax", r1=0.3), False, 2.6e-6, 2.4e-7),
        (TrainConfig("minimax", r1=1.0), False, 9.5e-22, 8.5e-17),
    ],
    ids=["minimax", "non-saturating", "wasserstein, clipped", "R1 0.3", "R1 1.0"],
)
def test_the_distance_from_the_equilibrium_is_the_known_one(
    train: TrainConfig, clipped: bool, simultaneous: float, alternating: float
) -> None:
    digits = 5e-5 if simultaneous > 1e-3 else 0.03 * simultaneous, 5e-5 if alternating > 1e-3 else 0.03 * alternating
    assert distance(train, alternating=False, clipped=clipped) == pytest.approx(simultaneous, abs=digits[0])
    assert distance(train, alternating=True, clipped=clipped) == pytest.approx(alternating, abs=digits[1])
