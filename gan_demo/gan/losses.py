"""Adversarial losses as pairs of functions of logits (N,), and gradient penalties, which take D as a function.

A loss that compares real and fake logits pairs them by their index in the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

Logits = Tensor
Critic = Callable[[Tensor], Logits]


@dataclass(frozen=True)
class Adversarial:
    """Losses ``d(real, fake)`` of D and ``g(real, fake)`` of G, scalars to minimise; most ``g`` ignore ``real``."""

    d: Callable[[Logits, Logits], Tensor]
    g: Callable[[Logits, Logits], Tensor]
    g_needs_real: bool = False


def _bce_d(real: Logits, fake: Logits) -> Tensor:
    """Compute the mean of -log D(x) - log(1 - D(G(z))), with D = sigmoid(logits)."""
    return softplus(-real).mean() + softplus(fake).mean()


# Goodfellow et al. 2014: the minimax game as written in equation 1 ...
MINIMAX = Adversarial(d=_bce_d, g=lambda real, fake: -softplus(fake).mean())
# ... and with the generator's loss that its section 3 recommends, -log D(G(z)).
NON_SATURATING = Adversarial(d=_bce_d, g=lambda real, fake: softplus(-fake).mean())
# Mao et al. 2017 (LSGAN), with targets 0 and 1.
LEAST_SQUARES = Adversarial(
    d=lambda real, fake: 0.5 * ((real - 1).square().mean() + fake.square().mean()),
    g=lambda real, fake: 0.5 * (fake - 1).square().mean(),
)
# Lim & Ye 2017; Miyato et al. 2018.
HINGE = Adversarial(
    d=lambda real, fake: relu(1 - real).mean() + relu(1 + fake).mean(),
    g=lambda real, fake: -fake.mean(),
)
# Arjovsky et al. 2017; needs the gradient penalty of Gulrajani et al. 2017.
WASSERSTEIN = Adversarial(
    d=lambda real, fake: fake.mean() - real.mean(),
    g=lambda real, fake: -fake.mean(),
)
# Jolicoeur-Martineau 2018; with R1 and R2 it is R3GAN (Huang et al. 2024).
RELATIVISTIC = Adversarial(
    d=lambda real, fake: softplus(fake - real).mean(),
    g=lambda real, fake: softplus(real - fake).mean(),
    g_needs_real=True,
)

LOSSES: dict[str, Adversarial] = {
    "minimax": MINIMAX,
    "non_saturating": NON_SATURATING,
    "least_squares": LEAST_SQUARES,
    "hinge": HINGE,
    "wasserstein": WASSERSTEIN,
    "relativistic": RELATIVISTIC,
}

RELATIVE = ("relativistic", "wasserstein")  # losses in which only differences of logits count


def real_shares(loss: str, real: Logits, fake: Logits) -> tuple[Tensor, Tensor]:
    """Convert logits (..., N) of real and fake samples to shares from 0, surely generated, to 1, surely real.

    Least squares: the logits themselves, clamped. Other losses: the sigmoid; for those in ``RELATIVE`` relative to the
    midpoint between the mean logits of real and fake samples, means over the last dimension.
    """
    if loss == "least_squares":
        return real.clamp(0, 1), fake.clamp(0, 1)
    if loss in RELATIVE:
        middle = 0.5 * (real.mean(-1, keepdim=True) + fake.mean(-1, keepdim=True))  # (..., 1)
        return (real - middle).sigmoid(), (fake - middle).sigmoid()
    return real.sigmoid(), fake.sigmoid()


def smoothed(real: Logits, amount: float | Tensor) -> Tensor:
    """Compute what one-sided label smoothing adds to a BCE loss of D: the target of real samples is 1 - ``amount``.

    BCE against the target 1 - a is softplus(-r) + a·r (Salimans et al. 2016).
    """
    return amount * real.mean()


def squared_gradients(logits: Logits, x: Tensor) -> Tensor:
    """Compute ‖∇D(x)‖² of each sample (N,), differentiable; ``logits`` = D(``x``), and ``x`` requires gradients.

    Half its mean is R1 at real samples and R2 at fakes (Mescheder et al. 2018).
    """
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(1)


def gradient_penalty(critic: Critic, real: Tensor, fake: Tensor, positions: Tensor) -> Tensor:
    """Compute the mean of (‖∇D(x̂)‖ - 1)², a scalar, at points x̂ between real and fake (Gulrajani et al. 2017).

    ``positions`` (N,), drawn uniformly, are where each x̂ lies: 0 is the real sample, 1 the fake.
    """
    t = positions.reshape(-1, *[1] * (real.dim() - 1))  # (N, 1, ...)
    between = (real + t * (fake - real)).detach().requires_grad_(True)  # (N, ...)
    # the gradient of a root is infinite at 0, hence the small number
    norms = (squared_gradients(critic(between), between) + 1e-12).sqrt()  # (N,)
    return (norms - 1).square().mean()
