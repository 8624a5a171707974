"""What both networks answer to a few fixed samples: before and after an update, it shows what the update did."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gan_demo.gan.losses import LOSSES, real_shares


class Answers(NamedTuple):
    """Numbers as a run's rows have them, without penalties, and the generated samples that they are about."""

    numbers: dict[str, float]  # d_real = D(x), d_fake = D(G(z)), d_loss, g_loss
    samples: Tensor  # (N, ...)


@torch.no_grad()
def answers(G: nn.Module, D: nn.Module, loss: str, x: Tensor, y: Tensor | None, z: Tensor) -> Answers:
    """Return the answers to real samples ``x`` (N, ...) and latents ``z`` (N, Z) with labels ``y`` (N, K) or None.

    Statistics of batch norm are used and stay as they are, so asking changes nothing.
    """
    modes = [(network, network.training) for network in (G, D)]
    for network, _ in modes:
        network.eval()
    samples = G(z, y)
    real, fake = D(x, y), D(samples, y)
    for network, was_training in modes:
        network.train(was_training)
    d_real, d_fake = real_shares(loss, real, fake)
    objective = LOSSES[loss]
    values = {"d_real": d_real.mean(), "d_fake": d_fake.mean()}
    values |= {"d_loss": objective.d(real, fake), "g_loss": objective.g(real, fake)}
    return Answers(dict(zip(values, torch.stack(list(values.values())).tolist(), strict=True)), samples)


def moved_share(before: Tensor, after: Tensor, x: Tensor) -> float:
    """Return how far samples have moved, as a share of the spread of real ones ``x``: mean distances, 0 for none."""
    spread = (x - x.mean(0)).abs().mean().clamp_min(1e-12)
    return float((after - before).abs().mean() / spread)
