"""Networks of others that are exactly one of ours, which can be trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gan_demo.config import IMAGE_SHAPES, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import outline_generator
from gan_demo.weights.families.parts.layers import ATTENTION, Layer
from gan_demo.weights.limits import SUPPORTED

_PLAIN = {"output": "tanh", "value_range": "of_output", "channels": "rgb", "norm_eps": "1e-5"}
_EXAMPLE_LAYOUT = "k4s1p0,k4s2p1,k4s2p1,k4s2p1,k4s2p1"


def fill(model: ModelConfig, tensors: Mapping[str, Tensor], filename: str) -> Generator:
    """Return the generator of ``model`` with these weights. Raises DataError unless all names and shapes fit."""
    generator = outline_generator(model)
    expected = generator.state_dict()
    counters = {name for name in expected if name.endswith("num_batches_tracked")}
    for name, value in expected.items():
        if name not in tensors and name not in counters:
            raise DataError("file", filename, "lacks the weights {name}", SUPPORTED, name=name)
        if name in tensors and tensors[name].shape != value.shape:
            problem = "has {name} of shape {shape}, not {expected}"
            details = {"name": name, "shape": tuple(tensors[name].shape), "expected": tuple(value.shape)}
            raise DataError("file", filename, problem, SUPPORTED, **details)
    for name in tensors:
        if name not in expected:
            problem = "has weights that this network does not have: {name}"
            raise DataError("file", filename, problem, SUPPORTED, name=name)
    counts = {name: torch.zeros((), dtype=torch.int64) for name in counters}
    generator.load_state_dict(dict(tensors) | counts, assign=True)
    return generator.to(memory_format=torch.channels_last) if model.arch in ("dcgan", "resnet") else generator


def example(
    model: ModelConfig, layers: Sequence[Layer], options: Mapping[str, str]
) -> tuple[ModelConfig, Generator] | None:
    """Return the generator of PyTorch's DCGAN example if layers and options are its own, else None."""
    chosen = {"layout": _EXAMPLE_LAYOUT, "activation": "relu"} | dict(options)
    if model.shape[1:] != (64, 64) or model.labels or chosen["layout"] != _EXAMPLE_LAYOUT:
        return None
    return _ours(
        ModelConfig("dcgan64", model.z_dim, model.width, model.width, shape=model.shape), layers, chosen, "relu"
    )


def tutorial(
    model: ModelConfig, layers: Sequence[Layer], options: Mapping[str, str]
) -> tuple[ModelConfig, Generator] | None:
    """Return our MLP if layers and options are those of the tutorial's, at any width, else None."""
    if model.labels or model.shape not in IMAGE_SHAPES.values() or options.get("pixel_order") == "channels_last":
        return None
    ours = ModelConfig("mlp", model.z_dim, model.width, model.width, shape=model.shape)
    return _ours(ours, layers, options, "leaky_relu_0.2")


def _ours(
    model: ModelConfig, layers: Sequence[Layer], options: Mapping[str, str], activation: str
) -> tuple[ModelConfig, Generator] | None:
    """Return the network of ``model`` with the weights of ``layers`` in their order, if they fit."""
    if any(layer.kind == ATTENTION for layer in layers):
        return None
    plain = _PLAIN | {"activation": activation, "norm_place": "before_activation"}
    if any(options.get(name, value) != value for name, value in plain.items()):
        return None
    tensors = [value for layer in layers for _, value in sorted(layer.parts.items(), key=_usual_order)]
    names = [name for name in outline_generator(model).state_dict() if not name.endswith("num_batches_tracked")]
    if len(names) != len(tensors):
        return None
    try:
        return model, fill(model, dict(zip(names, tensors, strict=True)), "")
    except DataError:
        return None


def _usual_order(part: tuple[str, Tensor]) -> int:
    return ("weight", "bias", "running_mean", "running_var").index(part[0])
