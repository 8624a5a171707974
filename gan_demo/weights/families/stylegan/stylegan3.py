"""StyleGAN3 generators, configurations T and R, in the naming of NVIDIA's network pickles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.stylegan.layers import energy_of
from gan_demo.gan.models.stylegan.stylegan3 import LayerSizes, StyleGAN3Generator, StyleGAN3Sizes
from gan_demo.weights.families.stylegan.parts import State, Weights, config, filled, linear, measure_mean, number
from gan_demo.weights.families.stylegan.stylegan2 import nvidia_mapping
from gan_demo.weights.limits import SUPPORTED

_LAYER = re.compile(r"synthesis\.(L(\d+)_(\d+)_\d+)\.weight")
_AT_FULL_SIZE = 2  # layers at the end without a margin: the last and the colours
_MARGIN, _BANDWIDTH, _OVERSAMPLING, _CLAMP, _SCALE = 10, 2.0, 2, 256.0, 0.25  # defaults of NVIDIA's class


class Named(NamedTuple):
    """Name of a layer, its size in pixels with margin, and its sampling rate."""

    name: str
    size: int
    rate: int


def is_nvidia3(tensors: Mapping[str, Tensor]) -> bool:
    """Return whether names are those of NVIDIA's StyleGAN3 generators."""
    return {"synthesis.input.freqs", "synthesis.input.weight", "mapping.fc0.weight"} <= tensors.keys()


def from_nvidia3(tensors: Mapping[str, Tensor], settings: Mapping[str, Any]) -> tuple[ModelConfig, StyleGAN3Generator]:
    """Return settings and generator of NVIDIA's weights. Raises DataError for what does not fit."""
    weights = Weights(tensors, settings)
    state, (mapping, embedding) = nvidia_mapping(weights)
    named = _layers(weights)
    state |= _input(weights)
    before = named[0]
    layers: list[LayerSizes] = []
    for index, layer in enumerate(named):
        last = index == len(named) - 1
        layers.append(_sizes(weights, before, layer, last))
        state |= _layer(weights, layer.name, f"layers.{index}", last)
        before = layer
    weights.finish()
    get = weights.settings
    sizes = StyleGAN3Sizes(
        mapping,
        embedding,
        channels=len(state["input.phases"]),
        rate=named[0].rate,
        size=named[0].size,
        bandwidth=number(get, "first_cutoff", _BANDWIDTH),
        layers=tuple(layers),
        clamp=None if "conv_clamp" in get and get["conv_clamp"] is None else number(get, "conv_clamp", _CLAMP),
        scale=number(get, "output_scale", _SCALE),
    )
    label_width = state["mapping.embed.weight"].shape[1] if embedding else 0
    z_dim = state["mapping.layers.0.weight"].shape[1] - embedding
    model = config(z_dim, (layers[-1].out, named[-1].size, named[-1].size), label_width, len(mapping))
    with torch.device("meta"):
        outline = StyleGAN3Generator(model, sizes)
    generator = filled(outline, {"w_avg": torch.zeros(mapping[-1])} | state)
    if "w_avg" not in state:
        measure_mean(generator, label_width)
    return model, generator


def _layers(weights: Weights) -> list[Named]:
    """Return the layers in their order. Their names say their sizes, which say the sampling rates."""
    matches = sorted((match for name in weights.names if (match := _LAYER.fullmatch(name))), key=lambda m: int(m[2]))
    if [int(match[2]) for match in matches] != list(range(len(matches))) or len(matches) <= _AT_FULL_SIZE:
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)
    margin = 2 * int(number(weights.settings, "margin_size", _MARGIN))
    with_margin = len(matches) - _AT_FULL_SIZE
    return [
        Named(f"synthesis.{match[1]}", int(match[3]), int(match[3]) - (margin if index < with_margin else 0))
        for index, match in enumerate(matches)
    ]


def _sizes(weights: Weights, before: Named, layer: Named, last: bool) -> LayerSizes:
    out, into, kernel, _ = weights.peek(f"{layer.name}.weight").shape
    filters = [
        weights.peek(f"{layer.name}.{name}") if f"{layer.name}.{name}" in weights else torch.ones(1)
        for name in ("up_filter", "down_filter")
    ]
    oversampling = 1 if last else int(number(weights.settings, "lrelu_upsampling", _OVERSAMPLING))
    sizes = LayerSizes(
        into,
        out,
        before.size,
        layer.size,
        before.rate,
        layer.rate,
        kernel,
        len(filters[0]),
        len(filters[1]),
        filters[1].dim() == 2,
        oversampling,
    )
    highest = max(before.rate, layer.rate) * oversampling
    if min(before.rate, layer.rate) < 1 or highest % before.rate or highest % layer.rate:
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)
    return sizes


def _input(weights: Weights) -> State:
    weight = weights.take("synthesis.input.weight")
    state = linear(weights, "synthesis.input.affine", "input.affine")
    transform = "synthesis.input.transform"
    return state | {
        "input.weight": weight / math.sqrt(len(weight)),
        "input.frequencies": weights.take("synthesis.input.freqs"),
        "input.phases": weights.take("synthesis.input.phases"),
        "input.transform": weights.take(transform) if transform in weights else torch.eye(3),
    }


def _layer(weights: Weights, name: str, into: str, last: bool) -> State:
    weight = weights.take(f"{name}.weight")  # (O, I, k, k)
    if last:  # colours are not demodulated
        weight = weight / math.sqrt(weight[0].numel())
    else:  # demodulation cancels the scale, which keeps activations small
        weight = weight * weight.square().mean((1, 2, 3), keepdim=True).rsqrt()
    magnitude = weights.take(f"{name}.magnitude_ema")
    state = linear(weights, f"{name}.affine", f"{into}.affine") | {
        f"{into}.weight": weight,
        f"{into}.bias": weights.take(f"{name}.bias"),
        f"{into}.input_gain": magnitude.rsqrt(),
    }
    state |= {} if last else {f"{into}.energy": energy_of(weight)}
    for kernel in ("up_filter", "down_filter"):
        if f"{name}.{kernel}" in weights:
            state[f"{into}.{kernel}"] = weights.take(f"{name}.{kernel}")
    return state
