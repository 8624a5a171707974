"""Recognition of style-based generators and of R3GAN, by the names of their weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.weights.choices import Choice
from gan_demo.weights.families.stylegan.lucidrains import factors, from_lucidrains, is_lucidrains
from gan_demo.weights.families.stylegan.r3gan import from_r3gan, is_r3gan
from gan_demo.weights.families.stylegan.stylegan2 import from_nvidia, from_rosinality, is_nvidia, is_rosinality
from gan_demo.weights.families.stylegan.stylegan3 import from_nvidia3, is_nvidia3
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Builder, Recognised, recognised

Tensors = Mapping[str, Tensor]
Reader = Callable[[Tensors, Mapping[str, Any]], tuple[ModelConfig, Generator]]

FACTOR = "mapping_factor"  # what lucidrains' mapping weights are multiplied by
_FAMILIES: tuple[tuple[str, Callable[[Tensors], bool], Reader], ...] = (
    ("stylegan2", is_nvidia, from_nvidia),
    ("stylegan2", is_rosinality, from_rosinality),
    ("stylegan3", is_nvidia3, from_nvidia3),
    ("r3gan", is_r3gan, from_r3gan),
)
_LUCIDRAINS = "stylegan2_pytorch"
_NAMES = {_LUCIDRAINS, *(name for name, _, _ in _FAMILIES)}


def recognise(network: StoredNetwork) -> Recognised | None:
    """Return what the weights say, or None for networks of other families.

    Raises DataError for weights that have the names of a family and do not fit together.
    """
    if is_lucidrains(network.tensors):
        return _lucidrains(network)
    for family, has_names, read in _FAMILIES:
        if has_names(network.tensors):
            model, generator = read(network.tensors, network.settings)
            return recognised(family, network, _described(model, generator), (), _finished(model, generator))
    return None


def settings_read(recognised: Recognised) -> set[str]:
    """Return the names of the settings beside the weights that a style-based generator was read with, or none."""
    if recognised.family not in _NAMES:
        return set()
    settings = recognised.stored.settings
    return {name for name, value in settings.items() if isinstance(value, Mapping) or name == "latent_avg"}


def _finished(model: ModelConfig, generator: Generator) -> Builder:
    """Return a builder for weights that leave nothing open: reading them has built the generator."""
    return lambda options: (model, generator)


def _lucidrains(network: StoredNetwork) -> Recognised:
    choice = Choice(FACTOR, factors(network.tensors, network.settings))
    built = {choice.default: from_lucidrains(network.tensors, network.settings, float(choice.default))}

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        factor = options[FACTOR]
        if factor not in built:
            built[factor] = from_lucidrains(network.tensors, network.settings, float(factor))
        return built[factor]

    return recognised(_LUCIDRAINS, network, _described(*built[choice.default]), (choice,), build)


def _described(model: ModelConfig, generator: Generator) -> tuple[str, ...]:
    """Return the network in words: latents, w and its layers, the size of images."""
    channels, height, width = model.shape
    lines = [f"z {model.z_dim}" + (f" + {model.label_width}" if model.label_width else "")]
    if isinstance(generator, StyleGenerator):
        lines.append(f"w {generator.w_dim} × {generator.num_ws}")
    return (*lines, f"{channels} × {height} × {width}")
