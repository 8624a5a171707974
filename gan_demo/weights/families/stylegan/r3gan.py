"""R3GAN generators, in the naming of the authors' network pickles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.stylegan.layers import FILTER
from gan_demo.gan.models.stylegan.r3gan import R3GANGenerator, R3GANSizes
from gan_demo.weights.families.stylegan.parts import State, Weights, config, filled, taps_of
from gan_demo.weights.limits import SUPPORTED

_PREFIX = "Model."
_FIRST = "MainLayers.0.Layers.0.Basis"


def is_r3gan(tensors: Mapping[str, Tensor]) -> bool:
    """Return whether names are those of R3GAN's generators; discriminators have a convolution as their basis."""
    return _FIRST in tensors or _PREFIX + _FIRST in tensors


def from_r3gan(tensors: Mapping[str, Tensor], settings: Mapping[str, Any]) -> tuple[ModelConfig, R3GANGenerator]:
    """Return settings and generator of these weights. Raises DataError for what does not fit."""
    weights = Weights({name.removeprefix(_PREFIX): value for name, value in tensors.items()}, settings)
    state: State = {"to_rgb.weight": weights.take("AggregationLayer.Layer.weight")}
    if "EmbeddingLayer.weight" in weights:
        state["mapping.embed.weight"] = weights.take("EmbeddingLayer.weight")  # (E, K)
    stages = weights.numbers(r"MainLayers\.(\d+)\.Layers\.1\.LinearLayer1\.Layer\.weight")
    expanded, groups, channels = [], [], []
    for stage in stages:
        state |= _transition(weights, f"MainLayers.{stage}.Layers.0", f"stages.{stage}")
        blocks = weights.numbers(rf"MainLayers\.{stage}\.Layers\.(\d+)\.LinearLayer1\.Layer\.weight")
        for index, block in enumerate(blocks):
            state |= _block(weights, f"MainLayers.{stage}.Layers.{block}", f"stages.{stage}.blocks.{index}")
        shapes = [state[f"stages.{stage}.blocks.{k}.grouped.weight"].shape for k in range(len(blocks))]
        channels.append(len(state[f"stages.{stage}.blocks.0.narrow.weight"]))
        expanded.append(tuple(shape[0] for shape in shapes))
        groups.append(tuple(shape[0] // shape[1] for shape in shapes))
    weights.finish()
    if stages != list(range(len(stages))):
        raise DataError("file", "", "has layers of unusual sizes", SUPPORTED)
    embedding, classes = state["mapping.embed.weight"].shape if "mapping.embed.weight" in state else (0, 0)
    kernel = state["stages.0.blocks.0.grouped.weight"].shape[-1]
    sizes = R3GANSizes(embedding, tuple(channels), tuple(expanded), tuple(groups), kernel)
    z_dim = state["stages.0.weights.weight"].shape[1] - embedding
    size = 4 * 2 ** (len(stages) - 1)
    model = config(z_dim, (len(state["to_rgb.weight"]), size, size), classes, 0)
    with torch.device("meta"):
        outline = R3GANGenerator(model, sizes)
    return model, filled(outline, state)


def _transition(weights: Weights, name: str, into: str) -> State:
    """Return how a stage begins: with a weighted basis, or with a change of channels, if any, and up-sampling."""
    if f"{name}.Basis" in weights:
        return {
            f"{into}.basis": weights.take(f"{name}.Basis"),
            f"{into}.weights.weight": weights.take(f"{name}.LinearLayer.weight"),
        }
    kernel, change = f"{name}.Resampler.Kernel", f"{name}.LinearLayer.Layer.weight"
    state = {f"{into}.filter": taps_of(weights.take(kernel)) if kernel in weights else torch.tensor(FILTER)}
    return state | ({f"{into}.change.weight": weights.take(change)} if change in weights else {})


def _block(weights: Weights, name: str, into: str) -> State:
    return {
        f"{into}.widen.weight": weights.take(f"{name}.LinearLayer1.Layer.weight"),
        f"{into}.widen.bias": weights.take(f"{name}.NonLinearity1.Bias"),
        f"{into}.grouped.weight": weights.take(f"{name}.LinearLayer2.Layer.weight"),
        f"{into}.grouped.bias": weights.take(f"{name}.NonLinearity2.Bias"),
        f"{into}.narrow.weight": weights.take(f"{name}.LinearLayer3.Layer.weight"),
    }
