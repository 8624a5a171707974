"""Budget of samples for the search for directions: smaller for larger generators, because one core draws them all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.stylegan.layers import ModulatedLayer

_COUNTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, ModulatedLayer)
HEAVY_WORK = 1_000_000_000  # multiply-adds a sample beyond which no samples are drawn: hours of one core
FULL_BUDGET_WORK = 10_000_000  # multiply-adds a sample up to which the budget is full; 0.1 to 0.3 ms of one core


@dataclass(frozen=True)
class SampleBudget:
    """Numbers of samples for each part of ``directions``."""

    gradients: int  # one backward pass each, for the directions that change most
    pixel_effect: int  # drawn three times per direction, for how far pixels move
    variance: int  # drawn once, for the explained variance of pixels; more than there are labels to hold fixed
    fit: int  # drawn once, for regressing attributes on z
    test: int  # drawn once, for the explained variance of attributes
    attribute_effect: int  # drawn three times per direction, for how an attribute changes

    @staticmethod
    def of(generator: Generator, model: ModelConfig) -> SampleBudget:
        """Return the budget for a generator, scaled by its multiply-adds."""
        return SampleBudget.for_work(multiply_adds(generator, model), model)

    @staticmethod
    def for_work(work: int, model: ModelConfig) -> SampleBudget:
        """Return the budget for a generator of so many multiply-adds a sample."""
        share = min(1.0, FULL_BUDGET_WORK / work)
        unknowns = model.z_dim + model.label_width  # coefficients of a regression

        def scaled(most: int, least: int) -> int:
            return max(min(most, least), round(most * share))

        return SampleBudget(
            gradients=scaled(64, 24),
            pixel_effect=scaled(96, 4),
            variance=max(scaled(96, 24), min(96, 2 * model.label_width)),
            fit=scaled(2_000, max(400, 6 * unknowns)),
            test=scaled(512, 128),
            attribute_effect=scaled(128, 24),
        )


@torch.no_grad()
def multiply_adds(generator: Generator, model: ModelConfig) -> int:
    """Return the multiply-adds of one sample in linear layers and convolutions."""
    if generator.multiply_adds:
        return generator.multiply_adds
    counts: list[int] = []

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(layer.weight, Tensor)
        takes_all = isinstance(layer, nn.ConvTranspose2d | ModulatedLayer)  # those that enlarge are transposed
        positions = inputs[0] if takes_all else output  # (1, C, H, W), or (1, units)
        filters = layer.filter_products() if isinstance(layer, ModulatedLayer) else 0
        counts.append(layer.weight.numel() * math.prod(positions.shape[2:]) + filters)

    layers = [m for m in generator.modules() if isinstance(m, _COUNTED)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    y = torch.zeros(1, model.label_width) if model.labels else None
    try:
        latent.generate(generator, torch.zeros(1, model.z_dim), y)
    finally:
        for hook in hooks:
            hook.remove()
    return max(1, sum(counts))
