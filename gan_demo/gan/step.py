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
    loss, n = LOSSES[train.loss], len(x)
    needs_gradients = penalised and (train.r1 > 0 or train.r2 > 0)
    both = torch.cat([x, fake]).requires_grad_(needs_gradients)  # (2N, ...)
    if joint:
        logits = discriminator(both, None if y is None else torch.cat([y, y]))  # (2N,)
        real_logits, fake_logits = logits[:n], logits[n:]
    else:
        real_logits, fake_logits = discriminator(both[:n], y), discriminator(both[n:], y)
        logits = torch.cat([real_logits, fake_logits])
    adversarial = loss.d(real_logits, fake_logits)
    if train.label_smoothing:
        adversarial = adversarial + smoothed(real_logits, train.label_smoothing)
    penalties: list[Tensor] = []
    if needs_gradients:
        squares = squared_gradients(logits, both)  # (2N,)
        penalties.append(0.5 * (train.r1 * squares[:n].mean() + train.r2 * squares[n:].mean()))
    if penalised and train.gp:
        assert positions is not None, "WGAN-GP needs positions"
        penalties.append(train.gp * gradient_penalty(lambda between: discriminator(between, y), x, fake, positions))
    weighted = tuple(train.penalty_every * penalty for penalty in penalties)
    return DiscriminatorLoss(adversarial, real_logits, fake_logits, weighted)


def generator_loss(
    discriminator: LogitFunction, train: TrainConfig, x: Tensor, fake: Tensor, y: Tensor | None
) -> Tensor:
    """Compute G's loss, a scalar, at its samples ``fake``; only losses that compare the two use ``x``."""
    loss = LOSSES[train.loss]
    fake_logits = discriminator(fake, y)
    real_logits = discriminator(x, y) if loss.g_needs_real else fake_logits
    return loss.g(real_logits, fake_logits)
