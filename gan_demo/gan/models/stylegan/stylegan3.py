"""Generator of StyleGAN3 (Karras et al. 2021, *Alias-Free Generative Adversarial Networks*, arXiv 2106.12423).

Configurations T and R: Fourier features that w rotates and shifts, then layers whose leaky ReLU works at a higher
sampling rate between two low-pass filters. The filters come with the weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import ModelConfig
from gan_demo.gan.models.mapping import SLOPE
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.gan.models.stylegan.layers import (
    GAIN,
    ModulatedLayer,
    StyleMapping,
    demodulation,
    each_channel,
    joined_channels,
)


@dataclass(frozen=True)
class LayerSizes:
    """A layer: channels, sizes in pixels (with margin), sampling rates, taps of its filters (1 is none)."""

    into: int
    out: int
    in_size: int
    out_size: int
    in_rate: int
    out_rate: int
    kernel: int
    up_taps: int
    down_taps: int
    down_radial: bool
    oversampling: int  # of the leaky ReLU, relative to the larger of the two rates; 1 in the last layer

    @property
    def up(self) -> int:
        """Factor of up-sampling before the leaky ReLU."""
        return max(self.in_rate, self.out_rate) * self.oversampling // self.in_rate

    @property
    def down(self) -> int:
        """Factor of down-sampling after it."""
        return max(self.in_rate, self.out_rate) * self.oversampling // self.out_rate


@dataclass(frozen=True)
class StyleGAN3Sizes:
    """Sizes of a StyleGAN3 generator; the last layer draws the colours."""

    mapping: tuple[int, ...]  # outputs of the mapping network's layers; the last is W
    embedding: int  # numbers that labels are embedded as
    channels: int  # of the Fourier features
    rate: int  # their sampling rate
    size: int  # their height and width
    bandwidth: float
    layers: tuple[LayerSizes, ...]
    clamp: float | None = 256.0
    scale: float = 0.25  # of the output


class FourierInput(nn.Module):
    """Sines of fixed frequencies, rotated and shifted by w, mixed by a learned matrix."""

    frequencies: Tensor  # (C, 2)
    phases: Tensor  # (C,)
    transform: Tensor  # (3, 3), of positions in the image

    def __init__(self, w_dim: int, sizes: StyleGAN3Sizes) -> None:
        super().__init__()
        self.size, self.rate, self.bandwidth = sizes.size, sizes.rate, sizes.bandwidth
        self.affine = nn.Linear(w_dim, 4)
        self.weight = nn.Parameter(torch.empty(sizes.channels, sizes.channels))
        self.register_buffer("frequencies", torch.empty(sizes.channels, 2))
        self.register_buffer("phases", torch.empty(sizes.channels))
        self.register_buffer("transform", torch.empty(3, 3))

    def forward(self, w: Tensor) -> Tensor:
        """Return features (N, C, size, size) of w (N, W)."""
        motion = self.affine(w)  # (N, 4): cosine, sine, shift in x and y
        motion = motion / motion[:, :2].square().sum(1, keepdim=True).sqrt()
        cosine, sine, right, down = motion[:, :, None].unbind(1)  # (N, 1) each
        rotation = torch.stack([torch.cat([cosine, -sine], 1), torch.cat([sine, cosine], 1)], 1)  # (N, 2, 2)
        shift = -rotation @ torch.stack([right, down], 1)  # (N, 2, 1)
        moved = rotation @ self.transform[:2, 2:] + shift  # (N, 2, 1)
        turned = rotation @ self.transform[:2, :2]  # (N, 2, 2)
        waves = self.frequencies @ turned  # (N, C, 2)
        phases = self.phases + (self.frequencies @ moved).squeeze(2)  # (N, C)
        too_high = (waves.square().sum(2).sqrt() - self.bandwidth) / (self.rate / 2 - self.bandwidth)
        amplitudes = (1 - too_high).clamp(0, 1)  # (N, C)
        x = torch.sin(2 * math.pi * (self._grid(w.device) @ waves.transpose(1, 2) + phases[:, None]))  # (N, P, C)
        x = (x * amplitudes[:, None]) @ self.weight.T
        return x.transpose(1, 2).reshape(w.shape[0], -1, self.size, self.size)

    def _grid(self, device: torch.device) -> Tensor:
        """Return the positions (P, 2) of the pixels' centres, x and y, the image's centre being the origin."""
        line = (torch.arange(self.size, device=device) + 0.5 - self.size / 2) / self.rate
        y, x = torch.meshgrid(line, line, indexing="ij")
        return torch.stack([x.flatten(), y.flatten()], 1)


class Layer(ModulatedLayer):
    """Modulated convolution, then a leaky ReLU between up-sampling and down-sampling, both with low-pass filters."""

    energy: Tensor | None  # (I, O)
    input_gain: Tensor  # scalar
    up_filter: Tensor | None  # (T,)
    down_filter: Tensor | None  # (T,) or (T, T)

    def __init__(self, w_dim: int, sizes: LayerSizes, last: bool, clamp: float | None) -> None:
        super().__init__()
        self.sizes, self.last, self.clamp = sizes, last, clamp
        self.affine = nn.Linear(w_dim, sizes.into)
        self.weight = nn.Parameter(torch.empty(sizes.out, sizes.into, sizes.kernel, sizes.kernel))
        self.bias = nn.Parameter(torch.empty(sizes.out))
        self.register_buffer("energy", None if last else torch.empty(sizes.into, sizes.out))
        self.register_buffer("input_gain", torch.empty(()))
        down = (sizes.down_taps, sizes.down_taps) if sizes.down_radial else (sizes.down_taps,)
        self.register_buffer("up_filter", torch.empty(sizes.up_taps) if sizes.up_taps > 1 else None)
        self.register_buffer("down_filter", torch.empty(down) if sizes.down_taps > 1 else None)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (N, O, out_size, out_size) for x (N, I, in_size, in_size) and w (N, W)."""
        style = self.affine(w)  # (N, I)
        x = F.conv2d(x * style[:, :, None, None], self.weight, padding=self.sizes.kernel - 1)
        if self.energy is not None:
            x = x * demodulation(self.energy, style)[:, :, None, None]
        x = x * self.input_gain + self.bias[:, None, None]
        return self._filtered_activation(x)

    def filter_products(self) -> int:
        """Return the multiply-adds of both filters for a sample."""
        sizes = self.sizes
        wide = sizes.in_size * sizes.up
        up = 2 * sizes.up_taps * wide**2 // sizes.up
        down = sizes.down_taps * (sizes.down_taps if sizes.down_radial else 1 + sizes.down) * sizes.out_size**2
        return sizes.out * (up + down)

    def _filtered_activation(self, x: Tensor) -> Tensor:
        sizes, up, down = self.sizes, self.sizes.up, self.sizes.down
        total = (sizes.out_size - 1) * down + 1 - (sizes.in_size + sizes.kernel - 1) * up
        total += sizes.up_taps + sizes.down_taps - 2
        before = (total + up) // 2  # samples lie in the middle of their pixels
        if self.up_filter is not None:
            x = _upsampled(x, up * self.up_filter, up, before, total - before)
        else:
            assert up == 1, "only one tap fits without up-sampling"
            x = F.pad(x, (before, total - before, before, total - before))
        x = x if self.last else GAIN * F.leaky_relu(x, SLOPE)
        x = x if self.clamp is None else x.clamp(-self.clamp, self.clamp)
        return x if self.down_filter is None else _downsampled(x, self.down_filter, down)


class StyleGAN3Generator(StyleGenerator):
    """StyleGAN3: a mapping network, Fourier features, filtered layers; no noise."""

    def __init__(self, model: ModelConfig, sizes: StyleGAN3Sizes) -> None:
        w_dim = sizes.mapping[-1]
        super().__init__(model, len(sizes.layers) + 1, w_dim)
        self.mapping = StyleMapping(  # type: ignore[assignment]
            model.z_dim, model.label_width, sizes.embedding, list(sizes.mapping)
        )
        self.scale = sizes.scale
        self.input = FourierInput(w_dim, sizes)
        last = len(sizes.layers) - 1
        self.layers = nn.ModuleList(Layer(w_dim, s, k == last, sizes.clamp) for k, s in enumerate(sizes.layers))

    def draw(self, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Draw images (N, C, H, W) from styles (N, L, W)."""
        x: Tensor = self.input(styles[:, 0])
        for index, layer in enumerate(self.layers):
            x = layer(x, styles[:, index + 1])
        return self.scale * x


def _upsampled(x: Tensor, taps: Tensor, factor: int, before: int, after: int) -> Tensor:
    """Insert zeros, pad by ``before`` and ``after`` at both axes, convolve with a separable filter (T,)."""
    y = F.conv_transpose2d(each_channel(x), taps.view(1, 1, 1, -1), stride=(1, factor))
    y = F.conv_transpose2d(y, taps.view(1, 1, -1, 1), stride=(factor, 1))
    start = before - (len(taps) - 1)  # of the full convolution, which has no zeros after its last sample
    end = after - (len(taps) - 1) + factor - 1
    return joined_channels(F.pad(y, (start, end, start, end)), x)


def _downsampled(x: Tensor, taps: Tensor, factor: int) -> Tensor:
    """Convolve with a filter, separable (T,) or not (T, T), and keep every ``factor``-th sample; no padding."""
    y = each_channel(x)
    if taps.dim() == 2:
        return joined_channels(F.conv2d(y, taps.flip(0, 1)[None, None], stride=factor), x)
    flipped = taps.flip(0)
    y = F.conv2d(y, flipped.view(1, 1, 1, -1), stride=(1, factor))
    return joined_channels(F.conv2d(y, flipped.view(1, 1, -1, 1), stride=(factor, 1)), x)
