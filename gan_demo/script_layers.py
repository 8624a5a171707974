"""Networks as the lines of code that build them, read off the networks themselves: so they are never out of step."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from gan_demo.models import DCGANGenerator, Discriminator, Generator, ResidualBlock, ResidualGenerator

INDENT = " " * 12


def constructor(layer: nn.Module) -> str:
    """The call that makes a layer like this one, weights aside."""
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
    others = {nn.ReLU: "nn.ReLU(inplace=True)", nn.Tanh: "nn.Tanh()", nn.AvgPool2d: "nn.AvgPool2d(2)",
              nn.Upsample: 'nn.Upsample(scale_factor=2.0, mode="nearest")'}  # fmt: skip
    return others[type(layer)]


def _bias(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> str:
    return "" if layer.bias is not None else ", bias=False"


def lines(layers: Iterable[nn.Module], x: Tensor) -> str:
    """A line for each layer that ``x`` (on the "meta" device) passes; a comment where its shape changes."""
    found = []
    for layer in layers:
        before = x.shape
        x = layer(x)
        shape = ", ".join(str(n) for n in x.shape[1:])
        found.append(f"{INDENT}{constructor(layer)}," + (f"  # (N, {shape})" if x.shape != before else ""))
    return "\n".join(found)


def generator_lines(G: Generator) -> str:
    """The layers of ``net`` or ``main``; ``G`` is on the "meta" device."""
    with torch.device("meta"):
        if isinstance(G, DCGANGenerator | ResidualGenerator):
            return lines(_body(G), torch.empty(2, G.wide, G.start, G.start))
        w = torch.empty(2, G.mapping.w_dim)
        return lines(_body(G), w[:, :, None, None] if hasattr(G, "main") else w)


def discriminator_lines(D: Discriminator, shape: tuple[int, ...], flat: bool) -> str:
    """The same of ``D``, which sees samples of ``shape``, ``flat`` as one row of numbers each."""
    with torch.device("meta"):
        x = torch.empty(2, *shape)
        return lines(_body(D), x.flatten(1) if flat else x)


def mapping_layers(G: Generator) -> str:
    """The layers of its mapping network, as a list."""
    layers = [constructor(layer) for layer in G.mapping.layers]
    repeated = f"[{layers[0]}, *({layers[1]} for _ in range({len(layers) - 1}))]" if len(layers) > 2 else ""
    return repeated or "[" + ", ".join(layers) + "]"


def _body(network: nn.Module) -> Iterable[nn.Module]:
    found = network.main if hasattr(network, "main") else network.net
    assert isinstance(found, nn.Sequential)
    return found
