"""Generators of lucidrains' stylegan2_pytorch: mapping S and synthesis network G, or their averages, in one group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.stylegan.layers import energy_of
from gan_demo.gan.models.stylegan.lucidrains import BLUR, LucidrainsGenerator, LucidrainsSizes
from gan_demo.weights.families.stylegan.parts import State, Weights, config, factor_of, filled, linear, measure_mean
from gan_demo.weights.limits import SUPPORTED

_NOISE_SEED = 0  # of the noise image that counts as fixed: the weights have none
_PLAIN_DEVIATION = 0.5  # of weights below which a mapping network's layers are plain ones, without factors
_ATTENTION = {  # our names: theirs
    "attention.queries.weight": "0.fn.fn.to_q.weight",
    "attention.neighbours.weight": "0.fn.fn.to_kv.net.0.weight",
    "attention.keys_values.weight": "0.fn.fn.to_kv.net.1.weight",
    "attention.out.weight": "0.fn.fn.to_out.weight",
    "attention.out.bias": "0.fn.fn.to_out.bias",
    "widen.weight": "1.fn.fn.0.weight",
    "widen.bias": "1.fn.fn.0.bias",
    "narrow.weight": "1.fn.fn.2.weight",
    "narrow.bias": "1.fn.fn.2.bias",
}
_NORMS = {"norm1": "0.fn.norm", "norm2": "1.fn.norm"}


def is_lucidrains(tensors: Mapping[str, Tensor]) -> bool:
    """Return whether names are those of a mapping S and a synthesis network G of stylegan2_pytorch."""
    return {"S.net.0.weight", "G.initial_conv.weight", "G.blocks.0.conv1.weight"} <= tensors.keys()


def factors(tensors: Mapping[str, Tensor], settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the mapping's weights may be multiplied by, the likeliest first: 0.1 unless it was set.

    Versions before 0.6 had plain layers, whose weights are small.
    """
    if float(tensors["S.net.0.weight"].std()) < _PLAIN_DEVIATION:
        return "1", "0.1", "0.01"
    likeliest = f"{factor_of(torch.tensor([-10.0, 10.0]), Weights({}, settings).settings, 'lr_mlp'):g}"
    return (likeliest, *(value for value in ("0.1", "0.01", "1") if value != likeliest))


def from_lucidrains(
    tensors: Mapping[str, Tensor], settings: Mapping[str, Any], factor: float | None = None
) -> tuple[ModelConfig, LucidrainsGenerator]:
    """Return settings and generator of these weights. Raises DataError for what does not fit."""
    weights = Weights(tensors, settings)
    factor = float(factors(tensors, settings)[0]) if factor is None else factor
    state: State = {"blur": torch.tensor(BLUR)}
    layers = weights.numbers(r"S\.net\.(\d+)\.weight")
    for index, layer in enumerate(layers):
        state |= linear(weights, f"S.net.{layer}", f"mapping.layers.{index}", factor, scaled=False)
    state |= _first(weights)
    blocks = weights.numbers(r"G\.blocks\.(\d+)\.conv1\.weight")
    for block in blocks:
        state |= _block(weights, f"G.blocks.{block}", f"blocks.{block}")
    attention = weights.numbers(r"G\.attns\.(\d+)\.0\.fn\.fn\.to_q\.weight")
    for block in attention:
        state |= _attention(weights, f"G.attns.{block}", f"attention.{block}")
    weights.ignore(r".*\.upsample\.1\.f")
    weights.finish()
    if blocks != list(range(len(blocks))):
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)
    channels = (len(state["first.weight"]), *(len(state[f"blocks.{k}.conv1.weight"]) for k in blocks))
    w_dim, colours = len(state["mapping.layers.0.weight"]), len(state["blocks.0.to_rgb.weight"])
    size = 2 ** (len(blocks) + 1)
    sizes = LucidrainsSizes(w_dim, len(layers), channels, tuple(attention), "const" in state)
    model = config(w_dim, (colours, size, size), 0, len(layers))
    with torch.device("meta"):
        outline = LucidrainsGenerator(model, sizes)
    noise = torch.rand(size, size, generator=torch.Generator().manual_seed(_NOISE_SEED))
    generator = filled(outline, state | {"w_avg": torch.zeros(w_dim), "noise": noise})
    measure_mean(generator, 0)
    return model, generator


def _first(weights: Weights) -> State:
    """Return what comes before the blocks; files without a learned constant have a transposed convolution of w."""
    state = {"first.weight": weights.take("G.initial_conv.weight"), "first.bias": weights.take("G.initial_conv.bias")}
    if "G.to_initial_block.weight" in weights:
        return state | {"start.weight": weights.take("G.to_initial_block.weight")}
    return state | {"const": weights.take("G.initial_block")[0]}


def _block(weights: Weights, name: str, into: str) -> State:
    state: State = {}
    for k in (1, 2):
        state |= linear(weights, f"{name}.to_style{k}", f"{into}.conv{k}.affine", scaled=False)
        state |= linear(weights, f"{name}.to_noise{k}", f"{into}.noise{k}", scaled=False)
        state[f"{into}.conv{k}.weight"] = weights.take(f"{name}.conv{k}.weight")
        state[f"{into}.conv{k}.energy"] = energy_of(state[f"{into}.conv{k}.weight"])
    state |= linear(weights, f"{name}.to_rgb.to_style", f"{into}.to_rgb.affine", scaled=False)
    state[f"{into}.to_rgb.weight"] = weights.take(f"{name}.to_rgb.conv.weight")
    return state


def _attention(weights: Weights, name: str, into: str) -> State:
    state = {f"{into}.{ours}": weights.take(f"{name}.{theirs}") for ours, theirs in _ATTENTION.items()}
    for ours, theirs in _NORMS.items():
        state[f"{into}.{ours}.weight"] = weights.take(f"{name}.{theirs}.g").flatten()
        state[f"{into}.{ours}.bias"] = weights.take(f"{name}.{theirs}.b").flatten()
    return state
