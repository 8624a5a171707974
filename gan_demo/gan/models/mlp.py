"""Fully connected generator and discriminator of images, as in the classic tutorial."""

from __future__ import annotations

import math

from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.mapping import SLOPE


class MLPGenerator(Generator):
    """The tutorial's 100-256-512-784 generator: Linear and LeakyReLU, then Tanh. 16·width units in the last layer."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        wide = model.width * 16
        self.net = nn.Sequential(
            nn.Linear(self.mapping.w_dim, wide // 2),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide // 2, wide),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide, math.prod(model.shape)),
            nn.Tanh(),
        )

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W)."""
        x: Tensor = self.net(w)  # (N, C·H·W)
        return x.view(w.shape[0], *self.shape)


class MLPDiscriminator(Discriminator):
    """The tutorial's 784-512-256-1 discriminator, with 16·d_width units in the first hidden layer."""

    def __init__(self, model: ModelConfig) -> None:
        wide = model.d_width * 16
        super().__init__(wide // 2, model)
        self.net = nn.Sequential(
            nn.Linear(model.packing * math.prod(model.shape), wide),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide, wide // 2),
            nn.LeakyReLU(SLOPE, inplace=True),
        )

    def features(self, x: Tensor) -> Tensor:
        """Compute the features (N, 8·d_width) of images (N, C, H, W)."""
        h: Tensor = self.net(x.flatten(1))  # (N, 256)
        return h
