"""Budget of samples for the search for directions: smaller for larger generators, because one core draws them all."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from gan_demo.config import ModelConfig
from gan_demo.gan.models import size
from gan_demo.gan.models.base import Generator

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
    """Return the multiply-adds of one sample in linear layers and convolutions, which are counted once."""
    if not generator.multiply_adds:
        y = torch.zeros(1, model.label_width) if model.labels else None
        generator.multiply_adds = max(1, size.products(generator, torch.zeros(1, model.z_dim), y))
    return generator.multiply_adds
