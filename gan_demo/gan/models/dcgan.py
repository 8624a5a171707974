"""Convolutional networks after DCGAN (Radford et al. 2016): a small one, and PyTorch's 64-pixel example."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.mapping import SLOPE


class DCGANGenerator(Generator):
    """Small DCGAN (Radford et al. 2016): a linear layer to a quarter of the size, then two transposed convolutions.

    For 28 pixels: W -> 7×7×2·width -> 14×14×width -> 28×28×C; 64 pixels take one more convolution.
    """

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        self.start = size >> steps
        wide = model.width << (steps - 1)
        self.wide = wide
        self.linear = nn.Linear(self.mapping.w_dim, wide * self.start**2, bias=False)
        layers: list[nn.Module] = [nn.BatchNorm2d(wide), nn.ReLU(inplace=True)]
        for _ in range(steps - 1):
            layers += [nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(wide // 2)]
            layers += [nn.ReLU(inplace=True)]
            wide //= 2
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(wide, channels, 4, 2, 1), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W)."""
        h = self.linear(w).view(w.shape[0], self.wide, self.start, self.start)  # (N, 2·width, 7, 7)
        x: Tensor = self.net(h.contiguous(memory_format=torch.channels_last))  # (N, C, 28, 28)
        return x


class DCGANDiscriminator(Discriminator):
    """Strided convolutions down to a quarter of the size: C -> d_width -> 2·d_width; 64 pixels take one more."""

    def __init__(self, model: ModelConfig) -> None:
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        wide = model.d_width << (steps - 1)
        super().__init__(wide * (size >> steps) ** 2, model)
        channels *= model.packing
        layers: list[nn.Module] = []
        for k in range(steps):
            layers += [nn.Conv2d(channels, model.d_width << k, 4, 2, 1), nn.LeakyReLU(SLOPE, inplace=True)]
            channels = model.d_width << k
        self.net = nn.Sequential(*layers)

    def features(self, x: Tensor) -> Tensor:
        """Compute the features (N, 2·d_width·7·7) of images (N, C, 28, 28), or those of larger images."""
        h: Tensor = self.net(x.contiguous(memory_format=torch.channels_last))  # (N, 2·d_width, 7, 7)
        return h.flatten(1)


class ExampleGenerator(Generator):
    """The generator of PyTorch's DCGAN example: five transposed convolutions from 1×1 to 64×64; ngf is ``width``."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        ngf = model.width
        widths = [self.mapping.w_dim, ngf * 8, ngf * 4, ngf * 2, ngf]
        layers: list[nn.Module] = []
        for k, (into, out) in enumerate(pairwise(widths)):
            stride, padding = (1, 0) if k == 0 else (2, 1)
            layers += [nn.ConvTranspose2d(into, out, 4, stride, padding, bias=False), nn.BatchNorm2d(out)]
            layers += [nn.ReLU(inplace=True)]
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(ngf, model.shape[0], 4, 2, 1, bias=False), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, 64, 64) from w (N, W)."""
        x: Tensor = self.main(w[:, :, None, None])  # (N, W, 1, 1) -> (N, C, 64, 64)
        return x


class ExampleDiscriminator(Discriminator):
    """The discriminator of PyTorch's DCGAN example, with a linear head instead of its last convolution."""

    def __init__(self, model: ModelConfig) -> None:
        ndf = model.d_width
        super().__init__(ndf * 8 * 16, model)
        layers: list[nn.Module] = [
            nn.Conv2d(model.packing * model.shape[0], ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
        for k in range(3):
            layers += [nn.Conv2d(ndf << k, ndf << (k + 1), 4, 2, 1, bias=False), nn.BatchNorm2d(ndf << (k + 1))]
            layers += [nn.LeakyReLU(SLOPE, inplace=True)]
        self.main = nn.Sequential(*layers)

    def features(self, x: Tensor) -> Tensor:
        """Compute the features (N, 8·ndf·4·4) of images (N, C, 64, 64)."""
        h: Tensor = self.main(x)  # (N, 8·ndf, 4, 4)
        return h.flatten(1)
