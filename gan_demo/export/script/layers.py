"""Code that builds the layers of a network, generated from the network itself, so that the two never differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import outline_discriminator, outline_generator
from gan_demo.gan.models.dcgan import DCGANGenerator
from gan_demo.gan.models.residual import ResidualBlock, ResidualGenerator
from gan_demo.gan.step import packed

INDENT = " " * 12
WITHOUT_SIZES: dict[type[nn.Module], str] = {
    nn.ReLU: "nn.ReLU(inplace=True)",
    nn.Tanh: "nn.Tanh()",
    nn.Sigmoid: "nn.Sigmoid()",
    nn.AvgPool2d: "nn.AvgPool2d(2)",
    nn.Upsample: 'nn.Upsample(scale_factor=2.0, mode="nearest")',
}


@dataclass(frozen=True)
class NetworkCode:
    """Code of the layers of G and D; empty where a network has no such part."""

    generator: str  # a line for each layer
    discriminator: str
    mapping: str  # a list of G's mapping layers
    linear: str  # G's first layer, where convolutions follow
    first_shape: str  # what its output is reshaped to: "64, 7, 7"
    head: str  # D's last layer
    label: str  # D's layer of labels


def network_code(model: ModelConfig) -> NetworkCode:
    """Return the code of the networks of ``model``, whose shape is known."""
    G, D = outline_generator(model), outline_discriminator(model)
    x = packed(torch.empty(2 * model.packing, *model.shape, device="meta"), model.packing)
    w = torch.empty(2, G.mapping.w_dim, device="meta")
    if isinstance(G, DCGANGenerator | ResidualGenerator):
        linear, first_shape = constructor(G.linear), f"{G.wide}, {G.start}, {G.start}"
        first = torch.empty(2, G.wide, G.start, G.start, device="meta")
    else:
        linear, first_shape = "", ""
        first = w[:, :, None, None] if model.arch == "dcgan64" else w
    return NetworkCode(
        generator=layer_lines(_layers(G), first),
        discriminator=layer_lines(_layers(D), x.flatten(1) if model.arch == "mlp" else x),
        mapping=_mapping_layers(G),
        linear=linear,
        first_shape=first_shape,
        head=constructor(D.head),
        label=constructor(D.label) if D.label is not None else "",
    )


def constructor(layer: nn.Module) -> str:
    """Return the call that makes a layer of the same sizes and settings."""
    if isinstance(layer, nn.Linear):
        return f"nn.Linear({layer.in_features}, {layer.out_features}{_bias(layer)})"
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        stride = f", stride={layer.stride[0]}" if layer.stride[0] != 1 else ""
        padding = f", padding={layer.padding[0]}" if layer.padding[0] else ""
        sizes = f"{layer.in_channels}, {layer.out_channels}, {layer.kernel_size[0]}"
        return f"nn.{type(layer).__name__}({sizes}{stride}{padding}{_bias(layer)})"
    if isinstance(layer, nn.BatchNorm2d):
        return f"nn.BatchNorm2d({layer.num_features})"
    if isinstance(layer, nn.LeakyReLU):
        return f"nn.LeakyReLU({layer.negative_slope}{', inplace=True' if layer.inplace else ''})"
    if isinstance(layer, ResidualBlock):
        return f"ResidualBlock({layer.first.in_channels}, {layer.first.out_channels})"
    return WITHOUT_SIZES[type(layer)]


def _bias(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> str:
    return "" if layer.bias is not None else ", bias=False"


def layer_lines(layers: Iterable[nn.Module], x: Tensor) -> str:
    """Return a line for each layer that ``x`` (on the "meta" device) passes; a comment where its shape changes."""
    lines = []
    for layer in layers:
        before = x.shape
        x = layer(x)
        shape = ", ".join(str(n) for n in x.shape[1:])
        lines.append(f"{INDENT}{constructor(layer)}," + (f"  # (N, {shape})" if x.shape != before else ""))
    return "\n".join(lines)


def _mapping_layers(G: Generator) -> str:
    layers = [constructor(layer) for layer in G.mapping.layers]
    if len(layers) > 2:  # all but the first are alike
        return f"[{layers[0]}, *({layers[1]} for _ in range({len(layers) - 1}))]"
    return "[" + ", ".join(layers) + "]"


def _layers(network: nn.Module) -> nn.Sequential:
    layers = network.main if hasattr(network, "main") else network.net
    assert isinstance(layers, nn.Sequential)
    return layers
