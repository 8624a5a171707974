"""Mapping network from latents z and labels to the vector w that a generator turns into a sample."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.errors import ConfigError

SLOPE = 0.2  # negative slope of every LeakyReLU
LABEL_GAIN = 3.0  # factor of the label inputs; without it, 64 latents outweigh ten classes for a long time


class Mapping(nn.Module):
    """Mapping network: z (N, Z), labels (N, K) -> w (N, W).

    With ``layers`` it is StyleGAN's (Karras et al. 2019, section 2) on normalised z, with W = Z; without layers, w is
    the concatenation of z and the labels, with W = Z + K.
    """

    def __init__(self, z_dim: int, label_width: int, layers: int) -> None:
        super().__init__()
        self.label_width = label_width
        self.w_dim = z_dim if layers else z_dim + label_width
        widths = [z_dim + label_width] + [z_dim] * layers
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Map latents (N, Z) and labels (N, K) to w (N, W). Raises ConfigError if labels are missing."""
        if self.label_width and y is None:
            raise ConfigError("labels", None, "this generator needs labels", "Give one value for each label")
        if not self.layers:
            return z if y is None or not self.label_width else torch.cat([z, LABEL_GAIN * y], 1)  # (N, Z + K)
        w = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        w = w if y is None or not self.label_width else torch.cat([w, LABEL_GAIN * y], 1)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), SLOPE)
        return w  # (N, Z)
