"""Sizes of a run's networks before they are built: learned parameters, and multiplications of a forward pass."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig, TrainConfig
from gan_demo.gan.models import build
from gan_demo.gan.models.stylegan.layers import ModulatedLayer

_COUNTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, ModulatedLayer)


class NetworkSize(NamedTuple):
    """Learned parameters of a network, and the multiplications of its layers for one sample."""

    parameters: int
    products: int


@functools.lru_cache(maxsize=256)
def network_sizes(model: ModelConfig) -> tuple[NetworkSize, NetworkSize]:
    """Return the sizes of the generator and the discriminator. Allocates no memory for weights."""
    G, D = build.outline_generator(model), build.outline_discriminator(model)
    with torch.device("meta"):
        labels = torch.empty(2, model.label_width) if model.label_width else None  # batch norm wants two samples
        generator = NetworkSize(build.parameter_count(G), products(G, torch.empty(2, model.z_dim), labels))
        discriminator = NetworkSize(build.parameter_count(D), products(D, torch.empty(2, *model.shape), labels))
    return generator, discriminator


def step_products(model: ModelConfig, train: TrainConfig) -> float:
    """Return the multiplications of one training step, counting a backward pass as two forward passes."""
    (_, g), (_, d) = network_sizes(model)
    penalty = 12.0 * d if train.r1 or train.r2 else 0.0  # the gradient at both batches, and its own backward pass
    penalty += 7.0 * d if train.gp else 0.0  # the same at samples in between, which D has not seen yet
    discriminator_update = g + 6.0 * d + penalty / train.penalty_every
    generator_update = 3.0 * g + 3.0 * d + (d if train.loss == "relativistic" else 0.0)
    return train.batch * (train.d_steps * discriminator_update + generator_update)


def products(network: nn.Module, *inputs: Tensor | None) -> int:
    """Return the multiplications of convolutions and linear layers for one of the samples in ``inputs``."""
    total = 0

    def count(layer: nn.Module, given: tuple[Tensor, ...], output: Any) -> None:
        nonlocal total
        weight: Tensor = layer.weight  # type: ignore[assignment]
        takes_all = isinstance(layer, nn.ConvTranspose2d | ModulatedLayer)  # those that enlarge are transposed
        positions = given[0] if takes_all else output  # each takes every weight once
        filters = layer.filter_products() if isinstance(layer, ModulatedLayer) else 0
        total += weight.numel() * math.prod(positions.shape[2:]) + filters

    hooks = [layer.register_forward_hook(count) for layer in network.modules() if isinstance(layer, _COUNTED)]
    try:
        network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return total
