"""Weights taken from a file by name, and what all style-based generators have in common."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.weights.limits import SUPPORTED

G = TypeVar("G", bound=nn.Module)
State = dict[str, Tensor]  # weights by the names of our modules
_MEAN_SAMPLES = 4096  # latents whose w are averaged where a file states no mean
_FACTORS = (1.0, 0.1, 0.01)  # of mapping networks' learning rates


class Weights:
    """Tensors of a stored network, each to be taken once; what is left over belongs to another kind of network."""

    def __init__(self, tensors: Mapping[str, Tensor], settings: Mapping[str, Any] | None = None) -> None:
        self._left = dict(tensors)
        self.settings = flat({name: value for name, value in (settings or {}).items() if name != "modules"})

    def __contains__(self, name: str) -> bool:
        return name in self._left

    @property
    def names(self) -> list[str]:
        """Names that have not been taken."""
        return list(self._left)

    def take(self, name: str) -> Tensor:
        """Return a tensor. Raises DataError if there is none of this name."""
        if name not in self._left:
            raise DataError("file", "", "lacks the weights {name}", SUPPORTED, name=name)
        return self._left.pop(name)

    def peek(self, name: str) -> Tensor:
        """Return a tensor that will be taken later. Raises DataError if there is none of this name."""
        self._left = {name: self.take(name)} | self._left
        return self._left[name]

    def ignore(self, pattern: str) -> None:
        """Drop all names that match a pattern as a whole: what a network has besides what draws."""
        self._left = {name: value for name, value in self._left.items() if not re.fullmatch(pattern, name)}

    def finish(self) -> None:
        """Raise DataError if a weight is left."""
        for name in self._left:
            problem = "has weights that this network does not have: {name}"
            raise DataError("file", "", problem, SUPPORTED, name=name)

    def numbers(self, pattern: str) -> list[int]:
        """Return the different numbers in the group of a pattern that names match as a whole, ascending."""
        return sorted({int(match[1]) for name in self._left if (match := re.fullmatch(pattern, name))})


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested settings as one dict, in which outer ones win and names of inner dicts are kept."""
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            result = flat(value) | result | {str(name): True}
    return result | {str(name): value for name, value in settings.items() if not isinstance(value, Mapping)}


def number(settings: Mapping[str, Any], name: str, default: float) -> float:
    """Return a setting if it is a finite number, else the default."""
    value = settings.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else default


def linear(weights: Weights, name: str, into: str, factor: float = 1.0, scaled: bool = True) -> State:
    """Return a linear layer with its learning rate's factor, and the equalised one's 1/√I if ``scaled``, applied."""
    weight = weights.take(f"{name}.weight")  # (O, I)
    gain = factor / math.sqrt(weight.shape[-1]) if scaled else factor
    state = {f"{into}.weight": weight * gain}
    return state | ({f"{into}.bias": weights.take(f"{name}.bias") * factor} if f"{name}.bias" in weights else {})


def factor_of(weight: Tensor, settings: Mapping[str, Any], *names: str) -> float:
    """Return the factor of a mapping network's learning rate, as the settings say, or by the deviation of a weight.

    Such layers begin with a deviation of 1/factor, which training hardly changes.
    """
    for name in names:
        if number(settings, name, 0) > 0:
            return number(settings, name, 0)
    deviation = float(weight.std())
    return min(_FACTORS, key=lambda factor: abs(math.log(max(1e-9, deviation) * factor)))


def taps_of(kernel: Tensor) -> Tensor:
    """Return the separable filter (T,) of sum 1 that a kernel (T, T) or (T,) of any sum is made of.

    Raises DataError for a kernel that is not separable.
    """
    if kernel.dim() == 1:
        return kernel / kernel.sum()
    taps = kernel.sum(0) / kernel.sum()
    if not torch.allclose(torch.outer(taps, taps), kernel / kernel.sum(), atol=1e-5):
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)
    return taps


def config(z_dim: int, shape: tuple[int, ...], classes: int, mapping: int) -> ModelConfig:
    """Return the settings that the explorer reads: sizes, labels, whether there is a mapping network."""
    labels = (LabelField("class", tuple(map(str, range(classes)))),) if classes else ()
    return ModelConfig(z_dim=z_dim, shape=shape, labels=labels, conditional=bool(labels), mapping=min(8, mapping))


def filled(outline: G, state: State) -> G:
    """Return a network built on the "meta" device with these weights. Raises DataError unless all fit."""
    for name, expected in outline.state_dict().items():
        if name not in state:
            raise DataError("file", "", "lacks the weights {name}", SUPPORTED, name=name)
        if state[name].shape != expected.shape:
            problem, shape = "has {name} of shape {shape}, not {expected}", tuple(state[name].shape)
            raise DataError("file", "", problem, SUPPORTED, name=name, shape=shape, expected=tuple(expected.shape))
    outline.load_state_dict({name: value.float().contiguous() for name, value in state.items()}, assign=True)
    return outline.eval()


@torch.no_grad()
def measure_mean(generator: StyleGenerator, label_width: int) -> None:
    """Set the mean w of a generator whose file states none."""
    z = latent.sample_z(_MEAN_SAMPLES, generator.z_dim, seed=0)
    y = torch.full((len(z), label_width), 1 / label_width) if label_width else None
    generator.w_avg.copy_(generator.map(z, y).mean(0))
