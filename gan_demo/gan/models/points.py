"""Fully connected generator and discriminator of points in the plane."""

from __future__ import annotations

from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Discriminator, Generator, hidden_layers


class PointsGenerator(Generator):
    """Generator of points in the plane: ``depth`` hidden layers of ``width`` units."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        self.net = hidden_layers(self.mapping.w_dim, model.width, model.depth, model.activation)
        self.net.append(nn.Linear(model.width if model.depth else self.mapping.w_dim, 2))

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw points (N, 2) from w (N, W)."""
        x: Tensor = self.net(w)  # (N, 2)
        return x


class PointsDiscriminator(Discriminator):
    """Discriminator of points in the plane: hidden layers of ``d_width`` units, as many as G's or ``d_depth``."""

    def __init__(self, model: ModelConfig) -> None:
        into, depth = 2 * model.packing, model.discriminator_depth
        super().__init__(model.d_width if depth else into, model)
        self.net = hidden_layers(into, model.d_width, depth, model.activation)

    def features(self, x: Tensor) -> Tensor:
        """Compute the features (N, d_width) of points (N, 2)."""
        h: Tensor = self.net(x)
        return h
