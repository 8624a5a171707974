"""Residual convolutional generator and discriminator, without batch norm."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.mapping import SLOPE


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut (He et al. 2016), scaled by 0 at first, as in R3GAN and Fixup."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(into, out, 3, padding=1)
        self.second = nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(into, out, 1, bias=False) if into != out else nn.Identity()
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """Map feature maps (N, into, H, W) to (N, out, H, W)."""
        h = self.second(F.leaky_relu(self.first(F.leaky_relu(x, SLOPE)), SLOPE))
        y: Tensor = self.shortcut(x) + self.scale * h
        return y


class ResidualGenerator(Generator):
    """Residual generator: ``depth`` blocks per resolution, nearest-neighbour upsampling, no batch norm."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        self.start = size >> steps
        self.wide = model.width << steps
        self.linear = nn.Linear(self.mapping.w_dim, self.wide * self.start**2)
        stages: list[nn.Module] = []
        wide = self.wide
        for k in range(steps + 1):
            narrower = max(model.width, wide // 2) if k else wide
            if k:
                stages.append(nn.Upsample(scale_factor=2.0, mode="nearest"))
            stages += [ResidualBlock(wide if i == 0 else narrower, narrower) for i in range(model.depth)]
            wide = narrower
        self.net = nn.Sequential(*stages, nn.LeakyReLU(SLOPE), nn.Conv2d(wide, channels, 3, padding=1), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W)."""
        h = self.linear(w).view(w.shape[0], self.wide, self.start, self.start)
        x: Tensor = self.net(h.contiguous(memory_format=torch.channels_last))
        return x


class ResidualDiscriminator(Discriminator):
    """Residual discriminator: ``depth`` blocks per resolution, average pooling between the resolutions."""

    def __init__(self, model: ModelConfig) -> None:
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        super().__init__((model.d_width << steps) * (size >> steps) ** 2, model)
        wide = model.d_width
        stages: list[nn.Module] = [nn.Conv2d(model.packing * channels, wide, 3, padding=1)]
        for k in range(steps + 1):
            wider = model.d_width << k
            if k:
                stages.append(nn.AvgPool2d(2))
            stages += [ResidualBlock(wide if i == 0 else wider, wider) for i in range(model.depth)]
            wide = wider
        self.net = nn.Sequential(*stages, nn.LeakyReLU(SLOPE))

    def features(self, x: Tensor) -> Tensor:
        """Compute the features (N, F) of images (N, C, H, W); F follows from width and image size."""
        h: Tensor = self.net(x.contiguous(memory_format=torch.channels_last))
        return h.flatten(1)
