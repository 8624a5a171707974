"""The layers of a network: what they do, the shapes between them, and how many weights each has."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.build import outline_discriminator, outline_generator, parameter_count
from gan_demo.gan.models.residual import ResidualBlock

_OPENS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, nn.Upsample, nn.AvgPool2d, ResidualBlock)  # begin a new row
_FOLLOWS = (nn.BatchNorm2d, nn.ReLU, nn.LeakyReLU, nn.Tanh)  # are named in the row before


@dataclass
class Layer:
    """A row of a network's picture: a layer with the normalisation and the activation after it."""

    name: str  # of the module: "net.3"
    kind: str  # "ConvTranspose2d"
    detail: str  # "64 → 32, 4×4, stride 2"
    shape: tuple[int, ...]  # of its output, without N
    parameters: int
    then: list[str] = field(default_factory=list)  # "BatchNorm2d", "ReLU"


def compute(model: ModelConfig) -> dict[str, Any]:
    """Return the rows of both networks, their inputs' shapes and numbers of parameters, without any weights."""
    G, D = outline_generator(model), outline_discriminator(model)
    z, x = torch.empty(2, model.z_dim, device="meta"), torch.empty(2, *model.shape, device="meta")
    y = torch.empty(2, model.label_width, device="meta") if model.label_width else None
    return {
        "labels": model.label_width,
        "generator": _network(G, [model.z_dim], [asdict(layer) for layer in layers(G, z, y)]),
        "discriminator": _network(D, list(model.shape), [asdict(layer) for layer in layers(D, x, y)]),
    }


def _network(network: nn.Module, shape: list[int], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"input": shape, "layers": rows, "parameters": parameter_count(network)}


def layers(network: nn.Module, *inputs: Tensor | None) -> list[Layer]:
    """Return the rows of a network in the order in which ``inputs`` (on the "meta" device) pass its layers."""
    rows: list[Layer] = []

    def passed(name: str, module: nn.Module, output: Tensor) -> None:
        if isinstance(module, _OPENS):
            rows.append(Layer(name, type(module).__name__, detail(module), tuple(output.shape[1:]), 0))
        else:
            rows[-1].then.append(type(module).__name__)
            rows[-1].shape = tuple(output.shape[1:])
        rows[-1].parameters += parameter_count(module)

    hooks = [
        module.register_forward_hook(lambda module, given, output, name=name: passed(name, module, output))
        for name, module in network.named_modules()
        if isinstance(module, _OPENS + _FOLLOWS) and not _within_block(network, name)
    ]
    with torch.no_grad():
        network(*inputs)
    for hook in hooks:
        hook.remove()
    return rows


def detail(module: nn.Module) -> str:
    """Return the sizes of a layer: "128 → 64, 4×4, stride 2"; "" for one without any."""
    if isinstance(module, nn.Linear):
        return f"{module.in_features:,} → {module.out_features:,}"
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        stride = f", stride {module.stride[0]}" if module.stride[0] != 1 else ""
        kernel = f"{module.kernel_size[0]}×{module.kernel_size[1]}"
        return f"{module.in_channels:,} → {module.out_channels:,}, {kernel}{stride}"
    if isinstance(module, ResidualBlock):
        return f"{module.first.in_channels:,} → {module.first.out_channels:,}, 2 × 3×3"
    return "×2" if isinstance(module, nn.Upsample) else "÷2" if isinstance(module, nn.AvgPool2d) else ""


def weight_titles(network: nn.Module) -> dict[str, str]:
    """Return titles of a network's weights (biases and normalisation left out) by their names, in forward order."""
    return {
        name: f"{name.removesuffix('.weight')}: {_kind(network, name)}"
        for name, parameter in network.named_parameters()
        if parameter.dim() >= 2
    }


def _kind(network: nn.Module, weight: str) -> str:
    module = network.get_submodule(weight.rpartition(".")[0])
    return f"{type(module).__name__} {detail(module)}"


def _within_block(network: nn.Module, name: str) -> bool:
    """Return whether a module is a part of a residual block, which is one row."""
    parents = [name.rsplit(".", k)[0] for k in range(1, name.count(".") + 1)]
    return any(isinstance(network.get_submodule(parent), ResidualBlock) for parent in parents)
