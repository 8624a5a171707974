"""StyleGAN2 generators in the naming of NVIDIA's network pickles and in that of rosinality's checkpoints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.stylegan.layers import FILTER, energy_of
from gan_demo.gan.models.stylegan.stylegan2 import StyleGAN2Generator, StyleGAN2Sizes
from gan_demo.weights.families.stylegan.parts import (
    State,
    Weights,
    config,
    factor_of,
    filled,
    linear,
    measure_mean,
    number,
    taps_of,
)
from gan_demo.weights.limits import SUPPORTED

_CLAMP = 256.0  # default of NVIDIA's newer class, whose settings are not nested
_NOISE_SEED = 0  # of noise maps that a file lacks


class Convolution(NamedTuple):
    """Names of a styled convolution's weights."""

    weight: str
    affine: str
    bias: str
    strength: str
    noise: str
    kernel: str


def is_nvidia(tensors: Mapping[str, Tensor]) -> bool:
    """Return whether names are those of NVIDIA's StyleGAN2 generators."""
    return "synthesis.b4.const" in tensors and "mapping.fc0.weight" in tensors


def is_rosinality(tensors: Mapping[str, Tensor]) -> bool:
    """Return whether names are those of rosinality's generators."""
    return {"input.input", "conv1.conv.modulation.weight", "style.1.weight"} <= tensors.keys()


def from_nvidia(tensors: Mapping[str, Tensor], settings: Mapping[str, Any]) -> tuple[ModelConfig, StyleGAN2Generator]:
    """Return settings and generator of NVIDIA's weights. Raises DataError for what does not fit."""
    weights = Weights(tensors, settings)
    state, (mapping, embedding) = nvidia_mapping(weights)
    label_width = state["mapping.embed.weight"].shape[1] if "mapping.embed.weight" in state else 0
    resolutions = weights.numbers(r"synthesis\.b(\d+)\.conv1\.weight")
    _check_resolutions(resolutions)
    state["blocks.0.const"] = weights.take("synthesis.b4.const")
    for index, resolution in enumerate(resolutions):
        block = f"synthesis.b{resolution}"
        for name in ("conv0", "conv1") if index else ("conv1",):
            layer = f"{block}.{name}"
            names = Convolution(
                f"{layer}.weight",
                f"{layer}.affine",
                f"{layer}.bias",
                f"{layer}.noise_strength",
                f"{layer}.noise_const",
                f"{layer}.resample_filter",
            )
            state |= _convolution(weights, names, f"blocks.{index}.{name}", name == "conv0", resolution)
        if index:
            kernel = f"{block}.resample_filter"
            state[f"blocks.{index}.filter"] = _taps(weights, kernel)
        if f"{block}.torgb.weight" in weights:
            torgb = f"{block}.torgb"
            state |= _to_rgb(weights, torgb, f"{torgb}.affine", f"blocks.{index}.to_rgb")
    weights.ignore(r"synthesis\..*resample_filter")
    weights.finish()
    skips = "blocks.0.to_rgb.weight" in state
    sizes = StyleGAN2Sizes(mapping, embedding, _channels(state, len(resolutions)), _clamp(weights.settings), skips)
    return _generator(state, sizes, resolutions[-1], label_width)


def from_rosinality(
    tensors: Mapping[str, Tensor], settings: Mapping[str, Any]
) -> tuple[ModelConfig, StyleGAN2Generator]:
    """Return settings and generator of rosinality's weights. Raises DataError for what does not fit."""
    weights = Weights(tensors, settings)
    state: State = {}
    factor = factor_of(weights.peek("style.1.weight"), {})
    layers = weights.numbers(r"style\.(\d+)\.weight")
    for index, number_ in enumerate(layers):
        state |= linear(weights, f"style.{number_}", f"mapping.layers.{index}", factor)
    state["blocks.0.const"] = weights.take("input.input")[0]
    blocks = 1 + len(weights.numbers(r"to_rgbs\.(\d+)\.conv\.weight"))
    for layer in range(2 * blocks - 1):
        index, second = (layer + 1) // 2, layer % 2 == 0
        name = "conv1" if layer == 0 else f"convs.{layer - 1}"
        names = Convolution(
            f"{name}.conv.weight",
            f"{name}.conv.modulation",
            f"{name}.activate.bias",
            f"{name}.noise.weight",
            f"noises.noise_{layer}",
            f"{name}.conv.blur.kernel",
        )
        state |= _convolution(weights, names, f"blocks.{index}.conv{int(second)}", not second, 4 * 2**index)
    for index in range(blocks):
        name = f"to_rgbs.{index - 1}" if index else "to_rgb1"
        if index:
            state[f"blocks.{index}.filter"] = _taps(weights, f"{name}.upsample.kernel")
        state |= _to_rgb(weights, f"{name}.conv", f"{name}.conv.modulation", f"blocks.{index}.to_rgb", f"{name}.bias")
    mean = settings.get("latent_avg")
    if isinstance(mean, Tensor):
        state["w_avg"] = mean.flatten().float()
    weights.finish()
    mapping = tuple(len(state[f"mapping.layers.{k}.bias"]) for k in range(len(layers)))
    return _generator(state, StyleGAN2Sizes(mapping, 0, _channels(state, blocks)), 2 ** (blocks + 1), 0)


def nvidia_mapping(weights: Weights) -> tuple[State, tuple[tuple[int, ...], int]]:
    """Return NVIDIA's mapping network with the mean w, the outputs of its layers, and the size of labels' embedding."""
    state: State = {}
    embedding = 0
    if "mapping.embed.weight" in weights:
        state |= linear(weights, "mapping.embed", "mapping.embed")
        embedding = len(state["mapping.embed.weight"])
    factor = factor_of(weights.peek("mapping.fc0.weight"), weights.settings, "lr_multiplier")
    layers = weights.numbers(r"mapping\.fc(\d+)\.weight")
    for index, layer in enumerate(layers):
        state |= linear(weights, f"mapping.fc{layer}", f"mapping.layers.{index}", factor)
    if "mapping.w_avg" in weights:
        state["w_avg"] = weights.take("mapping.w_avg")
    outputs = tuple(len(state[f"mapping.layers.{k}.weight"]) for k in range(len(layers)))
    return state, (outputs, embedding)


def _convolution(weights: Weights, names: Convolution, into: str, up: bool, size: int) -> State:
    weight = weights.take(names.weight)
    weight = weight.reshape(weight.shape[-4:])  # (O, I, k, k)
    state = linear(weights, names.affine, f"{into}.affine") | {
        f"{into}.weight": weight.transpose(0, 1) if up else weight,
        f"{into}.energy": energy_of(weight),
        f"{into}.bias": weights.take(names.bias).flatten(),
    }
    has_noise = names.strength in weights
    state[f"{into}.noise_strength"] = weights.take(names.strength).reshape(()) if has_noise else torch.zeros(())
    if names.noise in weights:
        state[f"{into}.noise"] = weights.take(names.noise).reshape(size, size)
    else:
        rng = torch.Generator().manual_seed(_NOISE_SEED)
        state[f"{into}.noise"] = torch.randn(size, size, generator=rng)
    return state | ({f"{into}.filter": _taps(weights, names.kernel)} if up else {})


def _clamp(settings: Mapping[str, Any]) -> float | None:
    """Return the limit of activations, as the class's arguments say or by their default."""
    is_newer_class = "img_resolution" in settings and "synthesis_kwargs" not in settings
    return number(settings, "conv_clamp", _CLAMP if is_newer_class and "conv_clamp" not in settings else 0) or None


def _to_rgb(weights: Weights, name: str, affine: str, into: str, bias: str = "") -> State:
    weight = weights.take(f"{name}.weight")
    weight = weight.reshape(weight.shape[-4:])  # (colours, I, 1, 1)
    state = {f"{into}.weight": weight / math.sqrt(weight[0].numel())}
    state |= {f"{into}.bias": weights.take(bias or f"{name}.bias").flatten()}
    return state | linear(weights, affine, f"{into}.affine")


def _taps(weights: Weights, name: str) -> Tensor:
    """Return a filter of the file, or [1, 3, 3, 1] where it has none."""
    return taps_of(weights.take(name)) if name in weights else torch.tensor(FILTER)


def _channels(state: State, blocks: int) -> tuple[int, ...]:
    return tuple(len(state[f"blocks.{k}.conv1.weight"]) for k in range(blocks))


def _check_resolutions(resolutions: list[int]) -> None:
    if resolutions != [2**k for k in range(2, len(resolutions) + 2)]:
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)


def _generator(
    state: State, sizes: StyleGAN2Sizes, resolution: int, label_width: int
) -> tuple[ModelConfig, StyleGAN2Generator]:
    colours = len(state[f"blocks.{len(sizes.channels) - 1}.to_rgb.bias"])
    z_dim = state["mapping.layers.0.weight"].shape[1] - sizes.embedding
    model = config(z_dim, (colours, resolution, resolution), label_width, len(sizes.mapping))
    with torch.device("meta"):
        outline = StyleGAN2Generator(model, sizes)
    has_mean = "w_avg" in state
    generator = filled(outline, {"w_avg": torch.zeros(sizes.mapping[-1])} | state)
    if not has_mean:
        measure_mean(generator, label_width)
    return model, generator
