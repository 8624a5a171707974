"""Layers of style-based generators: resampling filters, modulated convolutions, the mapping network.

Written from Karras et al. 2020, *Analyzing and Improving the Image Quality of StyleGAN* (arXiv 1912.04958). Weights
come with their equalised learning rates multiplied in, as nothing is trained here. All operations export to ONNX.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.errors import ConfigError
from gan_demo.gan.models.mapping import SLOPE

GAIN = math.sqrt(2)  # of a leaky ReLU, which halves the second moment
FILTER = (0.125, 0.375, 0.375, 0.125)  # low-pass filter [1, 3, 3, 1] of up-sampling
_EPS = 1e-8


def convolve_rows_and_columns(x: Tensor, taps: Tensor) -> Tensor:
    """Convolve each channel of x (N, C, H, W) with a separable filter (T,), along both axes, without padding."""
    flipped = taps.flip(0)
    y = F.conv2d(F.conv2d(each_channel(x), flipped.view(1, 1, 1, -1)), flipped.view(1, 1, -1, 1))
    return joined_channels(y, x)


def each_channel(x: Tensor) -> Tensor:
    """Return x (N, C, H, W) as (N·C, 1, H, W): grouped convolutions would fix C when they are exported."""
    return x.reshape(-1, 1, x.shape[2], x.shape[3])


def joined_channels(y: Tensor, x: Tensor) -> Tensor:
    """Return y (N·C, 1, H, W) as (N, C, H, W), with N and C of x."""
    return y.reshape(x.shape[0], x.shape[1], y.shape[2], y.shape[3])


def upsample(x: Tensor, taps: Tensor) -> Tensor:
    """Double the size of x (N, C, H, W): insert zeros, then low-pass with an even number of taps that sum to 1."""
    kernel = 4 * taps[:, None] * taps  # (T, T)
    y = F.conv_transpose2d(each_channel(x), kernel[None, None], stride=2, padding=len(taps) // 2 - 1)
    return joined_channels(y, x)


def modulated_convolution(x: Tensor, weight: Tensor, style: Tensor, up: Tensor | None = None) -> Tensor:
    """Convolve x (N, I, H, W) with weight (O, I, k, k), whose input channels are scaled by style (N, I) per sample.

    Scaling the activations in place of the weights is the same (appendix B of the paper), and keeps one set of weights
    for the whole batch. With the filter ``up`` weight is (I, O, k, k), as transposed convolutions have it, and the
    result has twice the size.
    """
    x = x * style[:, :, None, None]
    if up is None:
        return F.conv2d(x, weight, padding=weight.shape[-1] // 2)
    wide = F.conv_transpose2d(x, weight, stride=2)  # (N, O, 2H + 1, 2W + 1)
    return convolve_rows_and_columns(F.pad(wide, (1, 1, 1, 1)), 2 * up)


def demodulation(energy: Tensor, style: Tensor) -> Tensor:
    """Return the factors (N, O) that give the outputs unit variance for inputs of unit variance.

    ``energy`` (I, O) is the sum of squares of each kernel, see ``energy_of``.
    """
    return (style.square() @ energy + _EPS).rsqrt()


def energy_of(weight: Tensor) -> Tensor:
    """Return the sum of squares (I, O) of each kernel of weight (O, I, k, k)."""
    return weight.square().sum((2, 3)).T


def normalised(x: Tensor) -> Tensor:
    """Scale rows (N, Z) to a mean square of 1."""
    return x * (x.square().mean(1, keepdim=True) + _EPS).rsqrt()


class StyleMapping(nn.Module):
    """Mapping network: z (N, Z) and an embedding of labels (N, K) -> w (N, W), both normalised first."""

    def __init__(self, z_dim: int, label_width: int, embedding: int, widths: list[int], gain: float = GAIN) -> None:
        super().__init__()
        self.label_width = label_width
        self.w_dim = widths[-1]
        self.gain = gain
        self.embed = nn.Linear(label_width, embedding) if label_width else None
        into = z_dim + (embedding if label_width else 0)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise([into, *widths]))

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Map latents (N, Z) and labels (N, K) to w (N, W). Raises ConfigError if labels are missing."""
        w = normalised(z)
        if self.embed is not None:
            if y is None:
                raise ConfigError("labels", None, "this generator needs labels", "Give one value for each label")
            w = torch.cat([w, normalised(self.embed(y))], 1)
        for layer in self.layers:
            w = self.gain * F.leaky_relu(layer(w), SLOPE)
        return w


class ModulatedLayer(nn.Module):
    """Base class of convolutions whose input channels are scaled by a style."""

    affine: nn.Linear  # w -> style
    weight: nn.Parameter

    def filter_products(self) -> int:
        """Return the multiply-adds of resampling filters for a sample; 0 where the convolution takes most."""
        return 0


class StyledConvolution(ModulatedLayer):
    """Modulated and demodulated convolution, noise, bias, leaky ReLU; ``up`` doubles the size first."""

    energy: Tensor  # (I, O)
    noise: Tensor  # (size, size)
    filter: Tensor | None  # (T,)

    def __init__(self, w_dim: int, channels: tuple[int, int], size: int, up: bool, clamp: float | None) -> None:
        super().__init__()
        into, out = channels
        self.size, self.clamp = size, clamp
        self.affine = nn.Linear(w_dim, into)
        self.weight = nn.Parameter(torch.empty(*((into, out) if up else (out, into)), 3, 3))
        self.bias = nn.Parameter(torch.empty(out))
        self.noise_strength = nn.Parameter(torch.empty(()))
        self.register_buffer("energy", torch.empty(into, out))
        self.register_buffer("noise", torch.empty(size, size))
        self.register_buffer("filter", torch.empty(len(FILTER)) if up else None)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        """Return (N, O, size, size) for x and w (N, W); noise (N or 1, 1, size, size) is scaled by its strength."""
        style = self.affine(w)  # (N, I)
        x = modulated_convolution(x, self.weight, style, self.filter)
        x = x * demodulation(self.energy, style)[:, :, None, None]
        if noise is not None:
            x = x + self.noise_strength * noise
        x = GAIN * F.leaky_relu(x + self.bias[:, None, None], SLOPE)
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)


class ToRGB(ModulatedLayer):
    """Modulated 1×1 convolution to colour channels, without demodulation."""

    def __init__(self, w_dim: int, into: int, colours: int, clamp: float | None) -> None:
        super().__init__()
        self.clamp = clamp
        self.affine = nn.Linear(w_dim, into)
        self.weight = nn.Parameter(torch.empty(colours, into, 1, 1))
        self.bias = nn.Parameter(torch.empty(colours))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (N, colours, H, W) for x (N, I, H, W) and w (N, W)."""
        x = modulated_convolution(x, self.weight, self.affine(w)) + self.bias[:, None, None]
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)
