"""Linear attention of lucidrains' generators (Shen et al. 2018, *Efficient Attention*, arXiv 1812.01243)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.gan.models.mapping import SLOPE

HEAD = 64  # channels a head
_EPS = 1e-5


class ChannelNorm(nn.Module):
    """Normalisation over the channels of each pixel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) with mean 0 and variance 1 over C, scaled and shifted."""
        centred = x - x.mean(1, keepdim=True)
        unit = centred / (centred.square().mean(1, keepdim=True) + _EPS).sqrt()
        return unit * self.weight[:, None, None] + self.bias[:, None, None]


class LinearAttention(nn.Module):
    """Attention in linear time: keys weight values over all pixels, queries read the result."""

    def __init__(self, channels: int, heads: int = 8) -> None:
        super().__init__()
        inner = HEAD * heads
        self.heads = heads
        self.queries = nn.Conv2d(channels, inner, 1, bias=False)
        self.neighbours = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.keys_values = nn.Conv2d(channels, 2 * inner, 1, bias=False)
        self.out = nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape."""
        height, width = x.shape[2:]
        keys, values = self.keys_values(self.neighbours(x)).chunk(2, 1)
        shape = x.shape[0], self.heads, HEAD, height * width
        q, k, v = (t.reshape(shape) for t in (self.queries(x), keys, values))  # (N, h, c, P)
        context = k.softmax(3) @ v.transpose(2, 3)  # (N, h, c, c)
        read = context.transpose(2, 3) @ (q.softmax(2) * HEAD**-0.5)  # (N, h, c, P)
        y: Tensor = self.out(F.gelu(read.reshape(x.shape[0], -1, height, width)))
        return y


class AttentionBlock(nn.Module):
    """Attention and two 1×1 convolutions, each normalised first and added to its input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.attention = ChannelNorm(channels), LinearAttention(channels)
        self.norm2 = ChannelNorm(channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape."""
        x = x + self.attention(self.norm1(x))
        y: Tensor = self.narrow(F.leaky_relu(self.widen(self.norm2(x)), SLOPE))
        return x + y
