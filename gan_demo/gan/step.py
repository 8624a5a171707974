"""Losses of one training step as pure functions of networks, data and fakes: no optimiser, no random numbers.

``discriminator`` is anything that maps samples and labels to logits: a ``Discriminator``, or one called with other
parameters (``torch.func.functional_call``). The order of the updates is in ``training.step``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from gan_demo.config import TrainConfig
from gan_demo.gan.losses import LOSSES, gradient_penalty, smoothed, squared_gradients

LogitFunction = Callable[[Tensor, Tensor | None], Tensor]  # samples (N, ...), labels (N, K) or None -> logits (N,)


class DiscriminatorLoss(NamedTuple):
    """Loss of one update of D and its parts, before the backward pass."""

    adversarial: Tensor  # scalar: the loss with label smoothing, without penalties
    real_logits: Tensor  # (N,)
    fake_logits: Tensor  # (N,)
    penalties: tuple[Tensor, ...]  # scalars, weighted as they are added to the loss; empty if none is due

    @property
    def total(self) -> Tensor:
        """The scalar that D minimises."""
        total = self.adversarial
        for penalty in self.penalties:
            total = total + penalty
        return total

    def detach(self) -> DiscriminatorLoss:
        """Return the same values without their graph."""
        penalties = tuple(penalty.detach() for penalty in self.penalties)
        return DiscriminatorLoss(
            self.adversarial.detach(), self.real_logits.detach(), self.fake_logits.detach(), penalties
        )


def packed(x: Tensor, packing: int) -> Tensor:
    """Join each ``packing`` = m samples of (N, C, ...) to one of (N/m, m·C, ...), as D with packing judges them."""
    return x if packing == 1 else x.reshape(len(x) // packing, packing * x.shape[1], *x.shape[2:])


class LossWeights(NamedTuple):
    """Weights of what is added to D's adversarial loss: numbers, or scalar tensors. None leaves a term out."""

    r1: float | Tensor | None = None  # R1 and R2 are one gradient, so both are left out or none is
    r2: float | Tensor | None = None
    gp: float | Tensor | None = None
    penalty_every: float | Tensor = 1  # factor of all penalties
    label_smoothing: float | Tensor | None = None

    @staticmethod
    def of(train: TrainConfig, penalised: bool) -> LossWeights:
        """Return the weights that settings ask for, in an update with or without penalties."""
        zero_centred = penalised and (train.r1 > 0 or train.r2 > 0)
        return LossWeights(
            train.r1 if zero_centred else None,
            train.r2 if zero_centred else None,
            train.gp if penalised and train.gp else None,
            train.penalty_every,
            train.label_smoothing or None,
        )


def discriminator_loss(
    discriminator: LogitFunction,
    train: TrainConfig,
    x: Tensor,
    fake: Tensor,
    y: Tensor | None,
    *,
    penalised: bool,
    joint: bool,
    positions: Tensor | None = None,
) -> DiscriminatorLoss:
    """Compute D's loss at real samples ``x`` and fakes (N, ...), both with labels ``y`` (N, K).

    ``penalised``: with the gradient penalties of ``train``, times ``penalty_every``, which makes up for the updates
    without them. ``joint``: one forward pass for both batches, which is cheaper, but mixes them in batch norm.
    ``positions`` (N,): where between real and fake samples WGAN-GP takes the gradient, see ``gradient_penalty``; needed
    only for that.
    """
    weights = LossWeights.of(train, penalised)
    return weighted_discriminator_loss(discriminator, train.loss, weights, x, fake, y, joint=joint, positions=positions)


def weighted_discriminator_loss(
    discriminator: LogitFunction,
    loss_name: str,
    weights: LossWeights,
    x: Tensor,
    fake: Tensor,
    y: Tensor | None,
    *,
    joint: bool,
    positions: Tensor | None = None,
) -> DiscriminatorLoss:
    """Compute ``discriminator_loss`` from weights, which may be tensors."""
    loss = LOSSES[loss_name]
    needs_gradients = weights.r1 is not None and weights.r2 is not None
    both = torch.cat([x, fake]).requires_grad_(needs_gradients)  # (2N, ...)
    if joint:
        logits = discriminator(both, None if y is None else torch.cat([y, y]))  # (2N,)
        real_logits, fake_logits = logits.chunk(2)
    else:
        real_logits, fake_logits = (discriminator(half, y) for half in both.chunk(2))
        logits = torch.cat([real_logits, fake_logits])
    adversarial = loss.d(real_logits, fake_logits)
    if weights.label_smoothing is not None:
        adversarial = adversarial + smoothed(real_logits, weights.label_smoothing)
    penalties: list[Tensor] = []
    if weights.r1 is not None and weights.r2 is not None:
        at_real, at_fake = squared_gradients(logits, both).chunk(2)  # (N,) each
        penalties.append(0.5 * (weights.r1 * at_real.mean() + weights.r2 * at_fake.mean()))
    if weights.gp is not None:
        assert positions is not None, "WGAN-GP needs positions"
        penalties.append(weights.gp * gradient_penalty(lambda between: discriminator(between, y), x, fake, positions))
    weighted = tuple(weights.penalty_every * penalty for penalty in penalties)
    return DiscriminatorLoss(adversarial, real_logits, fake_logits, weighted)


def generator_loss(
    discriminator: LogitFunction, train: TrainConfig, x: Tensor, fake: Tensor, y: Tensor | None
) -> Tensor:
    """Compute G's loss, a scalar, at its samples ``fake``; only losses that compare the two use ``x``."""
    loss = LOSSES[train.loss]
    fake_logits = discriminator(fake, y)
    real_logits = discriminator(x, y) if loss.g_needs_real else fake_logits
    return loss.g(real_logits, fake_logits)
