"""How many samples are enough to say something of a generator: fewer of a large one, as all are drawn on one core."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator

ENOUGH = 10_000_000  # multiply-adds a sample: up to here nothing is spared; 0.1 to 0.3 ms of one core


@dataclass(frozen=True)
class Counts:
    """Samples that each part of ``directions`` draws; most of them several times."""

    gradients: int  # for the directions that change most: one backward pass each
    compared: int  # along a direction, three times, for how far its pixels move
    looked_at: int  # once, for how much of their variance is along it: more than there are labels to hold fixed
    fitted: int  # that a property is regressed on
    tested: int  # that say how well
    measured: int  # along a direction, three times, for how a property changes

    @staticmethod
    def of(generator: Generator, model: ModelConfig) -> Counts:
        """For this generator."""
        share = min(1.0, ENOUGH / multiply_adds(generator, model))
        known = model.z_dim + model.label_width  # numbers that a regression finds

        def some(most: int, least: int) -> int:
            return max(min(most, least), round(most * share))

        return Counts(
            gradients=some(64, 24), compared=some(96, 4), looked_at=max(some(96, 24), min(96, 2 * model.label_width)),
            fitted=some(2_000, max(400, 6 * known)), tested=some(512, 128), measured=some(128, 24),
        )  # fmt: skip


@torch.no_grad()
def multiply_adds(generator: Generator, model: ModelConfig) -> int:
    """Of one sample, those of its linear layers and convolutions."""
    counted: list[int] = []

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(layer.weight, Tensor)
        places = inputs[0] if isinstance(layer, nn.ConvTranspose2d) else output  # (1, C, H, W), or (1, units)
        counted.append(layer.weight.numel() * math.prod(places.shape[2:]))

    layers = [one for one in generator.modules() if isinstance(one, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)]
    hooks = [one.register_forward_hook(count) for one in layers]
    y = torch.zeros(1, model.label_width) if model.labels else None
    try:
        latent.generate(generator, torch.zeros(1, model.z_dim), y)
    finally:
        for hook in hooks:
            hook.remove()
    return max(1, sum(counted))
