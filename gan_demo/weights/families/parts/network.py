"""Generator made of layers of others: labels come in, the layers follow, the output becomes an image in [-1, 1]."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.mapping import LABEL_GAIN
from gan_demo.weights.choices import OUTPUTS, Choice
from gan_demo.weights.families.parts import attention
from gan_demo.weights.families.parts.label_input import Inputs
from gan_demo.weights.families.parts.label_norms import TakesLabels
from gan_demo.weights.families.parts.layers import Layer

_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu_0.2": lambda: nn.LeakyReLU(0.2),
    "leaky_relu_0.1": lambda: nn.LeakyReLU(0.1),
    "leaky_relu_0.01": lambda: nn.LeakyReLU(0.01),
    "tanh": nn.Tanh,
    "selu": nn.SELU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "sigmoid": nn.Sigmoid,
    "none": nn.Identity,
}
_MAX_Z, _MAX_WIDTH = 1024, 1024  # of a ModelConfig
EPS = 1e-5  # of torch's norms


class ForeignGenerator(Generator):
    """Generator of a family: ``inputs`` joins latents and labels, ``body`` draws, ``output`` makes an image of it."""

    def __init__(self, model: ModelConfig, inputs: Inputs, body: nn.Module, output: ImageOutput) -> None:
        super().__init__(model)
        self.inputs = inputs
        self.body = body
        self.output = output
        self.z_columns = inputs.z_columns

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from latents and labels side by side (N, Z + K)."""
        z, y = w[:, : self.z_dim], w[:, self.z_dim :] / LABEL_GAIN
        x = self.inputs(z, y)
        x = self.body(x, y) if isinstance(self.body, TakesLabels) else self.body(x)
        images: Tensor = self.output(x)
        return images


class Attended:
    """Self-attention behind the layers of a network that is built, whose maps have ``sizes``."""

    def __init__(self, attentions: Sequence[Layer], indices: Sequence[int], sizes: Sequence[int]) -> None:
        self._placed = list(zip(indices, attentions, strict=True))
        self._most = [attention.samples_at_once(layer.parts, sizes[index]) for index, layer in self._placed]

    def behind(self, index: int) -> list[nn.Module]:
        """Return the attention that stands behind a layer."""
        return [attention.SelfAttention(layer.parts) for position, layer in self._placed if position == index]

    def bounded(self, generator: Generator) -> Generator:
        """Return the generator; it draws as many samples at once as their attention weights leave memory for."""
        if self._most:
            numbers = min(self._most) * math.prod(generator.shape)
            generator.numbers_at_once = min(generator.numbers_at_once, numbers)
        return generator


class ImageOutput(nn.Module):
    """Last step: output activation, the image's shape, range of values and order of channels."""

    def __init__(self, shape: tuple[int, ...], options: Mapping[str, str]) -> None:
        super().__init__()
        self.shape = shape
        self.activation = activation(options["output"])
        self.from_zero = options["value_range"] == "0_to_1"
        if options["value_range"] == "of_output":
            self.from_zero = options["output"] == "sigmoid"
        self.flipped = shape[0] >= 3 and options.get("channels") == "bgr"
        self.channels_last = options.get("pixel_order") == "channels_last"

    def forward(self, x: Tensor) -> Tensor:
        """Turn outputs (N, C·H·W) or (N, C, H, W) into images (N, C, H, W) in [-1, 1]."""
        x = self.activation(x)
        channels, height, width = self.shape
        if self.channels_last:
            x = x.view(-1, height, width, channels).permute(0, 3, 1, 2)
        else:
            x = x.view(-1, channels, height, width)
        if self.flipped:
            x = torch.cat([x[:, 2:3], x[:, 1:2], x[:, 0:1], x[:, 3:]], 1)
        return 2 * x - 1 if self.from_zero else x


class View(nn.Module):
    """Rows (N, C·s·s) as feature maps (N, C, s, s)."""

    def __init__(self, channels: int, size: int) -> None:
        super().__init__()
        self.channels = channels
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """Return the rows as feature maps."""
        return x.reshape(-1, self.channels, self.size, self.size)


def activation(name: str) -> nn.Module:
    """Return the module of an activation."""
    return _ACTIVATIONS[name]()


def output_choices(channels: int, output: str = "tanh") -> tuple[Choice, ...]:
    """Return what the weights of every generator leave open."""
    outputs = Choice("output", (output, *(value for value in OUTPUTS if value != output)))
    ranges = Choice("value_range", ("of_output", "-1_to_1", "0_to_1"))
    return (outputs, ranges, *([Choice("channels", ("rgb", "bgr"))] if channels >= 3 else []))


def fits_config(z_dim: int) -> bool:
    """Return whether a ModelConfig can have this number of latents."""
    return 1 <= z_dim <= _MAX_Z


def clamped_width(width: int) -> int:
    """Return the nearest width of a ModelConfig."""
    return min(_MAX_WIDTH, max(1, width))


def filled(module: nn.Module, layer: Layer) -> nn.Module:
    """Return the module, built on the meta device, with a layer's weights, which are not copied."""
    parts = {name: value for name, value in layer.parts.items() if name in module.state_dict()}
    if "num_batches_tracked" in module.state_dict():
        parts["num_batches_tracked"] = torch.zeros((), dtype=torch.int64)
    module.load_state_dict(parts, assign=True)
    return module


def linear(layer: Layer) -> nn.Module:
    """Return a fully connected layer with these weights."""
    out, into = layer.weight.shape
    return filled(nn.Linear(into, out, bias="bias" in layer.parts, device="meta"), layer)


def norm(layer: Layer, dims: int, eps: float = EPS) -> nn.Module:
    """Return a norm of rows (N, C), with ``dims`` 0, or of feature maps (N, C, H, W), with ``dims`` 2.

    With running statistics it is batch normalisation; without, layer normalisation of rows and instance normalisation
    of feature maps.
    """
    width, affine = layer.width, "weight" in layer.parts
    if "running_mean" in layer.parts:
        kind = nn.BatchNorm2d if dims else nn.BatchNorm1d
        unscaled = {"weight": torch.ones(width), "bias": torch.zeros(width)}  # without them, ONNX may lack the width
        return filled(kind(width, eps=eps, device="meta"), replace(layer, parts=unscaled | layer.parts))
    if dims:
        return filled(nn.InstanceNorm2d(width, affine=affine, device="meta"), layer)
    return filled(nn.LayerNorm(width, elementwise_affine=affine, device="meta"), layer)


def prelu(layer: Layer) -> nn.Module:
    """Return a PReLU with these weights."""
    return filled(nn.PReLU(layer.width, device="meta"), layer)


def convolution(layer: Layer) -> nn.Module:
    """Return a convolution with these weights that keeps the size of its maps."""
    out, into, kernel, _ = layer.weight.shape
    module = nn.Conv2d(into, out, kernel, padding=kernel // 2, bias="bias" in layer.parts, device="meta")
    return filled(module, layer)
